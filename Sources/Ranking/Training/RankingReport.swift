// How good an order is on lists that somebody answered.

internal import Learning

/// Measures of one ranker on the lists of `RankingData`.
///
/// A label above 0 is relevant; lists without one are not among the data, so that none is empty. Rows of equal
/// score stand in the order shown. All are means over lists, each alike whatever its length, but auc and coverage.
package struct RankingReport: Sendable {
    /// The NDCG of the first ten of each list.
    package let ndcgs: [Double]
    /// By name, in the order of `definitions`; diversity where it is known how alike items are.
    package let measures: [(name: String, value: Double)]

    /// What each measure is.
    package static let definitions: [(name: String, meaning: String)] = [
        ("ndcg@k", "DCG of the first k by that of the best order"),
        ("dcg@k", "sum of (2^label - 1) / log2(place + 1), places from 1"),
        ("map", "mean precision at the relevant items"),
        ("mrr", "1 / the place of the first relevant item"),
        ("recall@10", "share of the relevant items that are among the first ten"),
        (
            "auc",
            "chance that a relevant row scores above another one, of all lists alike; ties half"
        ),
        ("coverage@10", "share of the items shown that are among the first ten of some list"),
        (
            "diversity@10",
            "1 - the mean likeness of the pairs among the first ten: Jaccard of title and tags"
        ),
    ]

    /// Measures scores, one for each row of `data`, list after list.
    package init(scores: [Double], on data: RankingData, likeness: ItemLikeness? = nil) {
        let (labels, lengths) = (data.labels, data.lengths)
        func values(_ measure: (RankingMetrics) -> Double?) -> [Double] {
            RankingMetrics.values(
                scores: scores, labels: labels, queryLengths: lengths, empty: .leftOut, measure)
        }
        ndcgs = values { $0.ndcg(at: 10) }
        let rows = zip(scores, labels)
        let auc = areaUnderROC(
            positives: rows.filter { $0.1 > 0 }.map(\.0),
            negatives: rows.filter { $0.1 <= 0 }.map(\.0))
        let tops = Self.tops(scores, data, first: 10)
        var measures: [(name: String, value: Double)] = [
            ("ndcg@10", ndcgs.mean), ("ndcg@5", values { $0.ndcg(at: 5) }.mean),
            ("ndcg@1", values { $0.ndcg(at: 1) }.mean),
        ]
        measures += [10, 5, 1].map { count in ("dcg@\(count)", values { $0.dcg(at: count) }.mean) }
        measures += [
            ("map", values { $0.averagePrecision() }.mean),
            ("mrr", values(\.reciprocalRank).mean),
            ("recall@10", values { $0.recall(at: 10) }.mean), ("auc", auc),
            ("coverage@10", Self.coverage(tops, data)),
        ]
        if let likeness {
            measures.append(("diversity@10", tops.compactMap { Self.diversity($0, likeness) }.mean))
        }
        self.measures = measures
    }

    /// The measure of that name.
    package subscript(name: String) -> Double? { measures.first { $0.name == name }?.value }

    /// The first items of each list by score.
    private static func tops(
        _ scores: [Double], _ data: RankingData, first: Int
    ) -> [[String]] {
        var start = 0
        return data.groups.map { group in
            defer { start += group.impression.items.count }
            let items = group.impression.items
            let order = items.indices.sorted { (scores[start + $1], $0) < (scores[start + $0], $1) }
            return order.prefix(first).map { items[$0] }
        }
    }

    private static func coverage(_ tops: [[String]], _ data: RankingData) -> Double {
        let shown = Set(data.groups.flatMap(\.impression.items))
        return shown.isEmpty ? 0 : Double(Set(tops.joined()).count) / Double(shown.count)
    }

    /// Nil where there are no pairs.
    private static func diversity(_ items: [String], _ likeness: ItemLikeness) -> Double? {
        guard items.count > 1 else { return nil }
        var sum = 0.0
        for a in items.indices {
            for b in items.indices where b > a { sum += likeness.of(items[a], items[b]) }
        }
        return 1 - sum / Double(items.count * (items.count - 1) / 2)
    }
}

extension [Double] {
    fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
