// How good an order is on lists that somebody answered.

internal import Learning

/// Measures of one ranker on the lists of `RankingData`.
///
/// A label above 0 is relevant; lists without one are not among the data, so that none is empty. Rows of equal
/// score stand in the order shown.
package struct RankingReport: Sendable {
    /// The NDCG of the first ten of each list.
    package let ndcgs: [Double]
    /// The means over lists, by name, in order: ndcg@10, ndcg@1, map, mrr, recall@10; then auc, over all
    /// rows alike, and coverage@10, the share of the items shown that stand among the first ten of a list.
    package let measures: [(name: String, value: Double)]

    /// Measures scores, one for each row of `data`, list after list.
    package init(scores: [Double], on data: RankingData) {
        let (labels, lengths) = (data.labels, data.lengths)
        func values(_ measure: (RankingMetrics) -> Double?) -> [Double] {
            RankingMetrics.values(
                scores: scores, labels: labels, queryLengths: lengths, empty: .leftOut, measure)
        }
        ndcgs = values { $0.ndcg(at: 10) }
        let rows = zip(scores, labels)
        let auc = areaUnderROC(
            positives: rows.filter { $0.1 > 0 }.map { Float($0.0) },
            negatives: rows.filter { $0.1 <= 0 }.map { Float($0.0) })
        measures = [
            ("ndcg@10", ndcgs.mean), ("ndcg@1", values { $0.ndcg(at: 1) }.mean),
            ("map", values { $0.averagePrecision() }.mean),
            ("mrr", values(\.reciprocalRank).mean),
            ("recall@10", values { $0.recall(at: 10) }.mean), ("auc", auc),
            ("coverage@10", Self.coverage(scores, data, first: 10)),
        ]
    }

    /// The measure of that name.
    package subscript(name: String) -> Double? { measures.first { $0.name == name }?.value }

    private static func coverage(_ scores: [Double], _ data: RankingData, first: Int) -> Double {
        var (shown, recommended): (Set<String>, Set<String>) = ([], [])
        var start = 0
        for group in data.groups {
            let items = group.impression.items
            let order = items.indices.sorted { (scores[start + $1], $0) < (scores[start + $0], $1) }
            recommended.formUnion(order.prefix(first).map { items[$0] })
            shown.formUnion(items)
            start += items.count
        }
        return shown.isEmpty ? 0 : Double(recommended.count) / Double(shown.count)
    }
}

extension [Double] {
    fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
