// Trains boosted trees on joined impressions.

package import Learning

/// Chooses settings on the last part of the training time, then trains on all of it.
///
/// Only lists that somebody answered are learned from, and only features: the position is none.
package struct RankerTrainer: Sendable {
    /// Settings to choose among; there is at least one.
    package var candidates: [TreeSettings]
    /// The share of the lists, the latest, that settings and numbers of trees are chosen on.
    package var validationShare: Double
    package var seed: UInt64
    /// See `TreeSettings.PositionBias`.
    package var positionBias = TreeSettings.PositionBias.none

    package init(
        candidates: [TreeSettings] = Self.usualCandidates, validationShare: Double = 0.2,
        seed: UInt64 = 1
    ) {
        precondition(!candidates.isEmpty && validationShare > 0 && validationShare < 1)
        self.candidates = candidates
        self.validationShare = validationShare
        self.seed = seed
    }

    /// Small trees, many of them: lists of clicks are noisy.
    package static let usualCandidates: [TreeSettings] = [6, 8, 15].map { leaves in
        var settings = TreeSettings()
        settings.objective = .rankNDCG
        settings.trees = 600
        settings.leaves = leaves
        settings.learningRate = 0.05
        settings.leastRows = 50
        settings.patience = 100
        return settings
    }

    /// What a training gives.
    package struct Outcome: Sendable {
        package let ensemble: TreeEnsemble
        /// Those that were chosen, with the number of trees.
        package let settings: TreeSettings
        /// The report on the last part of the time of a model that had not seen it.
        package let validation: RankingReport
        package let trainingLists: Int
        package let validationLists: Int
    }

    /// Trains; nil where there are too few lists to leave some out.
    ///
    /// `progress` is told of the settings as they are tried, with their NDCG of the first ten.
    package func train(
        _ data: RankingData, progress: (TreeSettings, Double) -> Void = { _, _ in }
    ) throws(TreeTrainingError) -> Outcome? {
        let (earlier, later) = data.split(at: 1 - validationShare)
        guard !earlier.groups.isEmpty, !later.groups.isEmpty else { return nil }
        var best: (settings: TreeSettings, report: RankingReport, ndcg: Double)?
        for var settings in candidates {
            settings.seed = seed
            settings.positionBias = positionBias
            let trained = try TreeTrainer(settings: settings).train(
                earlier.examples(), validation: later.examples())
            settings.trees = trained.ensemble.treeCount
            let report = RankingReport(scores: trained.ensemble.scores(of: later), on: later)
            let ndcg = report["ndcg@10"] ?? 0
            progress(settings, ndcg)
            if best.map({ ndcg > $0.ndcg }) ?? true { best = (settings, report, ndcg) }
        }
        guard let best else { return nil }
        var settings = best.settings
        settings.patience = 0
        let trained = try TreeTrainer(settings: settings).train(data.examples())
        return Outcome(
            ensemble: trained.ensemble, settings: settings, validation: best.report,
            trainingLists: earlier.groups.count, validationLists: later.groups.count)
    }
}

extension TreeEnsemble {
    /// The raw scores of all rows, list after list.
    package func scores(of data: RankingData) -> [Double] {
        TreeScorer(self).scores(data.values)
    }
}
