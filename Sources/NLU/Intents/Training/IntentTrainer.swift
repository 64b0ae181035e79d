// Fits an intent classifier to examples.

import Learning

/// Trains classifiers; equal data and settings give equal bytes, on any number of cores.
///
/// The weights are fitted to the examples. What governs the fit and the answers is chosen on
/// utterances that the weights have not seen: the validation set or, without one, the folds of a
/// cross-validation.
package struct IntentTrainer: Sendable {
    package struct Settings: Equatable, Sendable {
        package var seed: UInt64 = 1
        /// Parts of a cross-validation.
        package var folds = 5
        /// nil lets the trainer choose.
        package var fit: FitSettings?
        package var operatingPoint = OperatingPoint.usual

        package init() {}
    }

    /// A pass over the examples has ended.
    package struct Progress: Equatable, Sendable {
        /// Which of the settings in question are tried, from 0.
        package let candidate: Int
        /// The part of the cross-validation, from 0; nil where everything is learned from.
        package let fold: Int?
        package let pass: Int
        package let passes: Int
        /// The mean log loss of the examples as they were met.
        package let loss: Double
    }

    /// What a training gives.
    package struct Outcome: Sendable {
        package let classifier: IntentClassifier
        package let fit: FitSettings
        /// How the classifier does on what it has not seen; nil where nothing was held out.
        package let heldOut: HeldOutMeasures?
        /// What it says of that; none where nothing was held out.
        package var answers: [HeldOutAnswer] = []
    }

    /// Does `count` pieces of work and gives what each gave, in their order.
    ///
    /// The pieces are independent: they may be done in any order and on any threads.
    package typealias Runner =
        @Sendable (_ count: Int, _ piece: @escaping @Sendable (Int) -> IntentFit) -> [IntentFit]

    package let settings: Settings
    private let runner: Runner
    private let progress: @Sendable (Progress) -> Void

    /// A trainer that does one piece of work after the other, unless `runner` knows better.
    ///
    /// `progress` is called by the piece of work, and so on its thread.
    package init(
        settings: Settings = Settings(),
        runner: @escaping Runner = { count, piece in (0..<count).map(piece) },
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.settings = settings
        self.runner = runner
        self.progress = progress
    }

    /// Trains on `dataset`.
    ///
    /// Examples out of scope serve to choose the threshold and, as far as others are left for that,
    /// to learn what is no intent.
    package func train(
        _ dataset: Dataset, validation: Dataset? = nil
    ) throws(TrainingError) -> Outcome {
        let task = try IntentTask(
            dataset, validation: validation, foldCount: settings.folds, seed: settings.seed)
        let search = IntentSearch(task, fixed: settings.fit)
        let tried = run(task, jobs(search.candidates, search.judges))
        let parts = search.judges.count
        let chosen = IntentSearch.choice(
            search.candidates.indices.map { candidate in
                tried[candidate * parts..<(candidate + 1) * parts].flatMap(\.heldOut.hits)
            })
        var winners = Array(tried[chosen * parts..<(chosen + 1) * parts])
        if task.validation == nil {
            let folds = search.furtherFolds + [nil]
            winners += run(task, jobs([search.candidates[chosen]], folds, as: chosen))
        }
        return try outcome(task, winners, search.candidates[chosen])
    }

    /// Trains on from `start`, which has seen most of `dataset`; a fifth of the work or less.
    ///
    /// The settings of the fit are those of `start`. Where there is no validation set nothing is
    /// unseen, so temperatures and threshold stay what they are.
    package func train(
        _ dataset: Dataset, validation: Dataset? = nil, from start: IntentClassifier,
        fit: FitSettings
    ) throws(TrainingError) -> Outcome {
        let task = try IntentTask(
            dataset, validation: validation, foldCount: settings.folds, seed: settings.seed)
        var job = IntentFitJob(settings: fit.continued, fold: nil, seed: settings.seed)
        job.start = start
        let fits = run(task, [(0, job)])
        if task.validation != nil { return try outcome(task, fits, fit) }
        var classifier = fits[0].classifier
        classifier.settings = start.settings
        return Outcome(classifier: classifier, fit: fit, heldOut: nil)
    }

    private func jobs(
        _ candidates: [FitSettings], _ folds: [Int?], as first: Int = 0
    ) -> [(candidate: Int, job: IntentFitJob)] {
        candidates.enumerated().flatMap { i, fit in
            folds.map {
                (first + i, IntentFitJob(settings: fit, fold: $0, seed: settings.seed))
            }
        }
    }

    private func run(
        _ task: IntentTask, _ jobs: [(candidate: Int, job: IntentFitJob)]
    ) -> [IntentFit] {
        let progress = progress
        return runner(jobs.count) { i in
            let (candidate, job) = jobs[i]
            return job.run(task) { pass, loss in
                progress(
                    Progress(
                        candidate: candidate, fold: job.fold, pass: pass,
                        passes: job.settings.regression.passes, loss: loss))
            }
        }
    }

    /// The last of `fits` has learned from everything; all together they are judged.
    private func outcome(
        _ task: IntentTask, _ fits: [IntentFit], _ fit: FitSettings
    ) throws(TrainingError) -> Outcome {
        var heldOut = HeldOut(classCount: task.intents.count)
        for fit in fits { heldOut.add(fit.heldOut) }
        var classifier = fits[fits.count - 1].classifier
        let measures = try heldOut.calibrate(&classifier, at: settings.operatingPoint)
        return Outcome(
            classifier: classifier, fit: fit, heldOut: measures,
            answers: heldOut.answers(by: classifier))
    }
}
