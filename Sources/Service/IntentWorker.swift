// An intent model, isolated on the executor that it is given.

internal import Drift
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
    private var prediction = IntentPrediction()
    /// What counts the answers to whole texts, and what it is given of each.
    private let drift: LiveDrift?
    private var values: [FeatureValue] = []
    /// What is known of texts that are typed, each where the place of its block says.
    ///
    /// Two blocks at one place cost each other time, nothing else.
    private var typed = Array(repeating: KnownText(), count: 256)

    /// A text, and what the answer depends on beside it.
    struct Question: Sendable {
        /// In the bytes of the batch, in UTF-8.
        let text: Range<Int>
        var state = TextState.whole
        /// Whether the answer counts where drift is looked for: the reader writes it, not the server reads it anew.
        var isCounted = true
        /// A number that its block has and few others; for a text that is typed.
        var place: UInt64 = 0
    }

    init(_ model: IntentModel, drift: LiveDrift? = nil, executor: any SerialExecutor) {
        self.model = model
        self.drift = drift
        self.executor = executor
    }

    /// Answers for each text.
    func classify(_ questions: [Question], of bytes: [UInt8]) -> [IntentResult] {
        questions.map { question in
            answer(question, bytes.span.extracting(question.text))
            if question.state == .whole, question.isCounted { count() }
            return IntentResult(prediction, isSettled: question.state == .whole)
        }
    }

    /// Answers for a whole text; one that was asked before does not count again.
    func classify(_ text: [UInt8], isAgain: Bool = false) -> IntentResult {
        answer(Question(text: text.indices), text.span)
        if !isAgain { count() }
        return IntentResult(prediction, isSettled: true)
    }

    private func answer(_ question: Question, _ text: Span<UInt8>) {
        guard question.state != .whole else {
            return model.answer(
                text, ranking: Self.ranked, scratch: &scratch, into: &prediction)
        }
        let place = Int(question.place % UInt64(typed.count))
        model.answer(
            text, question.state, ranking: Self.ranked, after: &typed[place],
            scratch: &scratch, into: &prediction)
    }

    /// Counts the answer that was just given.
    private func count() {
        guard let drift, let traits = model.traits(of: prediction, scratch: &scratch) else {
            return
        }
        traits.write(to: &values, for: model)
        drift.observe(values)
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
    static let ranked = 5
}

extension IntentResult {
    init(_ prediction: IntentPrediction, isSettled: Bool) {
        self.init(
            intent: prediction.intent, confidence: prediction.confidence,
            ranking: prediction.ranking.map { Score(intent: $0.intent, confidence: $0.confidence) },
            entities: prediction.entities.map(Entity.init), rule: prediction.rule,
            isSettled: isSettled)
    }
}

extension IntentResult.Entity {
    init(_ entity: NLU.Entity) {
        self.init(
            entity: entity.span.type, range: entity.span.range, value: entity.span.value,
            confidence: entity.confidence)
    }
}
