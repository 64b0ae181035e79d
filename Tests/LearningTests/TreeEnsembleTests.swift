@testable import Learning
import Numerics
import Testing

@Suite struct TreeEnsembleTests {
    @Test(arguments: UInt64(0)..<10)
    func `a model is the same after a journey through a file`(seed: UInt64) throws {
        var source = RandomTrees(seed: seed)
        let model = try source.ensemble(trees: 7, leaves: 1...20)
        let again = try TreeEnsemble(Memory(copying: model.encoded().span))
        #expect(again.encoded() == model.encoded())
        #expect(again.treeCount == 7 && again.featureCount == model.featureCount)
        for _ in 0..<50 {
            let row = source.row()
            #expect(again.score(row.span) == model.score(row.span))
        }
    }

    @Test func `any changed byte of a file is noticed`() throws {
        var source = RandomTrees(seed: 1)
        let bytes = try source.ensemble(trees: 3, leaves: 2...9).encoded()
        for _ in 0..<200 {
            var damaged = bytes
            let at = Int.random(in: bytes.indices, using: &source.random)
            damaged[at] ^= 1 << UInt8.random(in: 0..<8, using: &source.random)
            #expect(throws: TreeEnsembleError.self) {
                try TreeEnsemble(Memory(copying: damaged.span))
            }
        }
    }

    /// With a right hash and yet children that lead around in a circle.
    @Test func `a file whose trees are none is refused`() throws {
        let cases: [(String, [Int32])] = [
            ("lefts", [0, -1]), ("lefts", [1, -7]), ("rights", [1, -2]), ("rights", [-1, -2]),
        ]
        for (section, children) in cases {
            #expect(throws: TreeEnsembleError.badSection("lefts")) {
                try TreeEnsemble(Memory(copying: chain([section: children]).span))
            }
        }
        let fitting = try TreeEnsemble(Memory(copying: chain([:]).span))
        #expect(fitting.score([0.5].span) == 2)
    }

    @Test(arguments: ["gains", "covers", "leaf covers"])
    func `a file with an infinite number is refused`(section: String) {
        let numbers = [1, 1, .infinity].suffix(section == "leaf covers" ? 3 : 2)
        #expect(throws: TreeEnsembleError.badSection(section == "covers" ? "thresholds" : section))
        {
            try TreeEnsemble(Memory(copying: chain([:], numbers: [section: Array(numbers)]).span))
        }
    }

    @Test func `a file of too many features is refused`() {
        #expect(throws: TreeEnsembleError.badSection("counts")) {
            try TreeEnsemble(Memory(copying: chain([:], features: 1 << 16 + 1).span))
        }
        #expect(throws: TreeEnsembleError.tooLarge) {
            try TreeEnsemble([], featureCount: 1 << 16 + 1)
        }
    }

    /// Two splits in a chain: at most 1 goes on, at most 0 to leaf 1, else 2; the rest to leaf 3.
    private func chain(
        _ changed: [String: [Int32]], numbers: [String: [Double]] = [:], features: UInt32 = 1
    ) -> [UInt8] {
        var writer = ArchiveWriter(magic: "HUNCHTRE", format: 1)
        writer.add("split starts", [UInt32(0), 2])
        writer.add("leaf starts", [UInt32(0), 3])
        writer.add("features", [UInt32(0), 0])
        writer.add("flags", [UInt8(0), 0])
        writer.add("thresholds", [1.0, 0])
        writer.add("lefts", changed["lefts"] ?? [1, -1])
        writer.add("rights", changed["rights"] ?? [-3, -2])
        for name in ["gains", "covers"] { writer.add(name, numbers[name] ?? [1.0, 1]) }
        writer.add("leaf values", [1.0, 2, 3])
        writer.add("leaf covers", numbers["leaf covers"] ?? [1.0, 1, 1])
        writer.add("set starts", [UInt32(0)])
        writer.add("set words", [UInt32]())
        writer.add("counts", [features, 0, 0])
        writer.add("numbers", [0.0, 1])
        writer.add("names", [UInt8]())
        return writer.encoded()
    }

    @Test func `splits that are no tree are refused`() {
        func refusal(
            _ left: TreeChild, _ right: TreeChild, feature: Int = 0,
            rule: SplitRule = .atMost(0, missing: .nan)
        ) -> TreeFault? {
            let split = DecisionTree.Split(
                feature: feature, rule: rule, missingGoesLeft: true, left: left, right: right,
                gain: 0, cover: 1)
            let leaf = DecisionTree.Leaf(value: 1, cover: 1)
            let tree = DecisionTree(splits: [split], leaves: [leaf, leaf])
            do throws(TreeEnsembleError) {
                _ = try TreeEnsemble([tree], featureCount: 1)
                return nil
            } catch {
                if case .badTree(0, let fault) = error { return fault }
                return nil
            }
        }
        #expect(refusal(.leaf(0), .leaf(1)) == nil)
        #expect(refusal(.leaf(0), .leaf(0)) == .leafReachedTwice(0))
        #expect(refusal(.split(0), .leaf(1)) == .reachedTwice(split: 0))
        #expect(refusal(.split(1), .leaf(1)) == .noSplit(1))
        #expect(refusal(.leaf(2), .leaf(1)) == .noLeaf(2))
        #expect(refusal(.leaf(0), .leaf(1), feature: 1) == .noFeature(1, split: 0))
        let words = [UInt32](repeating: 1, count: 2049)
        #expect(refusal(.leaf(0), .leaf(1), rule: .isIn(words.dropLast())) == nil)
        #expect(
            refusal(.leaf(0), .leaf(1), rule: .isIn(words))
                == .tooManyCategories(split: 0, limit: 65536))
    }

    /// A tree whose root asks for a category of feature 0: yes is 1, no is 2.
    private func question(_ rule: SplitRule, missingGoesLeft: Bool = false) -> DecisionTree {
        let split = DecisionTree.Split(
            feature: 0, rule: rule, missingGoesLeft: missingGoesLeft, left: .leaf(0),
            right: .leaf(1), gain: 1, cover: 2)
        return DecisionTree(
            splits: [split], leaves: [1.0, 2].map { .init(value: $0, cover: 1) })
    }

    @Test func `an empty set of categories holds nothing, not even what is cut off to 0`() throws {
        let model = try TreeEnsemble(
            [question(.isIn([])), question(.isIn([.max]))], featureCount: 1)
        for (value, score) in [(-0.5, 3.0), (0, 3), (-1, 4), (32, 4)] {
            #expect(model.score([value].span) == score)
            #expect(TreeScorer(model).scores([value]) == [score])
        }
    }

    @Test func `equal sets of categories are stored once`() throws {
        let sets: [[UInt32]] = [[1], [2, 3], [1], [2, 3]]
        let model = try TreeEnsemble(sets.map { question(.isIn($0)) }, featureCount: 1)
        #expect(model.setStarts.count == 3 && model.setWords.count == 3)
        #expect(TreeColumn.columns(of: model).count == 2)
        #expect(model.score([0.0].span) == 6)
    }

    @Test func `what LightGBM takes for zero is missing where zero is`() throws {
        let zero = Double(Float(1e-35))
        let rule = SplitRule.atMost(-1, missing: .zeroOrNaN)
        let model = try TreeEnsemble([question(rule, missingGoesLeft: true)], featureCount: 1)
        for (value, score) in [(0, 1.0), (zero, 1), (-zero, 1), (zero.nextUp, 2), (1, 2)] {
            #expect(model.score([value].span) == score)
            #expect(TreeScorer(model).scores([value]) == [score])
        }
    }
}
