import Learning
import Numerics
import Testing

@Suite struct RankingMetricsTests {
    @Test func `measures are those computed by hand`() throws {
        let list = RankingMetrics(labels: [1, 0, 2, 0])
        let dcg = 1 + 3 * 0.5
        #expect(abs(list.dcg() - dcg) < 1e-12)
        let best = 3 + 1 / (Double.log(3) / Double.log(2))
        let ndcg = try #require(list.ndcg())
        #expect(abs(ndcg - dcg / best) < 1e-12)
        #expect(list.ndcg(at: 1) == 1.0 / 3)
        let precision = (1.0 + 2.0 / 3.0) / 2.0
        #expect(list.averagePrecision() == precision)
        #expect(list.averagePrecision(at: 1) == 1)
        #expect(list.reciprocalRank == 1)
        #expect(list.recall(at: 1) == 0.5 && list.recall(at: 3) == 1)
    }

    @Test func `rows with equal scores keep the order in which they are given`() {
        let list = RankingMetrics(labels: [0, 1, 2, 3], scores: [1, 5, 1, 5])
        #expect(list.labels == [1, 3, 0, 2])
    }

    @Test func `what queries without a relevant row count is a choice`() {
        let empty = RankingMetrics(labels: [0, 0])
        #expect(empty.ndcg() == nil && empty.averagePrecision() == nil)
        #expect(empty.reciprocalRank == nil && empty.recall(at: 1) == nil)
        func mean(_ empty: RankingMetrics.EmptyQueries) -> Double {
            RankingMetrics.mean(
                scores: [1, 2, 1, 2], labels: [0, 0, 1, 0], queryLengths: [2, 2], empty: empty
            ) { $0.averagePrecision() }
        }
        #expect(mean(.count(1)) == 0.75 && mean(.count(0)) == 0.25 && mean(.leftOut) == 0.5)
    }

    @Test(arguments: UInt64(0)..<10)
    func `the best order has the greatest measure and any other less`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let labels = (0..<12).map { _ in Double(Int.random(in: 0...3, using: &random)) } + [1]
        let best = RankingMetrics(labels: labels.sorted(by: >))
        #expect(best.ndcg() == 1 && best.averagePrecision() == 1 && best.reciprocalRank == 1)
        let other = RankingMetrics(labels: labels.shuffled(using: &random))
        #expect(try #require(other.ndcg()) <= 1)
        #expect(try #require(other.averagePrecision()) <= 1)
    }
}
