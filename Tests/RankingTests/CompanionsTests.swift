import JSON
import Numerics
import Testing

@testable import Ranking

@Suite struct CompanionsTests {
    private let slots = ["a": 0, "b": 1, "c": 2, "d": 3]

    private func count(
        _ companions: inout Companions, _ item: String, _ who: String, _ time: Double
    ) {
        companions.count(item, in: who, at: time) { slots[$0] }
    }

    @Test func `similarity is the shrunken cosine of decayed counts`() {
        var companions = Companions(
            rule: CompanionRule(halfLife: 100, window: 50, shrinkage: 2))
        for person in 0..<4 {
            count(&companions, "a", "p\(person)", 0)
            if person < 3 { count(&companions, "b", "p\(person)", 0) }
            count(&companions, "b", "p\(person)", 0)
        }
        // Together 4, alone 4 and 4: each counts once a person.
        #expect(companions.similarity(0, 1, at: 0) == 4.0 / 6)
        #expect(companions.similarity(1, 0, at: 0) == 4.0 / 6)
        let later = companions.similarity(0, 1, at: 100)
        #expect(abs(later - 2.0 / 4) < 1e-12)
        count(&companions, "c", "p0", 60)
        #expect(companions.similarity(0, 2, at: 60) == 0, "further apart than the window")
        #expect(companions.recent(in: "p0") == ["c", "b", "a"])
        companions.remove(1)
        #expect(companions.similarity(0, 1, at: 0) == 0)
        #expect(companions.companions(of: 0, at: 0).isEmpty)
    }

    @Test func `what is wanted together lies near in the space that is learned from it`() {
        var companions = Companions()
        var random = SplitMix64(seed: 1)
        for person in 0..<200 {
            // Two circles of ten items that have nothing to do with each other.
            let circle = person % 2 * 10
            for _ in 0..<4 {
                let item = circle + Int.random(in: 0..<10, using: &random)
                companions.count("\(item)", in: "p\(person)", at: 0) { Int($0) }
            }
        }
        let rule = VectorRule(name: "taste", origin: .interactions, dimensions: 2)
        var space = VectorSpace(rule, analyzer: TextAnalyzer())
        let items = (0..<20).map { try? Item(corpus: "a", id: "\($0)", fields: [:]) }
        space.learn(items, companions)
        for a in 0..<20 {
            for b in 0..<20 where a != b {
                let similarity = space.index.similarity(a, b)
                #expect(a / 10 == b / 10 ? similarity > 0.9 : similarity < 0.1)
            }
        }
    }
}
