@testable import Learning
import Numerics
import Testing

@Suite struct PositionBiasTests {
    private static let chances = (0..<10).map { 1 / Double($0 + 1) }

    /// Lists shown in a poor order, with clicks on rows that are looked at and good.
    private func log(seed: UInt64) throws -> (clicks: TreeExamples, truth: [Double]) {
        var random = SplitMix64(seed: seed)
        var (values, clicks, truth, positions) = ([Double](), [Double](), [Double](), [Int]())
        for _ in 0..<400 {
            var rows = (0..<10).map { _ in
                (0..<3).map { _ in Double.random(in: 0...1, using: &random) }
            }
            // The order shown follows the second feature, which says nothing of how good a row is.
            rows.sort { $0[1] > $1[1] }
            for (position, row) in rows.enumerated() {
                let isGood = row[0] + Double.random(in: -0.2...0.2, using: &random) > 0.6
                let isSeen = Double.random(in: 0..<1, using: &random) < Self.chances[position]
                values += row
                truth.append(isGood ? 1 : 0)
                clicks.append(isGood && isSeen ? 1 : 0)
                positions.append(position)
            }
        }
        let examples = try TreeExamples(
            featureCount: 3, values: values, labels: clicks,
            queryLengths: Array(repeating: 10, count: 400), positions: positions)
        return (examples, truth)
    }

    private func quality(
        _ bias: TreeSettings.PositionBias
    ) throws -> (ndcg: Double, positions: PositionWeights?) {
        var settings = TreeSettings()
        settings.objective = .rankNDCG
        settings.trees = 40
        settings.leaves = 8
        settings.positionBias = bias
        let clicks = try log(seed: 1).clicks
        let outcome = try TreeTrainer(settings: settings).train(clicks)
        let (test, truth) = try log(seed: 2)
        let scores = TreeScorer(outcome.ensemble).scores(test.values)
        let ndcg = RankingMetrics.mean(
            scores: scores, labels: truth, queryLengths: test.queryLengths
        ) { $0.ndcg(at: 5) }
        return (ndcg, outcome.positions)
    }

    @Test func `a great position takes no more memory than the thousandth`() {
        var weights = PositionWeights(.estimated(regularisation: 0), positions: [0, .max])
        #expect(weights.clicked.count == 1024)
        weights.add(1, better: 0, worse: .max)
        weights.add(0.5, better: .max, worse: 1023)
        weights.estimate()
        #expect(weights.clicked[1023] == 0.5)
        #expect(weights.better(.max) == 2)
    }

    @Test func `what was shown above is seen through`() throws {
        let plain = try quality(.none)
        let known = try quality(.known(Self.chances))
        let estimated = try quality(.estimated(regularisation: 0))
        #expect(plain.positions == nil)
        #expect(known.ndcg > plain.ndcg + 0.01)
        #expect(estimated.ndcg > plain.ndcg + 0.01)
        let clicked = try #require(estimated.positions).clicked
        #expect(clicked[0] == 1)
        for (found, chance) in zip(clicked, Self.chances) { #expect(abs(found - chance) < 0.2) }
    }
}
