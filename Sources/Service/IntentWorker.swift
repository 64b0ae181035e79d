// An intent model, isolated on the executor that it is given.

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
    private let model: IntentModel
    private var scratch = IntentModel.Scratch()

    init(_ model: IntentModel, executor: any SerialExecutor) {
        self.model = model
        self.executor = executor
    }

    /// Answers for each text: a range of `bytes`, in UTF-8.
    func classify(_ texts: [Range<Int>], of bytes: [UInt8]) -> [IntentResult] {
        texts.map { text in
            let bytes = bytes.span.extracting(text)
            return IntentResult(model.answer(bytes, ranking: Self.ranked, scratch: &scratch))
        }
    }

    /// The rule that a text fires, and what of the text makes it fire.
    func firedRule(_ text: String) -> (rule: Rule, evidence: [String])? {
        model.firedRule(text, scratch: &scratch)
    }

    /// Takes the likeliest intent's logit apart.
    func explain(_ text: String) -> Explanation? {
        model.explain(text, scratch: &scratch)
    }

    /// How many intents an answer ranks.
    private static let ranked = 5
}

extension IntentResult {
    init(_ prediction: IntentPrediction) {
        self.init(
            intent: prediction.intent, confidence: prediction.confidence,
            ranking: prediction.ranking.map { Score(intent: $0.intent, confidence: $0.confidence) },
            entities: prediction.entities.map(Entity.init), rule: prediction.rule)
    }
}

extension IntentResult.Entity {
    init(_ entity: NLU.Entity) {
        self.init(
            entity: entity.span.type, range: entity.span.range, value: entity.span.value,
            confidence: entity.confidence)
    }
}
