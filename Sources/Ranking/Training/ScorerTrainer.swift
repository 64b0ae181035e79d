// Which of the formula, learned weights and trees is to score.

package import Learning

/// Trains what can be trained and takes it in place of the formula where it is better on lists held out.
///
/// Better means that the interval of the paired difference in NDCG@10 lies above 0. Of two that are, the one with
/// the greater mean is taken. What is held out says `RankingData.folds`; trees are tried where lists are
/// plentiful, and their settings are chosen on the lists that they are measured on, those of weights are not.
/// Clicks favour the order that was shown, and so the formula: the verdict is careful.
package struct ScorerTrainer: Sendable {
    package enum Choice: String, CaseIterable, Sendable {
        case auto, weights, trees, formula
    }

    /// What was trained on some of the lists, measured on the others.
    package struct Trial: Sendable {
        package let name: String
        package let report: RankingReport
        /// Its NDCG@10 less that of the formula.
        package let difference: PairedDifference
    }

    /// What a training gives.
    package struct Outcome: Sendable {
        /// Trained on all lists; nil where the formula goes on scoring.
        package let learned: LearnedScorer?
        /// The formula on the lists held out.
        package let formula: RankingReport
        package let heldOut: Int
        package let trials: [Trial]
        /// The settings of the trees that were tried.
        package let trees: TreeSettings?
    }

    package var choice: Choice
    package var weights = WeightTrainer()
    package var trees: RankerTrainer

    /// See `WeightTrainer.seesThroughPositions`; trees estimate chances of their own.
    package init(choice: Choice = .auto, seed: UInt64 = 1, seesThroughPositions: Bool = false) {
        self.choice = choice
        trees = RankerTrainer(seed: seed)
        weights.seesThroughPositions = seesThroughPositions
        if seesThroughPositions { trees.positionBias = .estimated(regularisation: 0) }
    }

    /// Trains; nil where there are too few lists to leave some out.
    ///
    /// `progress` is told of the settings of trees as they are tried, with their NDCG@10.
    package func train(
        _ data: RankingData, formula: LinearScorer,
        progress: (TreeSettings, Double) -> Void = { _, _ in }
    ) throws(TreeTrainingError) -> Outcome? {
        guard data.groups.count >= Self.fewest, data.featureCount > 0 else { return nil }
        let folds = data.folds(lastOnly: choice == .trees)
        let held = RankingData(folds.flatMap(\.1.groups), featureCount: data.featureCount)
        let base = RankingReport(scores: held.scores(of: formula), on: held)
        var trials: [(trial: Trial, learned: LearnedScorer)] = []
        func take(_ learned: LearnedScorer, _ report: RankingReport) {
            let difference = PairedDifference(report.ndcgs, minus: base.ndcgs)
            let trial = Trial(name: learned.name, report: report, difference: difference)
            trials.append((trial, learned))
        }
        if choice == .auto || choice == .weights,
            let all = weights.train(data, from: formula)
        {
            let scores = folds.flatMap { training, held in
                held.scores(of: weights.train(training, from: formula) ?? formula)
            }
            take(.weights(all), RankingReport(scores: scores, on: held))
        }
        var settings: TreeSettings?
        if choice == .trees || choice == .auto && data.isPlentiful,
            let trained = try trees.train(data, progress: progress)
        {
            settings = trained.settings
            take(.trees(trained.ensemble), trained.validation)
        }
        return Outcome(
            learned: best(of: trials), formula: base, heldOut: held.groups.count,
            trials: trials.map(\.trial), trees: settings)
    }

    /// Fewer answered lists than that tell nothing.
    private static let fewest = 5

    private func best(of trials: [(trial: Trial, learned: LearnedScorer)]) -> LearnedScorer? {
        trials.filter { choice != .auto || $0.trial.difference.isBetter }
            .max { $0.trial.difference.mean < $1.trial.difference.mean }?.learned
    }
}
