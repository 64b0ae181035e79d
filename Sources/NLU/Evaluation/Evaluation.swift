// How good a classifier is on examples that it has not seen.

package import Learning
import Numerics

/// The measures of a classifier on a data set.
///
/// Accuracy, confusion, log loss and calibration regard the likeliest intent of the examples in
/// scope, before the threshold; the rest regards the answers that are given.
package struct Evaluation: Sendable {
    /// By the classes of the classifier.
    package private(set) var confusion: ConfusionMatrix
    package private(set) var reliability = ReliabilityTable()
    /// Examples of an intent that the classifier has never heard of; each counts as a mistake.
    package private(set) var unknownIntentCount = 0

    private var lossSum = 0.0
    private var hitsAbove = 0
    private var confidences: [Float] = []
    private var outOfScopeConfidences: [Float] = []
    private let threshold: Float

    package init(_ classifier: IntentClassifier, on dataset: Dataset) {
        confusion = ConfusionMatrix(classCount: classifier.intents.count)
        threshold = classifier.threshold
        let pairs = zip(classifier.intents, classifier.intents.indices)
        let classes = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
        var scratch = IntentClassifier.Scratch()
        var probabilities = [Float](repeating: 0, count: classifier.intents.count)
        for example in dataset.examples {
            var output = probabilities.mutableSpan
            classifier.predict(example.text.utf8.span, scratch: &scratch, into: &output)
            record(example, label: classes[example.intent], probabilities.span)
        }
    }

    /// The number of examples in scope.
    package var inScopeCount: Int { confidences.count }

    /// The number of examples out of scope.
    package var outOfScopeCount: Int { outOfScopeConfidences.count }

    /// The share of examples in scope whose likeliest intent is right.
    package var accuracy: Double {
        confusion.accuracy * share(confusion.total, of: inScopeCount)
    }

    /// The mean of −log p of the right intent, in nats.
    package var logLoss: Double { lossSum / Double(max(confusion.total, 1)) }

    /// The share of examples in scope that are answered, and rightly.
    package var answeredAccuracy: Double { share(hitsAbove, of: inScopeCount) }

    /// The share of examples out of scope that are answered with `out_of_scope`.
    package var outOfScopeRecall: Double {
        share(outOfScopeConfidences.count { $0 < threshold }, of: outOfScopeCount)
    }

    /// How well confidence tells what is in scope from what is not.
    package var outOfScopeAUROC: Double {
        areaUnderROC(positives: confidences, negatives: outOfScopeConfidences)
    }

    private mutating func record(_ example: Example, label: Int?, _ probabilities: Span<Float>) {
        let top = topK(probabilities, count: 1)[0]
        let confidence = probabilities[top]
        if example.isOutOfScope {
            outOfScopeConfidences.append(confidence)
            return
        }
        confidences.append(confidence)
        reliability.record(confidence: Double(confidence), isCorrect: top == label)
        guard let label else {
            unknownIntentCount += 1
            return
        }
        confusion.record(actual: label, predicted: top)
        lossSum -= Double.log(max(Double(probabilities[label]), 1e-12))
        if top == label, confidence >= threshold { hitsAbove += 1 }
    }

    private func share(_ part: Int, of whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
