// The fourth stage: one number for each candidate.

/// Scores by bias + Σ weight · feature, with weights that somebody has set by hand.
///
/// The part that features of the request contribute (`Feature.concernsRequest`) is the relevance.
/// A candidate whose relevance is below `minimumRelevance` is dropped: for an empty or unrelated
/// query the answer is an empty list rather than what happens to be popular. Without a minimum
/// popular and recent items fill the list, as a place without a query wants it.
package struct LinearScorer: Equatable, Sendable {
    package let bias: Double
    /// One for each feature, in their order.
    package let weights: [Double]
    package let minimumRelevance: Double?

    package init(weights: [Double], bias: Double = 0, minimumRelevance: Double? = nil) {
        self.bias = bias
        self.weights = weights
        self.minimumRelevance = minimumRelevance
    }

    /// The score of the row of values that begins at `row`, and the part of it that is relevance.
    func score(
        _ values: [Double], from row: Int, _ definition: RecommenderDefinition
    ) -> (score: Double, relevance: Double) {
        var (score, relevance) = (bias, 0.0)
        for i in weights.indices {
            let contribution = Self.contribution(weights[i], values[row + i])
            score += contribution
            if definition.concernsRequest(i) { relevance += contribution }
        }
        return (score, relevance)
    }

    /// The scores of rows, shape (rows, features), row-major.
    package func scores(_ rows: [Double]) -> [Double] {
        precondition(!weights.isEmpty && rows.count.isMultiple(of: weights.count))
        return stride(from: 0, to: rows.count, by: weights.count).map { row in
            weights.indices.reduce(bias) { $0 + Self.contribution(weights[$1], rows[row + $1]) }
        }
    }

    /// What each feature of a row adds.
    func contributions(_ row: [Double]) -> [Double] {
        zip(weights, row).map { Self.contribution($0, $1) }
    }

    /// What a feature adds; nothing where it is missing.
    static func contribution(_ weight: Double, _ value: Double) -> Double {
        value.isNaN ? 0 : weight * value
    }

    /// Whether a candidate of that relevance may be shown.
    func admits(_ relevance: Double) -> Bool {
        minimumRelevance.map { relevance >= $0 } ?? true
    }
}

extension RecommenderDefinition {
    /// Whether a feature of a row depends on what is asked.
    func concernsRequest(_ i: Int) -> Bool {
        if i < features.count { return features[i].concernsRequest }
        if case .textSimilarity = declared[i - features.count].kind { return true }
        return false
    }
}

/// How a score came about.
package struct Explanation: Equatable, Sendable {
    package struct Contribution: Equatable, Sendable {
        package let feature: String
        /// NaN where the feature is missing.
        package let value: Double
        package let contribution: Double
    }

    package let bias: Double
    /// In the order of the definition's features.
    package let contributions: [Contribution]

    /// The score: of a weighted sum to the last bit, of trees to rounding.
    package var score: Double {
        contributions.reduce(bias) { $0 + $1.contribution }
    }
}
