// Answers to utterances that a model was not fitted to, and what is chosen by them.

import Learning
import Numerics

/// The logits of utterances unseen in training: in scope, out of scope, and in scope while typed.
struct HeldOut: Sendable {
    private(set) var inScope: LabelledLogits
    private var outOfScope: LabelledLogits
    /// Utterances in scope, cut at each of `shares`, and again at the end of the word before.
    private var typed: LabelledLogits
    /// log(1 + characters) of each of `typed`.
    private var typedMeasures: [Double] = []

    /// Those of `inScope` and `outOfScope` as they were read.
    private var inScopeTexts: [Seen] = []
    private var outOfScopeTexts: [Seen] = []

    /// A text, and what of it does not depend on the answer.
    private struct Seen {
        let text: String
        let characters: Int
        let unknownWords: Float?
    }

    /// How much of an utterance there is while it is typed.
    private static let shares = [0.25, 0.5, 0.75, 1]
    /// As many utterances of a call are looked at while typed; two numbers need no more.
    private static let typedLimit = 750

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
            let label = task.label(of: example)
            guard label != nil || example.isOutOfScope else { continue }
            let seen = Seen(
                text: example.text, characters: scratch.words.characterCount,
                unknownWords: classifier.lexical.unknownWords(
                    scratch.words, scratch: &scratch.lexical))
            if let label {
                inScope.append(logits.span, label: label)
                inScopeTexts.append(seen)
                guard i.isMultiple(of: step) else { continue }
                for cut in Self.cuts(of: example.text) {
                    addTyped(cut, label, classifier, &scratch, &logits)
                }
            } else {
                outOfScope.append(logits.span, label: 0)
                outOfScopeTexts.append(seen)
            }
        }
    }

    private static func cuts(of text: String) -> [String] {
        let length = Double(text.count)
        let anywhere = shares.map { String(text.prefix(Int(($0 * length).rounded()))) }
        return anywhere + shares.dropLast().map { String(text.cutAtWord($0)) }
    }

    private mutating func addTyped(
        _ cut: String, _ label: Int, _ classifier: IntentClassifier,
        _ scratch: inout IntentClassifier.Scratch, _ logits: inout [Float]
    ) {
        var output = logits.mutableSpan
        classifier.logits(cut.utf8.span, scratch: &scratch, into: &output)
        typed.append(logits.span, label: label)
        typedMeasures.append(Double.log(Double(1 + scratch.words.characterCount)))
    }

    /// Adds what another model of the same classes has not seen.
    mutating func add(_ other: HeldOut) {
        inScope.append(other.inScope)
        outOfScope.append(other.outOfScope)
        inScopeTexts += other.inScopeTexts
        outOfScopeTexts += other.outOfScopeTexts
        typed.append(other.typed)
        typedMeasures += other.typedMeasures
    }

    /// By utterance in scope: whether the likeliest intent is right.
    var hits: [Bool] { inScope.hits }

    /// Sets the temperatures of least log loss and the threshold that fits them.
    func calibrate(
        _ classifier: inout IntentClassifier, at point: OperatingPoint
    ) throws(TrainingError) -> HeldOutMeasures {
        let temperature = inScope.bestTemperature()
        let scope = scope ?? classifier.settings.scope
        let answers = zip(inScope.standings, inScope.hits).map {
            Answer(certainty: scope.probability($0), isCorrect: $1)
        }
        let strangers = outOfScope.standings.map(scope.probability)
        let chosen = try point.threshold(answers, outOfScope: strangers)
        let growing = GrowingTemperature(fitting: typed, measures: typedMeasures)
        classifier.settings.temperature = temperature
        classifier.settings.scope = scope
        // Where not a single n-gram is known, no intent stands out: that is no answer.
        classifier.settings.threshold = max(chosen, scope.probability(0).nextUp)
        classifier.settings.typingIntercept = Float(growing.intercept)
        classifier.settings.typingSlope = Float(growing.slope)
        return HeldOutMeasures(
            inScope, temperature, answers, strangers, threshold: classifier.settings.threshold)
    }

    /// What a calibrated classifier says of all that was held out, those in scope first.
    func answers(by classifier: IntentClassifier) -> [HeldOutAnswer] {
        [(inScope, inScopeTexts), (outOfScope, outOfScopeTexts)].flatMap { logits, texts in
            texts.enumerated().map { i, seen in
                let (intent, confidence) = classifier.answer(to: Array(logits.logits(of: i)))
                return HeldOutAnswer(
                    text: seen.text,
                    traits: AnswerTraits(
                        intent: intent, confidence: confidence, characters: seen.characters,
                        unknownWords: seen.unknownWords))
            }
        }
    }

    /// From the standing of the likeliest intent to the chance that it is right.
    ///
    /// What is out of scope has no right one. Nil where standing says nothing.
    private var scope: PlattScaling? {
        PlattScaling(
            fitting: inScope.standings + outOfScope.standings,
            positives: inScope.hits + outOfScope.labels.map { _ in false })
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
    /// How well certainty tells both apart; nil without examples out of scope.
    package let areaUnderROC: Double?
    /// Of the answers given from the threshold on, the share that is right.
    package let precision: Double
    /// The share of examples in scope that are answered, rightly or not.
    package let coverage: Double

    init(
        _ inScope: LabelledLogits, _ temperature: Float, _ answers: [Answer], _ strangers: [Float],
        threshold: Float
    ) {
        let count = Double(max(answers.count, 1))
        let given = answers.filter { $0.certainty >= threshold }
        let all = given.count + strangers.count { $0 >= threshold }
        examples = answers.count
        outOfScope = strangers.count
        accuracy = Double(answers.count { $0.isCorrect }) / count
        logLoss = inScope.logLoss(temperature: temperature)
        expectedCalibrationError = inScope.reliability(temperature: temperature).expectedError
        areaUnderROC =
            strangers.isEmpty
            ? nil
            : Learning.areaUnderROC(positives: answers.map(\.certainty), negatives: strangers)
        precision = Double(given.count { $0.isCorrect }) / Double(max(all, 1))
        coverage = Double(given.count) / count
    }
}

extension IntentClassifier {
    /// The answer to a whole text of these logits, before any temperature.
    fileprivate func answer(to logits: [Float]) -> (intent: String, confidence: Float) {
        let certainty = settings.scope.probability(Self.standing(logits.span))
        var probabilities = logits.map { $0 / settings.temperature }
        var output = probabilities.mutableSpan
        softmax(&output)
        let likeliest = topK(probabilities.span, count: 1)[0]
        return (
            certainty >= settings.threshold ? intents[likeliest] : Self.outOfScope,
            probabilities[likeliest]
        )
    }
}

extension LabelledLogits {
    /// By example: whether the likeliest class is right.
    fileprivate var hits: [Bool] {
        labels.indices.map { likeliest($0) == labels[$0] }
    }

    /// By example: how far the likeliest class stands out.
    fileprivate var standings: [Float] {
        labels.indices.map { IntentClassifier.standing(Array(logits(of: $0)).span) }
    }

    fileprivate func reliability(temperature: Float) -> ReliabilityTable {
        var table = ReliabilityTable()
        for (example, label) in labels.enumerated() {
            var probabilities = logits(of: example).map { $0 / temperature }
            var output = probabilities.mutableSpan
            softmax(&output)
            let top = likeliest(example)
            table.record(confidence: Double(probabilities[top]), isCorrect: top == label)
        }
        return table
    }

    private func likeliest(_ example: Int) -> Int {
        let row = Array(logits(of: example))
        return topK(row.span, count: 1)[0]
    }
}
