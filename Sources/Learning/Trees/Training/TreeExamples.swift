// What boosted trees are trained on.

/// Rows of features with labels, and for rankings the queries that they belong to.
package struct TreeExamples: Sendable {
    package let featureCount: Int
    /// Shape (rows, features), row-major; NaN is missing.
    package let values: [Double]
    /// Of a row: the number to predict, whether it is positive (above 0), or how relevant it is (0, 1, …).
    package let labels: [Double]
    /// Of a row, 0 or more; empty where all weigh alike.
    package let weights: [Double]
    /// Rows of each query, one query after another; empty without queries.
    package let queryLengths: [Int]
    /// Where a row was shown, from 0; empty where that is unknown.
    package let positions: [Int]

    package init(
        featureCount: Int, values: [Double], labels: [Double], weights: [Double] = [],
        queryLengths: [Int] = [], positions: [Int] = []
    ) {
        precondition(featureCount > 0 && values.count == labels.count * featureCount)
        precondition(labels.allSatisfy(\.isFinite))
        precondition(weights.isEmpty || weights.count == labels.count)
        precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite })
        precondition(queryLengths.allSatisfy { $0 >= 0 })
        precondition(queryLengths.isEmpty || queryLengths.reduce(0, +) == labels.count)
        precondition(positions.isEmpty || positions.count == labels.count)
        precondition(positions.allSatisfy { $0 >= 0 })
        self.featureCount = featureCount
        self.values = values
        self.labels = labels
        self.weights = weights
        self.queryLengths = queryLengths
        self.positions = positions
    }

    package var rowCount: Int { labels.count }

    /// The rows of each query.
    package var queries: [Range<Int>] {
        var start = 0
        return queryLengths.map { length in
            defer { start += length }
            return start..<start + length
        }
    }

    func weight(of row: Int) -> Double { weights.isEmpty ? 1 : weights[row] }
}
