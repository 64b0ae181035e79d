import Learning
import Numerics
import Testing

@testable import NLU

@Suite struct TagSearchTests {
    /// Logits of one tag that half of the texts have, with noise.
    private func logits(
        _ rights: [[Int]], strength: Float, using random: inout SplitMix64
    ) -> [[Float]] {
        rights.map { tags in
            [(tags.isEmpty ? -strength : strength) + Float.random(in: -4...4, using: &random)]
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `settings whose held-out loss is clearly smaller are taken`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rights = (0..<200).map { $0.isMultiple(of: 2) ? [0] : [] }
        let tried = [1, 0.5, 3].map { logits(rights, strength: $0, using: &random) }
        #expect(TagSearch.choice(tried, rights: rights) == 2)
    }

    @Test(arguments: UInt64(0)..<20)
    func `without a difference, or one of scale alone, the usual settings stay`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rights = (0..<200).map { $0.isMultiple(of: 2) ? [0] : [] }
        let usual = logits(rights, strength: 1, using: &random)
        // Confidences are a line of the logits: what only stretches them says the same.
        let stretched = usual.map { $0.map { 3 * $0 - 1 } }
        #expect(TagSearch.choice([usual, usual, stretched], rights: rights) == 0)
        #expect(TagSearch.choice([usual], rights: rights) == 0)
    }

    @Test func `a large task is fitted with the usual settings, any with those that are given`() {
        let small = TagTask(ToyTags.dataset(seed: 1), tags: ToyTags.tags)
        let search = TagSearch(small).candidates
        #expect(search.count == 4 && search[0] == LogisticRegression.Settings())
        #expect(search.allSatisfy { settings in search.count { $0 == settings } == 1 })
        var given = LogisticRegression.Settings()
        given.passes = 3
        #expect(TagSearch(small, fixed: given).candidates == [given])
        let tags = (0...TagSearch.budget / small.texts.count).map { "\($0)" }
        let large = TagTask(ToyTags.dataset(seed: 1), tags: tags)
        #expect(TagSearch(large).candidates == [LogisticRegression.Settings()])
    }

    @Test func `the search gives equal bytes in whatever order its pieces are done`() throws {
        let dataset = ToyTags.dataset(seed: 3)
        let one = try TagTrainer().train(dataset, tags: ToyTags.tags)
        let other = try TagTrainer(runner: { count, piece in
            (0..<count).reversed().map(piece).reversed()
        }).train(dataset, tags: ToyTags.tags)
        #expect(one.model.encoded() == other.model.encoded())
        #expect(one.gate == other.gate && one.regression == other.regression)
    }
}
