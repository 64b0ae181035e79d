// Requests of models that are answered one by one, and what models learn from.

internal import Documents
internal import JSON
internal import Journal
internal import NLU
internal import Ranking
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    // MARK: Questions

    func classify(_ classify: ClientMessage.Classify, id: MessageID?, from caller: Caller) {
        if let model = deployments.tagger(classify.model), let worker = tagWorkers[model.reference]
        {
            return tag(classify, by: model, worker, id: id, from: caller)
        }
        guard let model = deployments.classifier(classify.model),
            let worker = intentWorkers[model.reference]
        else {
            let error = WireError(.unknownModel, classify.model ?? "no intent model is deployed")
            return refuse(error, id: id, to: caller.connection)
        }
        let bytes = Array(classify.text.utf8)
        let start = Instant.now()
        let answer = worker.assumeIsolated { $0.classify(bytes) }
        let compute = Instant.now().since(start)
        let name = AnswerName(
            .question(questions.remember(classify.text), shard: index), model: model.reference)
        let results = ServerMessage.Results(
            model: model.reference, kind: .intent,
            entries: [ResultEntry(prediction: name.text, content: .intent(answer))],
            computeMicroseconds: Int(compute / 1000))
        reply(ServerMessage(id: id, .results(results)), to: caller.connection)
        context.metrics.read(1, kind: .intent, queued: 0, compute: compute)
        review(answer, by: model.reference, of: { classify.text }, named: { name })
    }

    func recommend(_ recommend: ClientMessage.Recommend, id: MessageID?, from caller: Caller) {
        let source = Source(rawValue: recommend.source)
        guard let model = deployments.recommender(serving: source),
            case .recommender(let worker, _) = model.kind
        else {
            return refuse(
                WireError(.unknownSource, recommend.source), id: id, to: caller.connection)
        }
        guard let question = question(recommend, model.reference) else {
            let error = WireError(.unknownBlock, document: recommend.document)
            return refuse(error, id: id, to: caller.connection)
        }
        let request = Ranking.Request(
            source: source, query: question.query, intent: question.intent,
            limit: recommend.limit, now: Double(wallClock) / 1e6, scope: recommend.document,
            user: caller.session.user)
        let (asked, inbox) = (now, context.inboxes[caller.connection.shard])
        worker.post(
            .perform { recommender in
                let start = Instant.now()
                let content = recommender.result(of: request)
                let entry = ResultEntry(
                    location: question.location.map { .init(block: $0.block, range: $0.range) },
                    prediction: question.name.text, content: .recommendations(content))
                let results = ServerMessage.Results(
                    source: question.source, model: question.name.model,
                    kind: .recommendations, entries: [entry],
                    queuedMicroseconds: Int(start.since(asked) / 1000),
                    computeMicroseconds: Int(Instant.now().since(start) / 1000))
                inbox.post(
                    .deliver(
                        Outgoing(ServerMessage(id: id, .results(results))),
                        to: caller.connection.token, settles: true))
            })
    }

    /// What a request for recommendations is about.
    private struct Question: Sendable {
        let query: String
        var intent: Ranking.Request.Intent?
        var location: BlockLocation?
        var source: ServerMessage.Results.Source?
        let name: AnswerName
    }

    /// Finds the text of a request; `nil` where it names a block that is not there.
    private func question(_ recommend: ClientMessage.Recommend, _ model: String) -> Question? {
        guard let document = recommend.document, let block = recommend.block else {
            let query = recommend.query ?? ""
            let number = questions.remember(query)
            return Question(
                query: query, name: AnswerName(.question(number, shard: index), model: model))
        }
        guard let token = directory[document], documents[token].isReady else { return nil }
        var bytes: [UInt8] = []
        guard let range = documents[token].appendText(of: block, to: &bytes) else { return nil }
        let revision = documents[token].document.revision
        let subject = AnswerName.Subject.block(block, document: document, revision: revision)
        return Question(
            query: recommend.query ?? String(decoding: bytes, as: UTF8.self),
            intent: intent(of: block, token).map { .init($0) },
            location: BlockLocation(block: block, range: range),
            source: .init(document: document, revision: revision),
            name: AnswerName(subject, model: model))
    }

    // MARK: What models learn from

    func interact(_ interact: ClientMessage.Interact, id: MessageID?, from caller: Caller) {
        guard let name = AnswerName(interact.recommendation),
            case .recommender(let worker, _) = deployments.model(sameAs: name.model)?.kind
        else {
            return refuse(WireError(.unknownRecommendation), id: id, to: caller.connection)
        }
        guard let action = Interaction.Action(rawValue: interact.action) else {
            let known = Interaction.Action.allCases.map(\.rawValue).joined(separator: ", ")
            return refuse(
                WireError(.badField, "action: one of \(known)"), id: id, to: caller.connection)
        }
        let interaction = Interaction(
            item: interact.item, action: action, time: Double(wallClock) / 1e6,
            scope: name.document, user: caller.session.user)
        let inbox = inbox
        worker.post(
            .perform { recommender in
                guard recommender.catalog.item(interact.item) != nil else {
                    return inbox.post(
                        .run { $0.refuse(WireError(.unknownItem), id: id, to: caller.connection) })
                }
                // An interaction is never refused: it belongs to no corpus.
                try? recommender.apply(.interaction(interaction))
                inbox.post(.run { $0.keep(interact, name, id: id, caller) })
            })
    }

    private func keep(
        _ interact: ClientMessage.Interact, _ name: AnswerName, id: MessageID?, _ caller: Caller
    ) {
        note(
            .interact, document: name.document, session: caller.session,
            ["item": .string(interact.item), "action": .string(interact.action)])
        keepRecord(
            "interaction",
            [
                "recommendation": .string(interact.recommendation), "item": .string(interact.item),
                "action": .string(interact.action), "user": .string(caller.session.user),
            ], id: id, caller)
    }

    func change(_ change: ClientMessage.Item, id: MessageID?, from caller: Caller) {
        let corpus = Corpus(rawValue: change.corpus)
        let recommenders = deployments.recommenders(of: corpus)
        guard !recommenders.isEmpty else {
            return refuse(WireError(.unknownCorpus, change.corpus), id: id, to: caller.connection)
        }
        let record: JSONValue
        let event: RecommenderEvent
        do throws(FieldError) {
            (event, record) = try change.event(corpus)
            if case .upsert(let item) = event {
                for recommender in recommenders { try recommender.definition.check(item) }
            }
        } catch {
            return refuse(WireError(.badField, "\(error)"), id: id, to: caller.connection)
        }
        for worker in recommenders.map(\.worker) {
            // The corpus was asked for, so that no worker refuses the item.
            worker.post(.perform { try? $0.apply(event) })
        }
        note(
            .item, session: caller.session,
            ["corpus": .string(change.corpus), "item": .string(change.item)])
        keepRecord("item", record, id: id, caller)
    }

    /// Has the journal keep something; the client is told when it is on disk.
    func keepRecord(_ kind: String, _ value: JSONValue, id: MessageID?, _ caller: Caller) {
        let record = JournalRecord(kind: kind, time: wallClock, payload: value.serialized())
        keep(.record(record), then: .record(caller, id))
    }
}

extension ClientMessage.Item {
    /// The change as recommenders and as the journal take it.
    func event(_ corpus: Corpus) throws(FieldError) -> (RecommenderEvent, JSONValue) {
        switch change {
        case .removed:
            let record: JSONValue = [
                "corpus": .string(corpus.rawValue), "item": .string(item), "removed": true,
            ]
            return (.remove(item: item), record)
        case .fields(let fields):
            let item = try Ranking.Item(corpus: corpus, id: item, fields: fields)
            return (.upsert(item), item.json)
        }
    }
}
