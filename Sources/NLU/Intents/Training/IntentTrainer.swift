// Fits an intent classifier to examples.

package import Learning
import Numerics

/// Trains classifiers; equal data and settings give equal bytes.
///
/// The weights are fitted to the examples. What governs the answers, temperature and threshold, is
/// chosen on utterances that the weights have not seen: the validation set or, without one, the
/// folds of a cross-validation.
package struct IntentTrainer: Sendable {
    package struct Settings: Equatable, Sendable {
        package var seed: UInt64 = 1
        /// An n-gram is kept that occurs in as many utterances; nil chooses by their number.
        package var minimumCount: Int?
        /// Parts of a cross-validation.
        package var folds = 5
        package var regression = SoftmaxRegression.Settings()

        package init() {}
    }

    /// A pass over the examples has ended.
    package struct Progress: Equatable, Sendable {
        /// The part of the cross-validation, from 0; nil for the final fit.
        package let fold: Int?
        package let pass: Int
        package let passes: Int
        /// The mean log loss of the examples as they were met.
        package let loss: Double
    }

    package let settings: Settings

    package init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Trains on `dataset`; examples out of scope only serve to choose the threshold.
    package func train(
        _ dataset: Dataset, validation: Dataset? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws(TrainingError) -> IntentClassifier {
        let task = try IntentTask(dataset)
        var heldOut = HeldOut(classCount: task.intents.count)
        let all = Array(task.texts.indices)
        if let validation {
            guard validation.examples.contains(where: { task.label(of: $0) != nil }) else {
                throw .validationSharesNoIntent
            }
        } else {
            crossValidate(task, &heldOut, progress)
        }
        var classifier = fit(task, all, fold: nil, progress)
        if let validation {
            heldOut.add(validation.examples, task: task, classifier)
            heldOut.add(task.outOfScope, task: task, classifier)
        }
        heldOut.calibrate(&classifier)
        return classifier
    }

    /// Scores every utterance by a model that was fitted without it.
    private func crossValidate(
        _ task: IntentTask, _ heldOut: inout HeldOut, _ progress: (Progress) -> Void
    ) {
        var random = SplitMix64(seed: settings.seed)
        let folds = task.folds(settings.folds, using: &random)
        for fold in 0..<settings.folds {
            let rest = folds.indices.filter { folds[$0] != fold }
            let classifier = fit(task, rest, fold: fold, progress)
            let part = folds.indices.filter { folds[$0] == fold }
            heldOut.add(part.map { task.example($0) }, task: task, classifier)
            let strangers = task.outOfScope.enumerated()
                .filter { $0.offset % settings.folds == fold }
            heldOut.add(strangers.map(\.element), task: task, classifier)
        }
    }

    /// Fits a classifier of temperature 1 that accepts everything to the utterances `texts`.
    private func fit(
        _ task: IntentTask, _ texts: [Int], fold: Int?, _ progress: (Progress) -> Void
    ) -> IntentClassifier {
        let labels = texts.map { task.labels[$0] }
        let selection = FeatureSelection(
            task.corpus, texts: texts, labels: labels, classCount: task.intents.count,
            minimum: settings.minimumCount ?? Self.minimumCount(forTexts: texts.count))
        var random = SplitMix64(seed: settings.seed)
        let model = SoftmaxRegression(
            fitting: examples(task.corpus, texts, selection), labels: labels,
            featureCount: selection.grams.count, classCount: task.intents.count,
            settings: settings.regression, using: &random
        ) { pass, loss in
            let passes = settings.regression.passes
            progress(Progress(fold: fold, pass: pass, passes: passes, loss: loss))
        }
        let lexical = LexicalModel(
            model, weights: selection.weights,
            hashes: selection.grams.map { task.corpus.hashes[Int($0)] })
        return IntentClassifier(intents: task.intents, lexical: lexical)
    }

    /// With few utterances each n-gram helps; with many, those seen once are half of the artifact
    /// and make no difference.
    private static func minimumCount(forTexts count: Int) -> Int {
        count < 5_000 ? 1 : 2
    }

    /// The utterances by the features that were selected, as the classifier will weigh them.
    private func examples(
        _ corpus: NGramCorpus, _ texts: [Int], _ selection: FeatureSelection
    ) -> SparseMatrix {
        var matrix = SparseMatrix()
        for text in texts {
            var columns: [UInt32] = []
            var values: [Float] = []
            for block in corpus.blocks(of: text) {
                let rows = block.compactMap { selection.rows[Int($0)] }
                let weights = rows.map { selection.weights[Int($0)] }
                let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
                columns += rows
                values += weights.map { $0 / length }
            }
            matrix.append(columns: columns.span, values: values.span)
        }
        return matrix
    }
}

/// Why a data set cannot be learned from.
package enum TrainingError: Error, Equatable {
    /// There must be two intents at least.
    case tooFewIntents(Int)
    case validationSharesNoIntent
}

extension TrainingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewIntents(let count):
            "the examples are of \(count) intents; two at least are needed to tell them apart"
        case .validationSharesNoIntent:
            "no intent of the validation data has examples to learn from"
        }
    }
}
