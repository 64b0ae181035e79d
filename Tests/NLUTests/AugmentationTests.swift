import Numerics
import Testing

@testable import NLU

@Suite struct AugmentationTests {
    private let texts = ["play a song", "play a game", "Play it", "stop"]
    private let labels = [0, 1, 0, 2]

    @Test func `a beginning has the classes of all texts that begin with it`() {
        var targets = PrefixTargets(
            texts.map { $0.lowercased() }, labels: labels, classCount: 3)
        let play = targets.target(of: Array("play".utf8))
        #expect(play.classes == [0, 1])
        #expect(play.shares == [2.0 / 3, 1.0 / 3])
        #expect(targets.target(of: Array("play a g".utf8)) == Target(classes: [1], shares: [1]))
        #expect(targets.target(of: Array("zebra".utf8)).classes.isEmpty)
        // What an earlier question counted is forgotten.
        #expect(targets.target(of: Array("play".utf8)) == play)
    }

    @Test(arguments: UInt64(0)..<20)
    func `every row is a whole text, a beginning or a copy with slips`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let rows = Augmentation().rows(texts, labels: labels, classCount: 3, using: &random)
        #expect(rows.prefix(4).map(\.text) == texts)
        #expect(Set(rows.map(\.source)) == [0, 1, 2, 3])
        for row in rows {
            #expect(abs(row.target.shares.reduce(row.target.spread, +) - 1) < 1e-5)
            #expect(row.weight > 0)
        }
        let smoothed = Augmentation().labelSmoothing
        let beginnings = rows.dropFirst(4).filter { $0.target.spread != smoothed }
        #expect(Set(beginnings.map(\.text)).count == beginnings.count)
        for row in beginnings {
            let source = texts[row.source].lowercased()
            #expect(source.hasPrefix(row.text) && !row.text.isEmpty && row.text != source)
        }
    }

    @Test func `beginnings count in all what their shares are worth`() {
        var augmentation = Augmentation()
        augmentation.noisyWeight = 0
        augmentation.prefixWeight = 1
        var random = SplitMix64(seed: 4)
        let many = [String](repeating: "abcdefghij", count: 1000)
        let rows = augmentation.rows(
            many, labels: Array(repeating: 0, count: 1000), classCount: 2, using: &random)
        // A cut lies after 1 to 9 of 10 characters, 5 on average; four of them a text.
        let sum = rows.dropFirst(1000).reduce(0) { $0 + $1.weight }
        #expect(abs(sum - 2000) < 60)
        #expect(rows.count == 1009)
    }

    @Test func `what has no beginning and no letters stays whole`() {
        var random = SplitMix64(seed: 1)
        let rows = Augmentation().rows(
            ["?", "7"], labels: [0, 1], classCount: 2, using: &random)
        #expect(rows.map(\.text) == ["?", "7"])
        #expect(rows.allSatisfy { $0.weight == 1.2 })
    }

    @Test func `the fewer texts begin so, the more of a target is spread`() {
        var targets = PrefixTargets(
            texts.map { $0.lowercased() }, labels: labels, classCount: 3, doubt: 1)
        let many = targets.target(of: Array("play".utf8))
        let few = targets.target(of: Array("st".utf8))
        #expect(many == Target(classes: [0, 1], shares: [0.5, 0.25], spread: 0.25))
        #expect(few == Target(classes: [2], shares: [0.5], spread: 0.5))
    }
}
