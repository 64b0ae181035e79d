// Joined impressions as rows to train on and to measure by.

package import Learning

/// Lists with labels and features, in order of time.
package struct RankingData: Sendable {
    package let groups: [JoinedImpression]
    package let featureCount: Int

    /// Takes the lists that somebody answered: from the others nothing can be learned of an order.
    ///
    /// All have features of that count.
    package init(_ groups: [JoinedImpression], featureCount: Int) {
        precondition(
            groups.allSatisfy {
                $0.impression.features.count == $0.impression.items.count * featureCount
            })
        self.groups = groups.filter(\.hasLabel)
        self.featureCount = featureCount
    }

    /// Cuts in time: `share` of the lists, the earliest, and the rest.
    package func split(at share: Double) -> (earlier: RankingData, later: RankingData) {
        let count = Int(Double(groups.count) * share)
        return (
            RankingData(Array(groups[..<count]), featureCount: featureCount),
            RankingData(Array(groups[count...]), featureCount: featureCount)
        )
    }

    /// The same lists with `count` columns of missing values before those they have.
    package func padded(by count: Int) -> RankingData {
        guard count > 0 else { return self }
        let missing = [Double](repeating: .nan, count: count)
        let padded = groups.map { group in
            var impression = group.impression
            impression.features = group.labels.indices.flatMap { row in
                missing + impression.features[row * featureCount..<(row + 1) * featureCount]
            }
            return JoinedImpression(impression: impression, labels: group.labels)
        }
        return RankingData(padded, featureCount: featureCount + count)
    }

    /// Parts to train on and to measure on, both in order of time; at least two lists.
    ///
    /// Of 200 lists and more the last fifth is held out; of fewer each fifth in turn, as so few would tell
    /// nothing, unless the last one alone is wanted. The fifths are neighbours in time.
    package func folds(
        lastOnly: Bool = false
    ) -> [(training: RankingData, held: RankingData)] {
        guard !isPlentiful, !lastOnly else {
            let (earlier, later) = split(at: 0.8)
            return [(earlier, later)]
        }
        let count = min(5, groups.count)
        return (0..<count).map { fold in
            let held = groups.count * fold / count..<groups.count * (fold + 1) / count
            return (
                RankingData(
                    Array(groups[..<held.lowerBound] + groups[held.upperBound...]),
                    featureCount: featureCount),
                RankingData(Array(groups[held]), featureCount: featureCount)
            )
        }
    }

    /// Whether a fifth of the lists is enough to tell which scorer is better.
    package var isPlentiful: Bool { groups.count >= 200 }

    /// Whether most lists say by which scores they were shown in their order.
    package var hasScores: Bool {
        groups.count { !$0.impression.scores.isEmpty } * 2 > groups.count
    }

    /// The scores of a weighted sum of the features, list after list.
    package func scores(of scorer: LinearScorer) -> [Double] { scorer.scores(values) }

    /// The scores of what was learned, list after list.
    package func scores(of learned: LearnedScorer) -> [Double] {
        LearnedOrder(learned).scores(values)
    }

    /// The labels of all rows, list after list.
    package var labels: [Double] { groups.flatMap(\.labels) }

    package var lengths: [Int] { groups.map(\.labels.count) }

    /// Shape (rows, features), row-major, list after list.
    package var values: [Double] { groups.flatMap(\.impression.features) }

    /// A column of all rows.
    package func values(ofFeature feature: Int) -> [Double] {
        let values = values
        return stride(from: feature, to: values.count, by: featureCount).map { values[$0] }
    }

    /// Rows for boosted trees, with the positions shown; throws where there are no features.
    package func examples() throws(TreeTrainingError) -> TreeExamples {
        try TreeExamples(
            featureCount: featureCount, values: values, labels: labels, queryLengths: lengths,
            positions: lengths.flatMap { Array(0..<$0) })
    }
}
