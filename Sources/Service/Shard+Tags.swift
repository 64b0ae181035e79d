// Tags of blocks and texts, and what of them may be shown.

internal import NLU
internal import Documents
internal import JSON
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    /// Tags a text outside any document.
    func tag(
        _ classify: ClientMessage.Classify, by chosen: ChosenModel, _ worker: TagWorker,
        id: MessageID?, from caller: Caller
    ) {
        let model = chosen.model
        let bytes = Array(classify.text.utf8)
        let start = Instant.now()
        let answer = worker.assumeIsolated { $0.tags(of: bytes) }
        let compute = Instant.now().since(start)
        let content = ResultContent.tags(TagResult(answer)).approved(by: model.approved)
        let name = AnswerName(
            .question(questions.remember(classify.text), shard: index), model: model.reference)
        let results = ServerMessage.Results(
            model: model.reference, kind: .tags, arm: chosen.arm,
            entries: [ResultEntry(prediction: name.text, content: content)],
            computeMicroseconds: Int(compute / 1000))
        reply(ServerMessage(id: id, .results(results)), to: caller.connection)
        context.metrics.read(1, kind: .tags, queued: 0, compute: compute)
        chosen.exposure.map {
            expose(
                $0, Occasion(session: caller.session), UnitOutcome(content, nanoseconds: compute))
        }
        counts(of: model.reference).answers.add()
    }

    /// Tags the document as a whole, if its beginning has changed and no block waits any more.
    ///
    /// No tags are no answer where there were none before.
    func tagWhole(_ token: SlabToken, _ reading: Int) -> ResultContent? {
        let model = documents[token].readings[reading].model
        guard let worker = tagWorkers[model], documents[token].readings[reading].pending.count == 0
        else { return nil }
        let text = documents[token].document.beginning
        guard documents[token].readings[reading].takeBeginning(text) else { return nil }
        let answer = worker.assumeIsolated { $0.tags(of: text) }
        let content = shown(.tags(TagResult(answer)), of: model)
        let isNothing = content == .tags(TagResult(tags: []))
        return isNothing && documents[token].readings[reading].known(of: .whole) == nil
            ? nil : content
    }

    /// An answer as it may leave the server: of a tag model's, the tags that are approved now.
    ///
    /// Every entry about a block is made of what passes here, be it new or kept from before.
    func shown(_ content: ResultContent, of model: String) -> ResultContent {
        guard case .tags = content else { return content }
        return content.approved(by: deployments.approved(for: model))
    }

    /// An event as it may leave the server: a past one may name tags that are approved no more.
    func shown(_ event: ServerMessage.Event) -> ServerMessage.Event {
        let names = event.fields.map(\.name)
        guard names.contains("tags"), let place = names.firstIndex(of: "model") else {
            return event
        }
        let approved = deployments.approved(for: event.fields[place].value.string ?? "")
        var event = event
        for i in event.fields.indices where ["tags", "label"].contains(event.fields[i].name) {
            let tags = (event.fields[i].value.string ?? "").split(separator: "|").map(String.init)
            event.fields[i].value = .string(
                tags.filter(approved.contains).joined(separator: "|"))
        }
        return event
    }
}

extension TagResult {
    init(_ predictions: [TagPrediction]) {
        self.init(tags: predictions.map { Score(tag: $0.tag, confidence: $0.confidence) })
    }
}

extension ResultContent {
    func approved(by list: ApprovedTags) -> ResultContent {
        guard case .tags(var result) = self else { return self }
        result.tags.removeAll { !list.contains($0.tag) }
        return .tags(result)
    }
}
