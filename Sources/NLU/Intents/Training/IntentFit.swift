// One fit of a classifier: a piece of work that depends on no other.

package import Learning
import Numerics

/// What governs a fit; the trainer chooses it when the author does not.
package struct FitSettings: Equatable, Sendable {
    /// An n-gram is kept that occurs in as many examples.
    package var minimumCount: Int
    package var augmentation = Augmentation()
    package var regression = SoftmaxRegression.Settings()
    /// Fits, each in an order of its own, whose weights are averaged.
    package var orders = 1

    /// What suits data sets of that size.
    ///
    /// With few examples each n-gram helps; with many, those seen once are most of the artifact and
    /// make no difference.
    package init(forExamples count: Int) {
        minimumCount = count < 5_000 ? 1 : 2
        // In which order few examples are met is a lottery: on Made With ML, in eight folds and twelve
        // seeds, 90.8 % with one and 91.0 with five.
        orders = count < 5_000 ? 5 : 1
    }
}

/// A fitted classifier of temperature 1 that accepts everything, and how it does on what it has
/// not seen.
package struct IntentFit: Sendable {
    let classifier: IntentClassifier
    let heldOut: HeldOut
    /// After how many passes the weights were taken.
    let passes: Int
}

/// What to fit, and by what to judge it.
struct IntentFitJob: Sendable {
    var settings: FitSettings
    /// The part that is held out; nil to learn from everything.
    let fold: Int?
    let seed: UInt64
    /// Weights to begin with; nil to begin with none.
    var start: IntentClassifier?

    /// Fits a classifier; `afterPass` is told the mean log loss of what it learns from.
    func run(
        _ task: IntentTask, afterPass: (_ pass: Int, _ loss: Double) -> Void
    ) -> IntentFit {
        var random = SplitMix64(seed: seed)
        let rows = rows(task, using: &random)
        let corpus = NGramCorpus(rows.lazy.map(\.text))
        let selection = FeatureSelection(
            corpus, rows, classCount: task.intents.count, minimum: settings.minimumCount,
            after: start?.lexical)
        let examples = selection.examples(corpus, rows)
        var fits: [(weights: [Float], passes: Int)] = []
        for order in 1...settings.orders {
            fits.append(
                fit(task, selection, examples, &random) { pass, loss in
                    // Several orders are for fits of a moment: the last tells of all.
                    if order == settings.orders { afterPass(pass, loss) }
                })
        }
        let fitted = classifier(task, Self.mean(fits.map(\.weights)), selection)
        var heldOut = HeldOut(classCount: task.intents.count)
        heldOut.add(task.heldOut(of: fold), task: task, fitted)
        return IntentFit(
            classifier: fitted, heldOut: heldOut, passes: fits.map(\.passes).max() ?? 0)
    }

    /// The weights after the pass that does best on what is held out, and how many that were.
    private func fit(
        _ task: IntentTask, _ selection: FeatureSelection, _ examples: WeightedExamples,
        _ random: inout SplitMix64, afterPass: (_ pass: Int, _ loss: Double) -> Void
    ) -> (weights: [Float], passes: Int) {
        // After a single pass there is nothing to choose.
        let stopping =
            settings.regression.passes > 1 ? task.validation.map { EarlyStopping(task, $0) } : nil
        var best: (loss: Double, pass: Int, weights: [Float])?
        let model = SoftmaxRegression(
            fitting: examples, featureCount: selection.weights.count,
            classCount: task.intents.count, settings: settings.regression,
            startingFrom: start?.weights(of: selection.weights.count, for: task.intents),
            using: &random
        ) { pass, loss, model in
            afterPass(pass, loss)
            guard let stopping else { return true }
            let unseen = stopping.loss(task, classifier(task, model.weights, selection))
            if best.map({ unseen < $0.loss }) ?? true { best = (unseen, pass, model.weights) }
            return pass - (best?.pass ?? pass) < EarlyStopping.patience
        }
        return (best?.weights ?? model.weights, best?.pass ?? settings.regression.passes)
    }

    private static func mean(_ fits: [[Float]]) -> [Float] {
        var mean = fits[0]
        guard fits.count > 1 else { return mean }
        for weights in fits.dropFirst() {
            for i in mean.indices { mean[i] += weights[i] }
        }
        for i in mean.indices { mean[i] /= Float(fits.count) }
        return mean
    }

    /// Examples in scope in all their variations; those out of scope speak for every intent alike,
    /// so that what they have in common with the others counts less.
    ///
    /// Source: Hendrycks, Mazeika, Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR
    /// 2019.
    private func rows(
        _ task: IntentTask, using random: inout some RandomNumberGenerator
    ) -> [TrainingRow] {
        let texts = task.texts(without: fold)
        let rows = settings.augmentation.rows(
            texts.map { task.texts[$0] }, labels: texts.map { task.labels[$0] },
            classCount: task.intents.count, using: &random)
        return rows
            + task.strangers(without: fold).enumerated().map { i, example in
                TrainingRow(
                    source: texts.count + i, text: example.text, target: .uniform, weight: 1)
            }
    }

    private func classifier(
        _ task: IntentTask, _ weights: [Float], _ selection: FeatureSelection
    ) -> IntentClassifier {
        IntentClassifier(
            intents: task.intents,
            lexical: LexicalModel(
                fitted: weights, stride: wholeVectors(task.intents.count),
                classCount: task.intents.count, weights: selection.weights,
                hashes: selection.hashes, after: selection.known?.vocabulary,
                unknownWeight: FeatureSelection.unknownWeight))
    }
}

/// Says when further passes do no good.
private struct EarlyStopping {
    /// Passes without a better log loss after which a fit ends.
    static let patience = 3
    /// As many examples tell well enough, and are scored after every pass.
    private static let limit = 1000

    private let examples: [Example]

    init(_ task: IntentTask, _ validation: [Example]) {
        let known = validation.filter { task.label(of: $0) != nil }
        let step = max(known.count / Self.limit, 1)
        examples = stride(from: 0, to: known.count, by: step).map { known[$0] }
    }

    /// The log loss at the temperature that suits it best.
    func loss(_ task: IntentTask, _ classifier: IntentClassifier) -> Double {
        var scratch = IntentClassifier.Scratch()
        var logits = [Float](repeating: 0, count: task.intents.count)
        var answers = LabelledLogits(classCount: task.intents.count)
        for example in examples {
            guard let label = task.label(of: example) else { continue }
            var output = logits.mutableSpan
            classifier.logits(example.text.utf8.span, scratch: &scratch, into: &output)
            answers.append(logits.span, label: label)
        }
        return answers.logLoss(temperature: answers.bestTemperature())
    }
}

extension IntentClassifier {
    /// The weights as a fit takes them up, shape (`rows`, classes in whole vectors).
    ///
    /// N-grams past those of this model, and intents that it does not know, begin at 0.
    fileprivate func weights(of rows: Int, for newIntents: [String]) -> [Float] {
        let stride = wholeVectors(newIntents.count)
        let known = Dictionary(uniqueKeysWithValues: zip(intents, intents.indices))
        let classes = newIntents.map { known[$0] }
        var weights = [Float](repeating: 0, count: rows * stride)
        for row in 0..<lexical.featureCount {
            for (c, old) in classes.enumerated() {
                guard let old else { continue }
                weights[row * stride + c] = lexical.weight(row, of: old)
            }
        }
        return weights
    }
}

extension LexicalModel {
    /// What an n-gram says for a class, before what it is worth and the length of its block.
    fileprivate func weight(_ row: Int, of label: Int) -> Float {
        features[2 * row + 1] * Float(rows[row * classCount + label])
    }
}
