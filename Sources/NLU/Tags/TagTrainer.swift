// Fits a tag model to examples, and measures whether it may be used.

package import Learning
import Numerics

/// Trains tag models; equal data and settings give equal bytes.
///
/// The weights are fitted to all examples. What governs the fit, and the answers by a line and a
/// threshold a tag, is chosen on the folds of a cross-validation. The precision is measured with thresholds chosen
/// on the other folds than those that are measured, so that it is not the choice that is measured;
/// and on the validation set, where there is one.
package struct TagTrainer: Sendable {
    package struct Settings: Equatable, Sendable {
        package var seed: UInt64 = 1
        /// How often answers must be right, in 0...1.
        package var precision = 0.85
        /// An n-gram is kept that occurs in as many texts; nil chooses by their number.
        package var minimumCount: Int?
        /// Parts of the cross-validation.
        package var folds = 5
        /// nil lets the trainer choose.
        package var regression: LogisticRegression.Settings?

        package init() {}
    }

    /// What a training gives.
    package struct Outcome: Sendable {
        package let model: TagModel
        package let gate: PrecisionGate
        /// What the weights were fitted with.
        package let regression: LogisticRegression.Settings
    }

    /// Does `count` pieces of work and gives what each gave, in their order.
    ///
    /// The pieces are independent: they may be done in any order and on any threads. Each gives the
    /// logits of held-out texts, shape (texts, tags).
    package typealias Runner =
        @Sendable (_ count: Int, _ piece: @escaping @Sendable (Int) -> [[Float]]) -> [[[Float]]]

    package let settings: Settings
    private let runner: Runner

    /// A trainer that does one piece of work after the other, unless `runner` knows better.
    package init(
        settings: Settings = Settings(),
        runner: @escaping Runner = { count, piece in (0..<count).map(piece) }
    ) {
        self.settings = settings
        self.runner = runner
    }

    /// Trains for the tags of `tags`; others that examples have are left out.
    ///
    /// `progress` is told what is being fitted.
    package func train(
        _ dataset: TagDataset, tags: [String], validation: TagDataset? = nil,
        slices: Slices = Slices(), progress: (String) -> Void = { _ in }
    ) throws(TagTrainingError) -> Outcome {
        guard !tags.isEmpty else { throw .noTags }
        guard Set(tags).count == tags.count else { throw .repeatedTag }
        let task = TagTask(dataset, tags: tags)
        guard task.classes.contains(where: { !$0.isEmpty }) else { throw .noTaggedExample }
        var random = SplitMix64(seed: settings.seed)
        let folds = task.folds(settings.folds, using: &random)
        let search = TagSearch(task, fixed: settings.regression)
        progress("\(search.candidates.count) settings on \(settings.folds) folds")
        let tried = crossValidate(task, folds, search.candidates)
        let chosen = TagSearch.choice(tried, rights: task.classes)
        let (heldOut, regression) = (tried[chosen], search.candidates[chosen])
        progress("final fit: \(regression.passes) passes, rate \(regression.learningRate)")
        let fitted = fit(task, Array(task.texts.indices), regression)
        let model = TagModel(
            tags: tags, settings: choose(task, heldOut, fitted.biases), lexical: fitted.lexical)
        var gate = PrecisionGate(demanded: settings.precision)
        gate.add(
            crossDecisions(task, folds, heldOut, model), tags: tags, slices: slices,
            isValidation: false)
        if let validation {
            gate.add(
                Self.decisions(of: model, on: validation), tags: tags, slices: slices,
                isValidation: true)
        }
        return Outcome(model: model, gate: gate, regression: regression)
    }

    /// For each of `candidates` the logits of every text by a model that was fitted without it, shape
    /// (candidates, texts, tags).
    private func crossValidate(
        _ task: TagTask, _ folds: [Int], _ candidates: [LogisticRegression.Settings]
    ) -> [[[Float]]] {
        let parts = (0..<settings.folds).map { fold in folds.indices.filter { folds[$0] == fold } }
        let results = runner(candidates.count * parts.count) { i in
            let part = parts[i % parts.count]
            guard !part.isEmpty else { return [] }
            let rest = folds.indices.filter { folds[$0] != i % parts.count }
            let fitted = fit(task, rest, candidates[i / parts.count])
            var scorer = fitted.scorer()
            return part.map { scorer.logits(of: task.texts[$0]) }
        }
        return candidates.indices.map { candidate in
            var logits = [[Float]](repeating: [], count: task.texts.count)
            for (fold, part) in parts.enumerated() {
                for (text, own) in zip(part, results[candidate * parts.count + fold]) {
                    logits[text] = own
                }
            }
            return logits
        }
    }

    private func fit(
        _ task: TagTask, _ texts: [Int], _ regression: LogisticRegression.Settings
    ) -> FittedTags {
        let minimum = settings.minimumCount ?? (texts.count < 5_000 ? 1 : 2)
        let features = TagFeatures(task, texts: texts, minimum: minimum)
        var random = SplitMix64(seed: settings.seed)
        let model = LogisticRegression(
            fitting: features.matrix(task, texts: texts), classes: texts.map { task.classes[$0] },
            featureCount: features.grams.count + 1, classCount: task.tags.count,
            settings: regression, using: &random)
        let bias = features.grams.count * model.stride
        return FittedTags(
            lexical: LexicalModel(
                fitted: model.weights, stride: model.stride, classCount: model.classCount,
                weights: features.weights,
                hashes: features.grams.map { task.corpus.hashes[Int($0)] }),
            biases: Array(model.weights[bias..<bias + model.classCount]))
    }

    /// Fits a line and a threshold to the held-out logits of each tag.
    private func choose(
        _ task: TagTask, _ logits: [[Float]], _ biases: [Float]
    ) -> [TagModel.Setting] {
        task.tags.indices.map { tag in
            let rights = task.classes.map { $0.contains(tag) }
            let column = logits.map { $0[tag] }
            guard rights.contains(true),
                let line = PlattScaling(fitting: column, positives: rights)
            else { return .init(slope: 1, intercept: 0, threshold: TagThreshold.never) }
            let threshold = TagThreshold.choose(
                column.map(line.probability), rights: rights, precision: settings.precision)
            return .init(
                slope: line.slope, intercept: line.slope * biases[tag] + line.intercept,
                threshold: threshold)
        }
    }

    // MARK: Measuring

    /// What held-out texts are given by thresholds that were chosen on other folds.
    private func crossDecisions(
        _ task: TagTask, _ folds: [Int], _ logits: [[Float]], _ model: TagModel
    ) -> [TagDecision] {
        var answered = [[Int]](repeating: [], count: task.texts.count)
        for tag in task.tags.indices where model.settings[tag].isAnswered {
            let rights = task.classes.map { $0.contains(tag) }
            for fold in 0..<settings.folds {
                let others = folds.indices.filter { folds[$0] != fold }
                let threshold = logitThreshold(
                    others.map { logits[$0][tag] }, others.map { rights[$0] })
                for text in folds.indices
                where folds[text] == fold && logits[text][tag] >= threshold {
                    answered[text].append(tag)
                }
            }
        }
        return task.texts.indices.map {
            TagDecision(text: task.texts[$0], answered: answered[$0], right: task.classes[$0])
        }
    }

    private func logitThreshold(_ logits: [Float], _ rights: [Bool]) -> Float {
        // A line that rises keeps the order, so that logits will do; their `never` is no number.
        let confidences = logits.map(logistic)
        let threshold = TagThreshold.choose(
            confidences, rights: rights, precision: settings.precision)
        guard threshold < TagThreshold.never else { return .infinity }
        return zip(logits, confidences).filter { $0.1 >= threshold }.map(\.0).min() ?? .infinity
    }

    private static func decisions(of model: TagModel, on dataset: TagDataset) -> [TagDecision] {
        let numbers = Dictionary(uniqueKeysWithValues: zip(model.tags, model.tags.indices))
        var scratch = TagModel.Scratch()
        return dataset.examples.map { example in
            let bytes = example.text.utf8.span
            let answers = model.answer(bytes, scratch: &scratch)
            return TagDecision(
                text: example.text, answered: answers.compactMap { numbers[$0.tag] },
                right: example.tags.compactMap { numbers[$0] })
        }
    }
}

/// Why tags cannot be learned.
package enum TagTrainingError: Error, Equatable {
    case noTags
    case repeatedTag
    /// No example has a tag of the list.
    case noTaggedExample
}

/// Weights and biases of a fit, not yet turned into answers.
private struct FittedTags {
    let lexical: LexicalModel
    let biases: [Float]

    func scorer() -> Scorer { Scorer(fitted: self) }

    struct Scorer: ~Copyable {
        private let fitted: FittedTags
        private var words = Words()
        private var scratch = LexicalModel.Scratch()

        init(fitted: FittedTags) { self.fitted = fitted }

        mutating func logits(of text: String) -> [Float] {
            words.read(text.utf8.span)
            var logits = [Float](repeating: 0, count: fitted.biases.count)
            var output = logits.mutableSpan
            fitted.lexical.logits(of: words, scratch: &scratch, into: &output)
            return zip(logits, fitted.biases).map { $0 + $1 }
        }
    }
}
