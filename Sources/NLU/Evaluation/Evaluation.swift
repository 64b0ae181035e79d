// How good a model is on examples that it has not seen.

package import Learning

/// The answers of a model to the examples of a data set, and the measures that follow.
///
/// Accuracy, confusion, log loss and calibration regard the top answer to the examples in scope:
/// the likeliest intent before the threshold, or the intent of the rule that fired. The measures that
/// say so regard what is answered at the threshold.
package struct Evaluation: Sendable {
    /// How one example was answered.
    package struct Answer: Equatable, Sendable {
        /// The class of its intent; nil where it is out of scope.
        package let actual: Int?
        /// The class of the top answer.
        package let predicted: Int
        /// The confidence of the top answer.
        package let confidence: Float
        /// What the threshold is held against.
        package let certainty: Float
        /// The probability of its own intent; 0 for one that the model does not know.
        package let probability: Float
        /// Whether an intent was answered, rather than `out_of_scope`.
        package let isAnswered: Bool

        package var isCorrect: Bool { actual == predicted }
    }

    /// The intents of the model, then those that only the data set knows.
    package let classes: [String]
    /// How many of the classes are intents of the model.
    package let knownCount: Int
    /// In the order of the data set.
    package let answers: [Answer]
    /// By `classes`; examples in scope.
    package let confusion: ConfusionMatrix
    package let reliability: ReliabilityTable

    /// Asks the model for every example, as it answers whole texts.
    package init(_ model: IntentModel, on dataset: Dataset) {
        let intents = model.intents
        var scratch = IntentModel.Scratch()
        var prediction = IntentPrediction()
        self.init(on: dataset, intents: intents) { example in
            let text = example.text.utf8.span
            model.answer(
                text, ranking: max(intents.count, 1), scratch: &scratch, into: &prediction)
            return prediction
        }
    }

    /// Judges answers that were given to the examples of a data set, in its order, by a model whose intents
    /// are those of the rankings.
    package init(_ predictions: [IntentPrediction], on dataset: Dataset) {
        precondition(predictions.count == dataset.examples.count)
        var known = ClassNumbers([])
        for entry in predictions.lazy.flatMap(\.ranking) { _ = known.number(of: entry.intent) }
        var next = predictions.makeIterator()
        self.init(on: dataset, intents: known.names) { _ in next.next() ?? IntentPrediction() }
    }

    private init(
        on dataset: Dataset, intents: [String],
        _ answer: (Example) -> IntentPrediction
    ) {
        var classes = ClassNumbers(intents)
        var answers: [Answer] = []
        for example in dataset.examples {
            let actual = example.isOutOfScope ? nil : classes.number(of: example.intent)
            answers.append(Answer(answer(example), actual, example.intent, &classes))
        }
        self.init(classes: classes.names, knownCount: intents.count, answers: answers)
    }

    /// Asks a classifier without rules before it.
    package init(_ classifier: IntentClassifier, on dataset: Dataset) {
        self.init(IntentModel(classifier), on: dataset)
    }

    private init(classes: [String], knownCount: Int, answers: [Answer]) {
        self.classes = classes
        self.knownCount = knownCount
        self.answers = answers
        var confusion = ConfusionMatrix(classCount: classes.count)
        var reliability = ReliabilityTable()
        for answer in answers {
            guard let actual = answer.actual else { continue }
            confusion.record(actual: actual, predicted: answer.predicted)
            reliability.record(
                confidence: Double(answer.confidence), isCorrect: answer.isCorrect)
        }
        self.confusion = confusion
        self.reliability = reliability
    }

    /// The number of examples in scope.
    package var inScopeCount: Int { answers.count { $0.actual != nil } }

    /// The number of examples out of scope.
    package var outOfScopeCount: Int { answers.count { $0.actual == nil } }

    /// Examples of an intent that the model has never heard of; each counts as a mistake.
    package var unknownIntentCount: Int {
        answers.count { $0.actual.map { $0 >= knownCount } ?? false }
    }

    /// The places of the examples in scope and of those out of scope.
    package var strata: [[Int]] {
        [
            answers.indices.filter { answers[$0].actual != nil },
            answers.indices.filter { answers[$0].actual == nil },
        ]
    }

    /// The measures over all examples.
    package var measures: IntentMeasures { MeasureCounts(self).measures(nil) }

    /// The measures over some examples, such as a slice.
    package func measures(of examples: [Int]) -> IntentMeasures {
        var times = [Int](repeating: 0, count: answers.count)
        for example in examples { times[example] = 1 }
        return MeasureCounts(self).measures(times)
    }

    /// What a threshold on the certainty would catch of the examples out of scope, which are the
    /// positives here; their score is the certainty, negated.
    package var outOfScopeCurve: ThresholdCurve {
        ThresholdCurve(
            positives: answers.filter { $0.actual == nil }.map { -$0.certainty },
            negatives: answers.filter { $0.actual != nil }.map { -$0.certainty })
    }

    /// What a threshold on the certainty would let through: right answers are the positives, wrong
    /// ones and those to examples out of scope the negatives.
    package var answerCurve: ThresholdCurve {
        ThresholdCurve(
            positives: answers.filter(\.isCorrect).map(\.certainty),
            negatives: answers.filter { !$0.isCorrect }.map(\.certainty))
    }
}

extension Evaluation.Answer {
    fileprivate init(
        _ prediction: IntentPrediction, _ actual: Int?, _ intent: String,
        _ classes: inout ClassNumbers
    ) {
        let top = prediction.top
        self.init(
            actual: actual, predicted: classes.number(of: top.intent),
            confidence: top.confidence, certainty: prediction.certainty,
            probability: prediction.ranking.first { $0.intent == intent }?.confidence ?? 0,
            isAnswered: prediction.intent != IntentPrediction.outOfScope)
    }
}

extension IntentModel {
    /// The intents that can be answered: those of the classifier, then those of rules alone.
    package var intents: [String] {
        let known = classifier?.intents ?? fastText?.intents ?? []
        var seen = Set(known)
        let stated = rules?.rules.map(\.intent) ?? []
        return known + stated.filter { seen.insert($0).inserted }
    }
}

extension IntentPrediction {
    /// The top answer before any threshold: the rule's where one has fired.
    var top: Entry {
        guard rule == nil, let likeliest = ranking.first else {
            return Entry(intent: intent, confidence: confidence)
        }
        return likeliest
    }
}

/// Intents by numbers, which grow as unknown ones appear.
private struct ClassNumbers {
    private(set) var names: [String] = []
    private var numbers: [String: Int] = [:]

    init(_ intents: [String]) {
        for intent in intents { _ = number(of: intent) }
    }

    mutating func number(of intent: String) -> Int {
        if let number = numbers[intent] { return number }
        numbers[intent] = names.count
        names.append(intent)
        return names.count - 1
    }
}
