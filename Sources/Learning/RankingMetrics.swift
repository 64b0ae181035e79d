// How good the order of a list is.

import Numerics

/// The measures of one query's list, from the labels in the order in which it is shown.
///
/// Rows with equal scores stand in the order in which they are given. A label above 0 is relevant. Measures
/// are nil for a list without a relevant row; what such a list counts is said where a mean is taken.
package struct RankingMetrics: Sendable {
    /// What lists without a relevant row count in a mean.
    package enum EmptyQueries: Equatable, Sendable {
        /// Nothing: they are left out.
        case leftOut
        /// This much; LightGBM counts them 1.
        case count(Double)
    }

    /// The labels, best score first.
    package let labels: [Double]

    /// Takes the labels of a list as it is shown.
    package init(labels: [Double]) {
        self.labels = labels
    }

    /// Sorts the labels by score.
    package init(labels: [Double], scores: [Double]) {
        precondition(labels.count == scores.count)
        self.labels = Self.order(of: labels.indices, by: scores).map { labels[$0] }
    }

    /// Rows of a list, best score first.
    static func order(of rows: Range<Int>, by scores: [Double]) -> [Int] {
        rows.sorted { (scores[$1], $0) < (scores[$0], $1) }
    }

    /// What a row of that label is worth at the first place: 2^label − 1.
    package static func gain(ofLabel label: Double) -> Double { Double.pow(2, label) - 1 }

    /// What a place, from 0, leaves of a gain: 1 / log2(place + 2).
    package static func discount(_ place: Int) -> Double {
        Double.log(2) / Double.log(Double(place + 2))
    }

    /// Discounted cumulative gain of the first rows.
    package func dcg(at count: Int = .max) -> Double { Self.dcg(labels.prefix(count)) }

    private static func dcg(_ labels: ArraySlice<Double>) -> Double {
        labels.enumerated().reduce(0) { $0 + gain(ofLabel: $1.element) * discount($1.offset) }
    }

    /// Discounted cumulative gain of the best order's first rows.
    func bestDCG(at count: Int) -> Double { Self.dcg(labels.sorted(by: >).prefix(count)) }

    /// Discounted cumulative gain by that of the best order.
    ///
    /// Source: Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of IR Techniques", 2002, with the
    /// gains of Burges et al., 2005.
    package func ndcg(at count: Int = .max) -> Double? {
        let best = bestDCG(at: count)
        return best > 0 ? dcg(at: count) / best : nil
    }

    /// The mean precision at the relevant rows among the first `count`.
    ///
    /// Divided by the relevant rows of the list, or by `count` where there are more: the best order has 1.
    package func averagePrecision(at count: Int = .max) -> Double? {
        let relevant = relevantCount
        guard relevant > 0 else { return nil }
        var (hits, sum) = (0, 0.0)
        for (place, label) in labels.prefix(count).enumerated() where label > 0 {
            hits += 1
            sum += Double(hits) / Double(place + 1)
        }
        return sum / Double(min(relevant, count))
    }

    /// 1 / the place, from 1, of the first relevant row.
    package var reciprocalRank: Double? {
        labels.firstIndex { $0 > 0 }.map { 1 / Double($0 + 1) }
    }

    /// The share of the relevant rows that are among the first.
    package func recall(at count: Int) -> Double? {
        let relevant = relevantCount
        guard relevant > 0 else { return nil }
        return Double(labels.prefix(count).count { $0 > 0 }) / Double(relevant)
    }

    private var relevantCount: Int { labels.count { $0 > 0 } }

    /// The mean of a measure over queries, each alike whatever its length.
    ///
    /// - Parameters:
    ///   - scores: of all rows.
    ///   - labels: of all rows.
    ///   - queryLengths: rows of each query, one after another.
    ///   - empty: what queries without a relevant row count.
    ///   - measure: of one query's list.
    /// - Returns: 0 where no query counts.
    package static func mean(
        scores: [Double], labels: [Double], queryLengths: [Int],
        empty: EmptyQueries = .count(1), _ measure: (RankingMetrics) -> Double?
    ) -> Double {
        values(
            scores: scores, labels: labels, queryLengths: queryLengths, empty: empty, measure
        ).mean
    }

    /// A measure of each query that counts, for paired tests between two models.
    package static func values(
        scores: [Double], labels: [Double], queryLengths: [Int],
        empty: EmptyQueries = .count(1), _ measure: (RankingMetrics) -> Double?
    ) -> [Double] {
        precondition(scores.count == labels.count)
        precondition(queryLengths.reduce(0, +) == labels.count)
        var values: [Double] = []
        var start = 0
        for length in queryLengths {
            let rows = start..<start + length
            start += length
            let list = RankingMetrics(labels: Array(labels[rows]), scores: Array(scores[rows]))
            if let value = measure(list) {
                values.append(value)
            } else if case .count(let value) = empty {
                values.append(value)
            }
        }
        return values
    }
}

extension [Double] {
    fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
