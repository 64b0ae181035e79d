import Learning
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

    /// Two splits in a chain: at most 1 goes on, at most 0 to leaf 1, else 2; the rest to leaf 3.
    private func chain(_ changed: [String: [Int32]]) -> [UInt8] {
        var writer = ArchiveWriter(magic: "HUNCHTRE", format: 1)
        writer.add("split starts", [UInt32(0), 2])
        writer.add("leaf starts", [UInt32(0), 3])
        writer.add("features", [UInt32(0), 0])
        writer.add("flags", [UInt8(0), 0])
        writer.add("thresholds", [1.0, 0])
        writer.add("lefts", changed["lefts"] ?? [1, -1])
        writer.add("rights", changed["rights"] ?? [-3, -2])
        for name in ["gains", "covers"] { writer.add(name, [1.0, 1]) }
        writer.add("leaf values", [1.0, 2, 3])
        writer.add("leaf covers", [1.0, 1, 1])
        writer.add("set starts", [UInt32(0)])
        writer.add("set words", [UInt32]())
        writer.add("counts", [UInt32(1), 0, 0])
        writer.add("numbers", [0.0, 1])
        writer.add("names", [UInt8]())
        return writer.encoded()
    }

    @Test func `splits that are no tree are refused`() {
        func refusal(_ left: TreeChild, _ right: TreeChild, feature: Int = 0) -> TreeFault? {
            let split = DecisionTree.Split(
                feature: feature, rule: .atMost(0, missing: .nan), missingGoesLeft: true,
                left: left, right: right, gain: 0, cover: 1)
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
    }

    @Test(arguments: UInt64(0)..<20)
    func `explanations are what all subsets of features give`(seed: UInt64) throws {
        var source = RandomTrees(seed: seed, featureCount: 5)
        let model = try source.ensemble(trees: 3, leaves: 1...16)
        for _ in 0..<5 {
            let row = source.row()
            let found = TreeExplainer(model).explanation(of: row.span)
            let wanted = ShapleyValues(of: model, row: row)
            #expect(abs(found.bias - wanted.bias) < 1e-12)
            for (a, b) in zip(found.contributions, wanted.contributions) {
                #expect(abs(a - b) < 1e-12)
            }
            #expect(abs(found.score - model.score(row.span)) < 1e-12)
        }
    }
}
