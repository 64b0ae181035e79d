// Answers to utterances that a model was not fitted to, and what is chosen by them.

import Learning
import Numerics

/// The logits of utterances unseen in training: in scope, out of scope, and in scope while typed.
struct HeldOut: Sendable {
    private(set) var inScope: LabelledLogits
    private var outOfScope: LabelledLogits
    /// Utterances in scope, cut at each of `shares`, and some at the end of a word.
    private var typed: LabelledLogits
    /// log(1 + words) of each of `typed`.
    private var typedMeasures: [Double] = []

    /// How much of an utterance there is while it is typed.
    private static let shares = [0.25, 0.5, 0.75, 1]
    /// As many utterances of a call are looked at while typed; two numbers need no more.
    private static let typedLimit = 1500

    init(classCount: Int) {
        inScope = LabelledLogits(classCount: classCount)
        outOfScope = LabelledLogits(classCount: classCount)
        typed = LabelledLogits(classCount: classCount)
    }

    /// Takes the logits of examples; those of an intent that the task does not know are left out.
    ///
    /// The classifier has a temperature of 1.
    mutating func add(_ examples: [Example], task: IntentTask, _ classifier: IntentClassifier) {
        var scratch = IntentClassifier.Scratch()
        var logits = [Float](repeating: 0, count: classifier.intents.count)
        let step = max(examples.count / Self.typedLimit, 1)
        for (i, example) in examples.enumerated() {
            var output = logits.mutableSpan
            classifier.logits(example.text.utf8.span, scratch: &scratch, into: &output)
            if let label = task.label(of: example) {
                inScope.append(logits.span, label: label)
                guard i.isMultiple(of: step) else { continue }
                var cuts = Self.cuts(of: example.text)
                // Where there are few words, some stop at the end of one; a parted word says more.
                if (i / step).isMultiple(of: 2) {
                    cuts.append(String(example.text.cutAtWord(0.25)))
                }
                for cut in cuts { addTyped(cut, label, classifier, &scratch, &logits) }
            } else if example.isOutOfScope {
                outOfScope.append(logits.span, label: 0)
            }
        }
    }

    private static func cuts(of text: String) -> [String] {
        let length = Double(text.count)
        return shares.map { String(text.prefix(Int(($0 * length).rounded()))) }
    }

    private mutating func addTyped(
        _ cut: String, _ label: Int, _ classifier: IntentClassifier,
        _ scratch: inout IntentClassifier.Scratch, _ logits: inout [Float]
    ) {
        var output = logits.mutableSpan
        classifier.logits(cut.utf8.span, scratch: &scratch, into: &output)
        typed.append(logits.span, label: label)
        typedMeasures.append(Double.log(Double(1 + scratch.words.words.count)))
    }

    /// Adds what another model of the same classes has not seen.
    mutating func add(_ other: HeldOut) {
        inScope.append(other.inScope)
        outOfScope.append(other.outOfScope)
        typed.append(other.typed)
        typedMeasures += other.typedMeasures
    }

    /// By utterance in scope: whether the likeliest intent is right.
    var hits: [Bool] { inScope.answers(temperature: 1).map(\.isCorrect) }

    /// Sets the temperatures of least log loss and the threshold that fits them.
    func calibrate(
        _ classifier: inout IntentClassifier, at point: OperatingPoint
    ) throws(TrainingError) -> HeldOutMeasures {
        let temperature = inScope.bestTemperature()
        let answers = inScope.answers(temperature: temperature)
        let strangers = outOfScope.answers(temperature: temperature).map(\.confidence)
        let chosen = try point.threshold(answers, outOfScope: strangers)
        let growing = GrowingTemperature(fitting: typed, measures: typedMeasures)
        classifier.settings.temperature = temperature
        // Where not a single n-gram is known, all intents are equally likely: that is no answer.
        classifier.settings.threshold = max(chosen, 1.05 / Float(classifier.intents.count))
        classifier.settings.typingIntercept = Float(growing.intercept)
        classifier.settings.typingSlope = Float(growing.slope)
        return HeldOutMeasures(
            answers, strangers, threshold: classifier.settings.threshold,
            logLoss: inScope.logLoss(temperature: temperature))
    }
}

/// How good a classifier is on what it was calibrated with, but not fitted to.
package struct HeldOutMeasures: Equatable, Sendable {
    /// The number of examples in scope, and of those out of scope.
    package let examples: Int
    package let outOfScope: Int
    package let accuracy: Double
    package let logLoss: Double
    package let expectedCalibrationError: Double
    /// How well confidence tells both apart; nil without examples out of scope.
    package let areaUnderROC: Double?
    /// Of the answers given from the threshold on, the share that is right.
    package let precision: Double
    /// The share of examples in scope that are answered, rightly or not.
    package let coverage: Double

    init(_ answers: [Answer], _ strangers: [Float], threshold: Float, logLoss: Double) {
        let count = Double(max(answers.count, 1))
        let given = answers.filter { $0.confidence >= threshold }
        let all = given.count + strangers.count { $0 >= threshold }
        var reliability = ReliabilityTable()
        for answer in answers {
            reliability.record(
                confidence: Double(answer.confidence), isCorrect: answer.isCorrect)
        }
        examples = answers.count
        outOfScope = strangers.count
        accuracy = Double(answers.count { $0.isCorrect }) / count
        self.logLoss = logLoss
        expectedCalibrationError = reliability.expectedError
        areaUnderROC =
            strangers.isEmpty
            ? nil
            : Learning.areaUnderROC(positives: answers.map(\.confidence), negatives: strangers)
        precision = Double(given.count { $0.isCorrect }) / Double(max(all, 1))
        coverage = Double(given.count) / count
    }
}

extension LabelledLogits {
    /// The top answers at a temperature.
    func answers(temperature: Float) -> [Answer] {
        labels.indices.map { example in
            var probabilities = logits(of: example).map { $0 / temperature }
            var output = probabilities.mutableSpan
            softmax(&output)
            let top = topK(probabilities.span, count: 1)[0]
            return Answer(confidence: probabilities[top], isCorrect: top == labels[example])
        }
    }
}
