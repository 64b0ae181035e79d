// Answers that somebody should look at: those a model was not sure of, and those that were reported.

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
        let kept = ReviewedAnswer(answer, to: text, by: name)
        keepUnasked(
            ReviewRecord.candidates(name.modelName),
            .object(kept.json + [(key: "times", value: .number(Double(times)))]))
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

    private func keepUnasked(_ kind: String, _ value: JSONValue) {
        let record = JournalRecord(kind: kind, time: wallClock, payload: value.serialized())
        keep(.record(record), then: .unasked)
    }

    // MARK: Feedback

    /// Keeps what somebody says that an answer should have been, with the text and the answer.
    func take(_ feedback: ClientMessage.Feedback, id: MessageID?, from caller: Caller) {
        guard let name = AnswerName(feedback.prediction), intentWorkers[name.model] != nil else {
            return refuse(WireError(.unknownPrediction), id: id, to: caller.connection)
        }
        switch name.subject {
        case .question(let number, let shard):
            keep(feedback, name, shard == index ? questions[number] : nil, id: id, caller)
        case .block(let block, let document, let revision):
            if let token = directory[document], documents[token].isReady,
                let text = documents[token].document.untouchedText(of: block, since: revision)
            {
                keep(feedback, name, text, id: id, caller)
            } else {
                readPast(document, block, revision) { shard, text in
                    shard.keep(feedback, name, text, id: id, caller)
                }
            }
        }
    }

    /// Finds the text of a block at a revision in what is on disk.
    private func readPast(
        _ document: String, _ block: BlockID, _ revision: Int,
        then body: @escaping @Sendable (isolated Shard, String?) -> Void
    ) {
        let (inbox, limits) = (inbox, context.documentLimits)
        context.journal.load(document) { result in
            // What cannot be read is as good as gone; whoever opens the document learns why.
            let text = (try? result.get()).flatMap {
                try? $0.text(of: block, at: revision, limits: limits)
            }
            inbox.post(.run { body($0, text) })
        }
    }

    private func keep(
        _ feedback: ClientMessage.Feedback, _ name: AnswerName, _ text: String?, id: MessageID?,
        _ caller: Caller
    ) {
        guard let text, let worker = intentWorkers[name.model] else {
            return refuse(
                WireError(.unknownPrediction, document: name.document), id: id,
                to: caller.connection)
        }
        let bytes = Array(text.utf8)
        let answer = worker.assumeIsolated { $0.classify(bytes) }
        let isWrong = answer.intent != feedback.label
        counts(of: name.model).report(isWrong: isWrong)
        note(
            .feedback, document: name.document, session: caller.session,
            [
                "prediction": .string(feedback.prediction), "intent": .string(answer.intent),
                "label": .string(feedback.label), "wrong": .boolean(isWrong),
            ])
        let kept = ReviewedAnswer(answer, to: text, by: name)
        let report: [(key: String, value: JSONValue)] = [
            (key: "prediction", value: .string(feedback.prediction)),
            (key: "label", value: .string(feedback.label)),
            (key: "user", value: .string(caller.session.user)),
        ]
        keepRecord(ReviewRecord.feedback, .object(report + kept.json), id: id, caller)
    }

    /// The counters of a version.
    private func counts(of model: String) -> AnswerCounts {
        if let known = answerCounts[model] { return known }
        let counts = context.metrics.answers(of: model)
        answerCounts[model] = counts
        return counts
    }

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
                        let page = queue.page(request)
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
