// What boosted trees are trained on.

/// Rows of features with labels, and for rankings the queries that they belong to.
package struct TreeExamples: Sendable {
    package let featureCount: Int
    /// Shape (rows, features), row-major; NaN is missing.
    package let values: [Double]
    /// Of a row: the number to predict, whether it is positive (above 0), or how relevant it is (0...31).
    package let labels: [Double]
    /// Of a row, 0 or more; empty where all weigh alike.
    package let weights: [Double]
    /// Rows of each query, one query after another; empty without queries.
    package let queryLengths: [Int]
    /// Where a row was shown, from 0; empty where that is unknown.
    package let positions: [Int]

    /// Takes examples; throws where lists do not fit one another or hold what nothing can be learned from.
    package init(
        featureCount: Int, values: [Double], labels: [Double], weights: [Double] = [],
        queryLengths: [Int] = [], positions: [Int] = []
    ) throws(TreeTrainingError) {
        self.featureCount = featureCount
        self.values = values
        self.labels = labels
        self.weights = weights
        self.queryLengths = queryLengths
        self.positions = positions
        try check()
    }

    private func check() throws(TreeTrainingError) {
        guard (1...TreeEnsemble.greatestFeatureCount).contains(featureCount) else {
            throw .featureCount(featureCount)
        }
        guard values.count == rowCount * featureCount else {
            throw .wrongCount("values", found: values.count, wanted: rowCount * featureCount)
        }
        guard weights.isEmpty || weights.count == rowCount else {
            throw .wrongCount("weights", found: weights.count, wanted: rowCount)
        }
        guard positions.isEmpty || positions.count == rowCount else {
            throw .wrongCount("positions", found: positions.count, wanted: rowCount)
        }
        if let row = labels.firstIndex(where: { !$0.isFinite }) { throw .badLabel(row: row) }
        if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .badWeight(row: row)
        }
        if let row = positions.firstIndex(where: { $0 < 0 }) { throw .badPosition(row: row) }
        try checkQueries()
    }

    private func checkQueries() throws(TreeTrainingError) {
        guard !queryLengths.isEmpty else { return }
        var rows = 0
        for length in queryLengths {
            guard length >= 0, length <= rowCount - rows else {
                throw .wrongCount("labels", found: rowCount, wanted: rows &+ length)
            }
            rows += length
        }
        guard rows == rowCount else {
            throw .wrongCount("labels", found: rowCount, wanted: rows)
        }
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
