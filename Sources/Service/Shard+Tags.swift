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
        _ classify: ClientMessage.Classify, by model: LiveModel, _ worker: TagWorker,
        id: MessageID?, from caller: Caller
    ) {
        let bytes = Array(classify.text.utf8)
        let start = Instant.now()
        let answers = worker.assumeIsolated { $0.tags(of: [0..<bytes.count], in: bytes) }
        let compute = Instant.now().since(start)
        let name = AnswerName(
            .question(questions.remember(classify.text), shard: index), model: model.reference)
        let results = ServerMessage.Results(
            model: model.reference, kind: .tags,
            entries: answers.map {
                let content = ResultContent.tags(TagResult($0)).approved(by: model.approved)
                return ResultEntry(prediction: name.text, content: content)
            },
            computeMicroseconds: Int(compute / 1000))
        reply(ServerMessage(id: id, .results(results)), to: caller.connection)
        context.metrics.read(1, kind: .tags, queued: 0, compute: compute)
    }

    /// Tags the document as a whole, if its beginning has changed and no block waits any more.
    ///
    /// It reads the blocks in their order, as many as begin within `beginning` bytes. No tags are no
    /// answer where there were none before.
    func tagWhole(_ token: SlabToken, _ reading: Int) -> ResultContent? {
        let model = documents[token].readings[reading].model
        guard let worker = tagWorkers[model], documents[token].readings[reading].pending.count == 0
        else { return nil }
        var text: [UInt8] = []
        for block in documents[token].document.blocks.blocks() {
            _ = documents[token].appendText(of: block.id, to: &text)
            text.append(UInt8(ascii: "\n"))
            if text.count >= Self.beginning { break }
        }
        guard documents[token].readings[reading].takeBeginning(text) else { return nil }
        let read = text
        let answers = worker.assumeIsolated { $0.tags(of: [0..<read.count], in: read) }
        let content = shown(.tags(TagResult(answers[0])), of: model)
        let isNothing = content == .tags(TagResult(tags: []))
        return isNothing && documents[token].readings[reading].answers[.whole] == nil
            ? nil : content
    }

    /// Bounds the time for a key: 4 n-grams a byte, some 10 ns each.
    private static var beginning: Int { 1024 }

    /// An answer as it may leave the server: of a tag model's, the tags that are approved now.
    ///
    /// Every entry about a block is made of what passes here, be it new or kept from before.
    func shown(_ content: ResultContent, of model: String) -> ResultContent {
        content.approved(by: deployments.model(model)?.approved ?? ApprovedTags([]))
    }

    /// An event as it may leave the server: a past one may name tags that are approved no more.
    func shown(_ event: ServerMessage.Event) -> ServerMessage.Event {
        guard event.event == EventType.tags.rawValue else { return event }
        var event = event
        let model = event.fields.first { $0.name == "model" }?.value.string ?? ""
        let approved = deployments.model(sameAs: model)?.approved ?? ApprovedTags([])
        for i in event.fields.indices where event.fields[i].name == "tags" {
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
    fileprivate func approved(by list: ApprovedTags) -> ResultContent {
        guard case .tags(var result) = self else { return self }
        result.tags.removeAll { !list.contains($0.tag) }
        return .tags(result)
    }
}
