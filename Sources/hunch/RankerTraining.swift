// From a log to what scores, if it is better than the formula of model.json.

import Drift
import JSON
import Learning
import Ranking
import Service

/// A training of a recommender on its log.
final class RankerTraining {
    private let log: RankerLog
    private let data: RankingData
    private let counts: JoinedLog.Counts
    private let lists: [Impression]
    /// What came of it, for the manifest.
    private(set) var outcome: [(key: String, value: JSONValue)] = []

    /// Joins the log with the features as they stood at each list.
    init(_ log: RankerLog) {
        self.log = log
        let joined = log.joined()
        counts = joined.counts
        lists = joined.groups.map(\.impression)
        data = RankingData(joined.groups, featureCount: log.definition.featureNames.count)
    }

    private var seesThroughPositions: Bool {
        log.definition.training.positionBias ?? data.hasScores
    }

    /// Trains; nil where the formula scores as well on lists held out.
    func run(
        _ choice: ScorerTrainer.Choice, seed: UInt64, report: (String) -> Void
    ) throws -> LearnedScorer? {
        report("\(data.groups.count) of \(counts.impressions) lists were answered")
        let trainer = ScorerTrainer(
            choice: choice, seed: seed, seesThroughPositions: seesThroughPositions)
        let trained = try trainer.train(data, formula: log.definition.scorer) { settings, ndcg in
            report(
                "trees of \(settings.leaves) leaves: \(settings.trees), NDCG@10 \(rounded(ndcg))")
        }
        guard let trained else {
            outcome = [("scorer", "formula")]
            report("there is too little to learn from: the formula of model.json scores")
            return nil
        }
        outcome = members(trained)
        report(
            "held-out NDCG@10 of \(trained.heldOut) lists: formula "
                + rounded(trained.formula["ndcg@10"] ?? 0))
        for trial in trained.trials {
            report(
                "\(trial.name): \(rounded(trial.report["ndcg@10"] ?? 0)), \(told(trial.difference))"
            )
        }
        report(
            trained.learned.map { "\($0.name) score from now on" }
                ?? "that may be chance: the formula of model.json goes on scoring")
        return trained.learned
    }

    /// Takes trees that were trained elsewhere, whatever the log says of them.
    func take(
        _ trees: (ensemble: TreeEnsemble, file: TreeFile), report: (String) -> Void
    ) -> LearnedScorer {
        let learned = LearnedScorer.trees(trees.ensemble)
        let (count, library) = (trees.ensemble.treeCount, trees.file.origin.rawValue)
        let uses = FeatureUse.all(of: learned, names: log.definition.featureNames, on: data)
        outcome = [
            ("scorer", "trees"), ("trainedWith", .string(library)),
            ("treeCount", .number(Double(count))),
            ("leaves", .number(Double(trees.ensemble.greatestLeafCount))),
            ("importance", .array(uses.map(\.json))),
        ]
        report("\(count) trees of \(library) score")
        if let best = trees.file.bestRound, best >= 0, best < count - 1 {
            report(
                "the training was stopped early, its best round was \(best); later trees score too, as in "
                    + "Booster.predict: save booster[:\(best + 1)] to leave them out")
        }
        let unused = zip(log.definition.featureNames, trees.ensemble.importances)
            .filter { $0.1.splits == 0 }.map(\.0)
        if !unused.isEmpty { report("no tree asks for \(unused.joined(separator: ", "))") }
        guard !data.groups.isEmpty else { return learned }
        let formula = RankingReport(scores: data.scores(of: log.definition.scorer), on: data)
        let own = RankingReport(scores: data.scores(of: learned), on: data)
        report(
            "on \(data.groups.count) answered lists, of which they may have learned: "
                + "NDCG@10 of the formula \(rounded(formula["ndcg@10"] ?? 0)), "
                + "of the trees \(rounded(own["ndcg@10"] ?? 0)), "
                + told(PairedDifference(own.ndcgs, minus: formula.ndcgs)))
        return learned
    }

    /// What the data were; without a seed nothing was trained on them.
    func details(seed: UInt64?) -> [(key: String, value: JSONValue)] {
        let details: [(key: String, value: JSONValue?)] = [
            ("events", .number(Double(log.events.count))),
            ("seed", seed.map { .number(Double($0)) }),
            ("features", .number(Double(data.featureCount))),
            ("lists", .number(Double(data.groups.count))),
            ("joined", .number(Double(counts.joined))),
            ("unjoined", .number(Double(counts.unjoined))),
            ("late", .number(Double(counts.late))),
            ("positionBias", seed.map { _ in .boolean(seesThroughPositions) }),
            ("reference", reference?.json ?? .null),
        ]
        return details.compactMap { key, value in value.map { (key, $0) } }
    }

    /// What live lists are held against: the last fifth of the log, as what counts grows from its start on.
    ///
    /// Nil where that is too little: then the first lists of the version are it.
    private var reference: DriftReference? {
        var builder = ReferenceBuilder(log.definition.countedFeatures)
        let places = log.definition.comparedPlaces
        var values: [FeatureValue] = []
        for list in lists.suffix(lists.count / 5) where list.write(places, to: &values) {
            builder.add(values.span)
        }
        return builder.count >= Self.leastLists ? builder.reference(.log) : nil
    }

    private static let leastLists = 200

    private func members(
        _ trained: ScorerTrainer.Outcome
    ) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = [
            ("scorer", .string(trained.learned?.name ?? "formula")),
            ("heldOut", .number(Double(trained.heldOut))),
            ("formula", trained.formula.json),
        ]
        members += trained.trials.map { trial in
            var json = trial.report.json.object ?? []
            json.append(("difference", trial.difference.json))
            return (trial.name, .object(json))
        }
        if let trees = trained.trees {
            members.append(("treeCount", .number(Double(trees.trees))))
            members.append(("leaves", .number(Double(trees.leaves))))
        }
        guard let learned = trained.learned else { return members }
        let names = log.definition.featureNames
        let uses = FeatureUse.all(of: learned, names: names, on: data)
        members.append(("importance", .array(uses.map(\.json))))
        if case .weights(let scorer) = learned {
            members.append(
                ("learned", .object(zip(names, scorer.weights).map { ($0, .number($1)) })))
        }
        return members
    }
}

extension RankingReport {
    /// The measures by name.
    var json: JSONValue { .object(measures.map { ($0.name, .number($0.value)) }) }
}

/// A difference of NDCG@10 as a person reads it.
func told(_ difference: PairedDifference) -> String {
    "NDCG@10 \(difference.mean < 0 ? "" : "+")\(rounded(difference.mean)) "
        + "(\(rounded(difference.interval.lowerBound)) to "
        + "\(rounded(difference.interval.upperBound)), paired bootstrap, 95 %)"
}
