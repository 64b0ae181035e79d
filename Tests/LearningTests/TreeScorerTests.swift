import Learning
import Numerics
import Testing

@Suite struct TreeScorerTests {
    /// Small trees, trees of exactly a crown, and such as go on below it.
    private static let sizes: [ClosedRange<Int>] = [1...1, 1...5, 2...31, 60...70, 100...300]

    @Test(arguments: sizes, [TreeEnsemble.Precision.double, .float])
    func `scores are those of the plain way to the last bit`(
        leaves: ClosedRange<Int>, precision: TreeEnsemble.Precision
    ) throws {
        var source = RandomTrees(seed: UInt64(leaves.upperBound))
        let model = try source.ensemble(trees: 12, leaves: leaves, precision: precision)
        let scorer = TreeScorer(model)
        for count in [0, 1, 7, 8, 9, 64, 65, 100, 130, 3] {
            let rows = (0..<count).map { _ in source.row() }
            let scores = scorer.scores(rows.flatMap(\.self))
            #expect(scores == rows.map { model.score($0.span) })
        }
    }

    @Test func `values at a threshold, infinite and missing go where they belong`() throws {
        let values = [1.0, 1.0.nextUp, 1.0.nextDown, .infinity, -.infinity, .nan, 0, -0.0, 1e-36]
        for missing in MissingValues.allCases {
            for missingGoesLeft in [false, true] {
                let split = DecisionTree.Split(
                    feature: 0, rule: .atMost(1, missing: missing),
                    missingGoesLeft: missingGoesLeft, left: .leaf(0), right: .leaf(1), gain: 1,
                    cover: 2)
                let leaves = [1.0, 2].map { DecisionTree.Leaf(value: $0, cover: 1) }
                let model = try TreeEnsemble(
                    [DecisionTree(splits: [split], leaves: leaves)], featureCount: 1)
                let scores = TreeScorer(model).scores(values)
                for (value, score) in zip(values, scores) {
                    let row = [value]
                    #expect(score == model.score(row.span))
                }
            }
        }
    }
}
