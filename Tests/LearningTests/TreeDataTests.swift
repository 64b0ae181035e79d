import Learning
import Numerics
import Testing

/// What is learned from LightGBM's examples, with the settings that stand beside them.
///
///     swift test -c release --filter TreeDataTests
@Suite(.enabled(if: RankData.isThere, "../shared/data/rank is not there"))
struct TreeDataTests {
    @Test func `the binary example is learned as well as LightGBM does`() throws {
        let test = try RankData.binary("test")
        var settings = TreeSettings()
        settings.leaves = 63
        settings.leastRows = 50
        settings.leastHessian = 5
        settings.featureFraction = 0.8
        settings.rowFraction = 0.8
        let model = try TreeTrainer(settings: settings).train(RankData.binary("train")).ensemble
        let scores = TreeScorer(model).scores(test.values)
        let (auc, loss) = quality(scores, test.labels)
        #expect(auc >= 0.823)
        #expect(loss <= 0.516)
    }

    private func quality(_ scores: [Double], _ labels: [Double]) -> (auc: Double, loss: Double) {
        let positives = zip(scores, labels).filter { $1 > 0 }.map(\.0)
        let negatives = zip(scores, labels).filter { $1 <= 0 }.map(\.0)
        let loss = zip(scores, labels).reduce(0) { sum, example in
            sum + Double.log(1 + Double.exp(example.1 > 0 ? -example.0 : example.0))
        }
        return (
            areaUnderROC(positives: positives, negatives: negatives), loss / Double(labels.count)
        )
    }

    @Test(.enabled(if: RankData.isOptimised, "takes a minute in a debug build"))
    func `the ranking example is learned as well as LightGBM does, over ten seeds`() throws {
        let (train, test) = (try RankData.ranking("train"), try RankData.ranking("test"))
        var settings = TreeSettings()
        settings.objective = .rankNDCG
        settings.leastRows = 50
        settings.leastHessian = 5
        settings.rowFraction = 0.9
        var sum = 0.0
        for seed in UInt64(1)...10 {
            settings.seed = seed
            let model = try TreeTrainer(settings: settings).train(train).ensemble
            sum += ndcg(TreeScorer(model).scores(test.values), test)
        }
        #expect(sum / 10 >= 0.738)
    }

    private func ndcg(_ scores: [Double], _ examples: TreeExamples) -> Double {
        RankingMetrics.mean(
            scores: scores, labels: examples.labels, queryLengths: examples.queryLengths
        ) { $0.ndcg(at: 10) }
    }

    /// Figures of LightGBM's definitions: 0.584 for random orders, 0.690 for the share of positives.
    @Test func `measures without a model are those that others find`() throws {
        let test = try RankData.ranking("test")
        var random = SplitMix64(seed: 1)
        let means = (0..<20).map { _ in
            ndcg(test.labels.map { _ in Double.random(in: 0...1, using: &random) }, test)
        }
        #expect(abs(means.reduce(0, +) / 20 - 0.584) < 0.015)
        let labels = try RankData.binary("train").labels
        let share = labels.reduce(0, +) / Double(labels.count)
        let prior = Double.log(share / (1 - share))
        let held = try RankData.binary("test").labels
        let (auc, loss) = quality(held.map { _ in prior }, held)
        #expect(auc == 0.5)
        #expect(abs(loss - 0.690) < 0.0005)
    }
}
