// Answers to utterances that a model was not fitted to, and what is chosen by them.

import Learning
import Numerics

/// The logits of utterances unseen in training, in and out of scope.
struct HeldOut {
    private var inScope: LabelledLogits
    private var outOfScope: LabelledLogits

    init(classCount: Int) {
        inScope = LabelledLogits(classCount: classCount)
        outOfScope = LabelledLogits(classCount: classCount)
    }

    /// Takes the logits of examples; those of an intent that the task does not know are left out.
    mutating func add(_ examples: [Example], task: IntentTask, _ classifier: IntentClassifier) {
        var scratch = IntentClassifier.Scratch()
        var logits = [Float](repeating: 0, count: classifier.intents.count)
        for example in examples {
            var output = logits.mutableSpan
            classifier.logits(example.text.utf8.span, scratch: &scratch, into: &output)
            if let label = task.label(of: example) {
                inScope.append(logits.span, label: label)
            } else if example.isOutOfScope {
                outOfScope.append(logits.span, label: 0)
            }
        }
    }

    /// Sets the temperature of least log loss and the threshold that fits it.
    func calibrate(_ classifier: inout IntentClassifier) {
        let temperature = inScope.bestTemperature()
        let answers = inScope.answers(temperature: temperature)
        let strangers = outOfScope.answers(temperature: temperature)
        let chosen =
            strangers.isEmpty
            ? OperatingPoint.keeping(0.97, of: answers)
            : OperatingPoint.balanced(answers, outOfScope: strangers.map(\.confidence))
        // Where not a single n-gram is known, all intents are equally likely: that is no answer.
        let threshold = max(chosen, 1.05 / Float(classifier.intents.count))
        classifier.settings = .init(temperature: temperature, threshold: threshold)
    }
}

/// Chooses the confidence from which on an answer is given.
enum OperatingPoint {
    /// The threshold for a data set with examples out of scope.
    ///
    /// It maximises the mean of in-scope accuracy and out-of-scope recall; of all that come within
    /// 0.01 of the best, which few examples cannot tell apart, it is the lowest: it answers most.
    static func balanced(_ answers: [Answer], outOfScope: [Float]) -> Float {
        let gain = 1 / Double(max(outOfScope.count, 1))
        let loss = 1 / Double(max(answers.count, 1))
        let events =
            answers.map { ($0.confidence, $0.isCorrect ? -loss : 0) }
            + outOfScope.map { ($0, gain) }
        // What refusing everything up to a confidence changes, and where that refusal ends.
        var points: [(threshold: Float, value: Double)] = [(0, 0)]
        for (confidence, change) in events.sorted(by: { $0.0 < $1.0 }) {
            let last = points[points.count - 1]
            if last.threshold == confidence.nextUp { points.removeLast() }
            points.append((confidence.nextUp, last.value + change))
        }
        let best = points.reduce(0) { max($0, $1.value) }
        return points.first { $0.value >= best - 0.02 }?.threshold ?? 0
    }

    /// The threshold for a data set without them: it lets a share of the right answers through.
    static func keeping(_ share: Double, of answers: [Answer]) -> Float {
        let correct = answers.filter(\.isCorrect).map(\.confidence).sorted()
        guard !correct.isEmpty else { return 0.5 }
        return correct[Int(Double(correct.count) * (1 - share))]
    }
}

/// A top answer and whether it is right.
struct Answer: Equatable {
    let confidence: Float
    let isCorrect: Bool
}

extension LabelledLogits {
    /// The top answers at a temperature.
    fileprivate func answers(temperature: Float) -> [Answer] {
        labels.indices.map { example in
            var probabilities = logits(of: example).map { $0 / temperature }
            var output = probabilities.mutableSpan
            softmax(&output)
            let top = topK(probabilities.span, count: 1)[0]
            return Answer(confidence: probabilities[top], isCorrect: top == labels[example])
        }
    }
}
