// Why an item has its score.

extension Recommender {
    /// Takes the score of a recommendation apart; its features are read, not computed again.
    package func explain(_ recommendation: Recommendation) -> Explanation {
        let (names, values) = (definition.featureNames, recommendation.features)
        precondition(values.count == names.count)
        let (bias, parts) =
            learned?.explanation(of: values)
            ?? (definition.scorer.bias, definition.scorer.contributions(values))
        let contributions = names.indices.map { i in
            Explanation.Contribution(
                feature: names[i], value: values[i], contribution: parts[i])
        }
        return Explanation(bias: bias, contributions: contributions)
    }

    /// Takes the score of an item of a list that was logged apart; nil where its features were not.
    package func explanation(of item: String, in list: Impression) -> Explanation? {
        guard let row = list.row(of: item), row.features.count == definition.featureNames.count
        else { return nil }
        return explain(
            Recommendation(item: item, score: row.score, reasons: [], features: row.features))
    }
}
