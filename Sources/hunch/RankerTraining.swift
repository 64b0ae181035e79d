// From a log to trees that score, if they are better than what scores without them.

import JSON
import Learning
import Ranking

/// A training of a recommender on its log.
final class RankerTraining {
    private let definition: RecommenderDefinition
    private let data: RankingData
    private let counts: JoinedLog.Counts
    /// What came of it, for the manifest.
    private(set) var outcome: JSONValue = .object([])

    /// Joins the log with the features as they stood at each list.
    init(_ definition: RecommenderDefinition, _ events: [RankingEvent]) {
        self.definition = definition
        let log = TrainingJoin().joined(
            FeatureReplay.replay(events, features: definition.declared))
        counts = log.counts
        // What depends on a request's text and intent is not in the log, and so is missing.
        data = RankingData(log.groups, featureCount: definition.declared.count)
            .padded(by: definition.features.count)
    }

    /// Trains; nil where the weights of the definition are as good on lists held out.
    func run(seed: UInt64, report: (String) -> Void) throws -> TreeEnsemble? {
        report("\(data.groups.count) of \(counts.impressions) lists were answered")
        let trainer = RankerTrainer(seed: seed)
        let trained =
            try definition.declared.isEmpty
            ? nil
            : trainer.train(data) { settings, ndcg in
                report(
                    "trees of \(settings.leaves) leaves: \(settings.trees), NDCG@10 \(rounded(ndcg))"
                )
            }
        guard let trained else {
            report("there is too little to learn from: the weights of model.json score")
            return nil
        }
        let (_, later) = data.split(at: 1 - trainer.validationShare)
        let weighted = RankingReport(scores: later.scores(of: definition.scorer), on: later)
        let difference = PairedDifference(trained.validation.ndcgs, minus: weighted.ndcgs)
        outcome = members(trained, weighted, difference)
        report(
            "held-out NDCG@10: weights \(rounded(weighted["ndcg@10"] ?? 0)), trees better by "
                + "\(rounded(difference.mean)) (\(rounded(difference.interval.lowerBound)) to "
                + "\(rounded(difference.interval.upperBound)))")
        guard difference.isBetter else {
            report("that may be chance: the weights of model.json go on scoring")
            return nil
        }
        return trained.ensemble
    }

    /// What the data were.
    func details(events: Int, seed: UInt64) -> [(key: String, value: JSONValue)] {
        [
            ("events", .number(Double(events))), ("seed", .number(Double(seed))),
            ("features", .number(Double(definition.featureNames.count))),
            ("lists", .number(Double(data.groups.count))),
            ("joined", .number(Double(counts.joined))),
            ("unjoined", .number(Double(counts.unjoined))),
            ("late", .number(Double(counts.late))),
        ]
    }

    private func members(
        _ trained: RankerTrainer.Outcome, _ weighted: RankingReport, _ difference: PairedDifference
    ) -> JSONValue {
        [
            "scorer": .string(difference.isBetter ? "trees" : "weights"),
            "trees": .number(Double(trained.settings.trees)),
            "leaves": .number(Double(trained.settings.leaves)),
            "validation": .object(trained.validation.measures.map { ($0.name, .number($0.value)) }),
            "weights": .object(weighted.measures.map { ($0.name, .number($0.value)) }),
            "difference": [
                "mean": .number(difference.mean),
                "low": .number(difference.interval.lowerBound),
                "high": .number(difference.interval.upperBound),
            ],
        ]
    }
}
