// Answers that somebody should look at, as the model was not sure of them, and the queue of all such.

internal import Dispatch
internal import Documents
internal import JSON
internal import Journal
internal import NLU
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    // MARK: Unsure answers

    /// Counts an answer to a text that rests, and keeps it for review if the model was not sure.
    ///
    /// It costs a look at two numbers unless it is unsure; what is kept goes to the journal with whatever
    /// else is written then, and nobody waits for it.
    func review(
        _ answer: IntentResult, by model: String, of text: () -> String,
        named name: () -> AnswerName
    ) {
        counts(of: model).answers.add()
        let settings = context.settings.review
        guard settings.kept > 0, !isJournalFull, settings.concerns(answer),
            candidates.hasRoom(at: wallClock)
        else { return }
        let (text, name) = (text(), name())
        guard !text.allSatisfy(\.isWhitespace) else { return }
        guard let times = candidates.count(ReviewKey("\(model) \(text)").rawValue) else { return }
        let kept = ReviewedAnswer(
            .intent(answer.intent, confidence: answer.confidence, ranking: answer.ranking),
            to: text, by: name)
        let value = JSONValue.object(kept.json + [(key: "times", value: .number(Double(times)))])
        keepUnasked(
            JournalRecord(
                kind: ReviewRecord.candidates(name.modelName), time: wallClock,
                payload: value.serialized()))
        trimCandidates(of: name.modelName, keeping: settings.kept)
    }

    /// The same for the answer to a block of a document.
    func reviewBlock(_ answer: IntentResult, _ block: BlockID, _ token: SlabToken, _ reading: Int) {
        let model = documents[token].readings[reading].model
        review(answer, by: model) {
            documents[token].document.text(of: block) ?? ""
        } named: {
            let revision = documents[token].document.revision
            return AnswerName(
                .block(block, document: documents[token].name, revision: revision), model: model)
        }
    }

    /// Has the oldest unsure answers of a model dropped, now and then.
    private func trimCandidates(of model: String, keeping count: Int) {
        let written = candidatesWritten[model, default: 0]
        candidatesWritten[model] = written + 1
        guard written.isMultiple(of: Self.trimInterval) else { return }
        keep(.trim(kind: ReviewRecord.candidates(model), keeping: count), then: .unasked)
    }

    private static var trimInterval: Int { 256 }

    // MARK: The queue

    /// Reads the queue of a model off the loop.
    func show(_ request: ClientMessage.Review, id: MessageID?, to caller: Caller) {
        let (inbox, journal) = (inbox, context.journal)
        context.control.queue.async {
            let result = Result { try ReviewQueue(of: request.model, in: journal) }
            inbox.post(
                .run { shard in
                    switch result {
                    case .success(let queue):
                        let page = queue.page(
                            request, approved: shard.deployments.approved(for: request.model))
                        shard.reply(ServerMessage(id: id, .review(page)), to: caller.connection)
                    case .failure(let error):
                        shard.refuse(
                            WireError(.storageFailed, "\(error)"), id: id, to: caller.connection)
                    }
                })
        }
    }

    /// Notes that a text was decided, so that it does not come again.
    func take(_ decision: ClientMessage.Reviewed, id: MessageID?, from caller: Caller) {
        keepRecord(
            ReviewRecord.decided(decision.model),
            ReviewQueue.record(of: decision, by: caller.session.user), id: id, caller)
    }
}

extension ReviewSettings {
    /// Whether a model was not sure: below its own threshold, or below what is asked for here.
    ///
    /// A rule is never unsure, be it that it fires or that none does.
    func concerns(_ answer: IntentResult) -> Bool {
        guard answer.rule == nil, !answer.ranking.isEmpty else { return false }
        if answer.confidence < confidence { return true }
        // The class itself may be likeliest; otherwise it was put in the place of what was too unlikely.
        return answer.intent == IntentClassifier.outOfScope
            && answer.ranking.first?.intent != IntentClassifier.outOfScope
    }
}
