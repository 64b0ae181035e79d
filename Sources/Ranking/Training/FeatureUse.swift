// Which features a scorer rests on.

internal import Learning

/// How much a feature moves the scores of rows.
package struct FeatureUse: Equatable, Sendable {
    package let name: String
    /// The mean of |Shapley value| over rows.
    package let meanContribution: Double
    /// The sum of the gains of splits that ask for it; nil for weights.
    package let gain: Double?

    /// The uses of all features by the rows of `data`, the greatest contribution first.
    ///
    /// Of trees the Shapley values are exact (`TreeExplainer`), of weights w (x − mean of x), which is the same
    /// where features are independent. Of more than `rows` rows so many are taken at equal distances.
    package static func all(
        of scorer: LearnedScorer, names: [String], on data: RankingData, rows: Int = 500
    ) -> [FeatureUse] {
        let (values, count) = (data.values, data.featureCount)
        let total = data.lengths.reduce(0, +)
        precondition(scorer.featureCount == count && names.count == count)
        let step = max(1, total / max(rows, 1))
        let order = LearnedOrder(scorer)
        let contributions = stride(from: 0, to: total, by: step).map { row in
            order.explanation(of: Array(values[row * count..<(row + 1) * count])).contributions
        }
        let number = Double(max(contributions.count, 1))
        let uses = names.indices.map { i in
            let column = contributions.map { $0[i] }
            let base = scorer.trees == nil ? column.reduce(0, +) / number : 0
            return FeatureUse(
                name: names[i], meanContribution: column.reduce(0) { $0 + abs($1 - base) } / number,
                gain: scorer.trees?.importances[i].gain)
        }
        return uses.sorted { $0.meanContribution > $1.meanContribution }
    }
}
