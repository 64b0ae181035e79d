// An intent classifier, isolated on the executor that it is given.

internal import NLU
internal import Numerics
internal import Wire

/// Classifies the blocks of one batch at a time.
///
/// A model of a few microseconds runs on the event loop itself, one worker a shard: going to another
/// thread and back would cost more than the answer.
actor IntentWorker {
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    private nonisolated let executor: any SerialExecutor
    private let classifier: IntentClassifier
    private var scratch = IntentClassifier.Scratch()
    private var probabilities: [Float]

    init(_ classifier: IntentClassifier, executor: any SerialExecutor) {
        self.classifier = classifier
        self.executor = executor
        probabilities = [Float](repeating: 0, count: classifier.intents.count)
    }

    /// Answers for each text: a range of `bytes`, in UTF-8.
    func classify(_ texts: [Range<Int>], of bytes: [UInt8]) -> [IntentResult] {
        texts.map { text in
            var output = probabilities.mutableSpan
            classifier.predict(bytes.span.extracting(text), scratch: &scratch, into: &output)
            return IntentResult(classifier.prediction(probabilities.span, ranking: Self.ranked))
        }
    }

    /// Takes the likeliest intent's logit apart.
    func explain(_ text: String) -> Explanation? {
        let prediction = classifier.classify(text, ranking: 1, scratch: &scratch)
        let likeliest = prediction.ranking.first?.intent
        guard let label = classifier.intents.firstIndex(where: { $0 == likeliest }) else {
            return nil
        }
        return classifier.explain(text, label: label, scratch: &scratch)
    }

    /// How many intents an answer ranks.
    private static let ranked = 5
}

extension IntentResult {
    init(_ prediction: IntentPrediction) {
        self.init(
            intent: prediction.intent, confidence: prediction.confidence,
            ranking: prediction.ranking.map { Score(intent: $0.intent, confidence: $0.confidence) })
    }
}
