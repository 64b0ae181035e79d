// What people say that answers should have been.

internal import Dispatch
internal import Documents
internal import JSON
internal import Journal
internal import NLU
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    /// Keeps what somebody says that an answer should have been, with the text and the answer.
    func take(_ feedback: ClientMessage.Feedback, id: MessageID?, from caller: Caller) {
        guard let name = AnswerName(feedback.prediction) else {
            return refuse(WireError(.unknownPrediction), id: id, to: caller.connection)
        }
        switch name.subject {
        case .question(let number, let shard):
            take(feedback, name, shard == index ? questions[number] : nil, id: id, caller)
        case .block(let block, let document, let revision):
            if let token = directory[document], documents[token].isReady,
                let text = documents[token].document.untouchedText(of: block, since: revision)
            {
                take(feedback, name, text, id: id, caller)
            } else {
                readPast(document, block, revision) { shard, text in
                    shard.take(feedback, name, text, id: id, caller)
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

    /// Has the version that answered answer once more: by its worker, or loaded for that if it serves no
    /// more.
    private func take(
        _ feedback: ClientMessage.Feedback, _ name: AnswerName, _ text: String?, id: MessageID?,
        _ caller: Caller
    ) {
        guard let text else { return refuse(feedback, name, id: id, caller) }
        if let answer = answer(to: text, by: name.model) {
            return keep(feedback, name, answer, to: text, id: id, caller)
        }
        if case .external(let external) = deployments.model(name.model)?.kind {
            return ask(external, text) { shard, answer, _ in
                guard let answer else {
                    let error = Self.silence(of: name.model)
                    return shard.refuse(error, id: id, to: caller.connection)
                }
                shard.keep(feedback, name, answer, to: text, id: id, caller)
            }
        }
        guard pastQuestions < Self.mostPastQuestions else {
            let error = WireError(
                .overloaded, document: name.document,
                retryAfterMilliseconds: Self.retryMilliseconds)
            return refuse(error, id: id, to: caller.connection)
        }
        pastQuestions += 1
        let (inbox, control) = (inbox, context.control)
        control.queue.async {
            let answer = Result { () throws(WireError) in
                try control.pastAnswer(to: text, by: name.model)
            }
            inbox.post(
                .run { shard in
                    shard.pastQuestions -= 1
                    switch answer {
                    case .success(let answer?):
                        shard.keep(feedback, name, answer, to: text, id: id, caller)
                    case .success(nil): shard.refuse(feedback, name, id: id, caller)
                    case .failure(let error):
                        shard.refuse(error, id: id, to: caller.connection)
                    }
                })
        }
    }

    /// A version is loaded in some milliseconds, after which nobody needs it.
    static var mostPastQuestions: Int { 64 }

    private func answer(to text: String, by model: String) -> ResultContent? {
        let bytes = Array(text.utf8)
        if let worker = intentWorkers[model] {
            return .intent(worker.assumeIsolated { $0.classify(bytes, isAgain: true) })
        }
        return tagWorkers[model].map { worker in
            .tags(TagResult(worker.assumeIsolated { $0.tags(of: bytes) }))
        }
    }

    private func keep(
        _ feedback: ClientMessage.Feedback, _ name: AnswerName, _ answer: ResultContent,
        to text: String, id: MessageID?, _ caller: Caller
    ) {
        let approved = deployments.approved(for: name.model)
        guard let answer = ReviewItem.Answer(answer.approved(by: approved)) else {
            return refuse(feedback, name, id: id, caller)
        }
        if let error = misfit(of: feedback.label, to: answer, approved) {
            return refuse(error, id: id, to: caller.connection)
        }
        let isWrong = answer.label != feedback.label
        counts(of: name.model).report(isWrong: isWrong)
        note(
            .feedback, document: name.document, session: caller.session,
            [
                "model": .string(name.model), "prediction": .string(feedback.prediction),
                answer.memberName: .string(answer.label.text),
                "label": .string(feedback.label.text), "wrong": .boolean(isWrong),
            ])
        let kept = ReviewedAnswer(answer, to: text, by: name)
        let report: [(key: String, value: JSONValue)] = [
            (key: "prediction", value: .string(feedback.prediction)),
            (key: "label", value: feedback.label.json),
            (key: "user", value: .string(caller.session.user)),
            (key: "session", value: .string(caller.session.peer.description)),
            (key: "scope", value: name.document.map { .string($0) } ?? .null),
            (key: "wrong", value: .boolean(isWrong)),
        ]
        keepRecord(ReviewRecord.feedback, .object(report + kept.json), id: id, caller)
    }

    private func refuse(
        _ feedback: ClientMessage.Feedback, _ name: AnswerName, id: MessageID?, _ caller: Caller
    ) {
        let error = WireError(.unknownPrediction, document: name.document)
        refuse(error, id: id, to: caller.connection)
    }

    /// Why a label cannot be right: it is of another kind than the answer, or holds what is not approved.
    ///
    /// The error names what is approved, never what is not.
    private func misfit(
        of label: Label, to answer: ReviewItem.Answer, _ approved: ApprovedTags
    ) -> WireError? {
        switch (label, answer) {
        case (.intent, .intent): return nil
        case (.tags(let set), .tags):
            guard !set.tags.allSatisfy(approved.contains) else { return nil }
            return WireError(.unknownTag, "approved: \(approved.sorted.joined(separator: ", "))")
        case (.tags, .intent): return WireError(.badField, "label: a string, the intent")
        case (.intent, .tags): return WireError(.badField, "label: an array, all tags of the text")
        }
    }

    /// The counters of a version.
    func counts(of model: String) -> AnswerCounts {
        if let known = answerCounts[model] { return known }
        let counts = context.metrics.answers(of: model)
        answerCounts[model] = counts
        return counts
    }
}

extension ReviewItem.Answer {
    /// What a model of intents or tags has said; `nil` for other kinds.
    init?(_ content: ResultContent) {
        switch content {
        case .intent(let result):
            self = .intent(result.intent, confidence: result.confidence, ranking: result.ranking)
        case .tags(let result): self = .tags(result.tags)
        case .recommendations, .duplicate: return nil
        }
    }

    /// What it is called in an event.
    fileprivate var memberName: StaticString {
        switch self {
        case .intent: "intent"
        case .tags: "tags"
        }
    }
}
