// Lists that are asked for, what people do with lists, and items.

internal import Documents
internal import JSON
internal import Journal
internal import Numerics
internal import Ranking
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    // MARK: Lists

    func recommend(_ recommend: ClientMessage.Recommend, id: MessageID?, from caller: Caller) {
        let source = Source(rawValue: recommend.source)
        guard
            let chosen = deployments.recommender(
                serving: source, in: recommend.document,
                for: caller.session.units(in: recommend.document), at: Double(wallClock) / 1e6),
            let worker = chosen.model.worker
        else {
            return refuse(
                WireError(.unknownSource, recommend.source), id: id, to: caller.connection)
        }
        guard let question = question(recommend, chosen.model.reference, caller) else {
            let error = WireError(.unknownBlock, document: recommend.document)
            return refuse(error, id: id, to: caller.connection)
        }
        var request = Ranking.Request(
            source: source, query: question.query, intent: question.intent,
            limit: recommend.limit, now: 0, scope: recommend.document,
            user: caller.session.person)
        request.viewer = caller.session.rights.viewer
        request.item = recommend.item
        request.seed = hash(question.name.text.utf8.span)
        let (asked, inbox, asking) = (now, inbox, request)
        worker.post(
            .perform { recommender in
                let start = Instant.now()
                let list = recommender.listToShow(
                    for: asking, as: chosen.arm, named: question.name.text,
                    to: caller.session.peer.description)
                let compute = Instant.now().since(start)
                inbox.post(
                    .run { shard in
                        chosen.exposure.map {
                            shard.expose(
                                $0,
                                Occasion(
                                    session: caller.session, document: recommend.document,
                                    source: recommend.source, intent: asking.intent?.name,
                                    time: Int((list.impression.time * 1e6).rounded())),
                                UnitOutcome(
                                    .recommendations(list.content),
                                    nanoseconds: start.since(asked) + compute))
                        }
                        shard.answer(
                            question, list, queued: start.since(asked), compute: compute, id: id,
                            caller)
                    })
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
    private func question(
        _ recommend: ClientMessage.Recommend, _ model: String, _ caller: Caller
    ) -> Question? {
        let query = recommend.query ?? ""
        let number = AnswerName.Subject.question(questions.remember(query), shard: index)
        let name = AnswerName(number, model: model)
        guard let document = recommend.document, let block = recommend.block else {
            return Question(query: query, name: name)
        }
        guard let token = directory[document], documents[token].isReady else { return nil }
        var bytes: [UInt8] = []
        guard let range = documents[token].appendText(of: block, to: &bytes) else { return nil }
        return Question(
            query: recommend.query ?? String(decoding: bytes, as: UTF8.self),
            intent: intent(of: block, token, for: caller.session).map { .init($0) },
            location: BlockLocation(block: block, range: range),
            source: .init(document: document, revision: documents[token].document.revision),
            name: name)
    }

    /// Sends a list to whoever asked for it, as far as it may be seen now, and has the journal log it.
    private func answer(
        _ question: Question, _ list: LiveRecommender.List, queued: UInt64, compute: UInt64,
        id: MessageID?, _ caller: Caller
    ) {
        let model = question.name.model
        let content = ResultContent.recommendations(list.content)
            .seen(with: caller.session.rights, itemAccess(of: model) ?? nil)
        let entry = ResultEntry(
            location: question.location.map { .init(block: $0.block, range: $0.range) },
            prediction: question.name.text, content: content)
        let results = ServerMessage.Results(
            source: question.source, model: model, kind: .recommendations,
            arm: list.impression.arm, entries: [entry],
            queuedMicroseconds: Int(queued / 1000), computeMicroseconds: Int(compute / 1000))
        reply(ServerMessage(id: id, .results(results)), to: caller.connection)
        if case .question(let number, _) = question.name.subject {
            questions.remember(list.impression, of: number)
        }
        if let record = list.record { keepUnasked(record) }
        note(
            .recommendations, document: question.source?.document, session: caller.session,
            fields: content.eventFields + [
                EventField("recommendation", .string(question.name.text)),
                EventField("computeMicros", .integer(Int(compute / 1000))),
            ])
        context.metrics.read(1, kind: .recommendations, queued: queued, compute: compute)
        counts(of: model).observe(
            1, outOfScope: 0, failures: list.failures.count, seconds: Double(compute) / 1e9)
        if !list.impression.items.isEmpty {
            deployments.tell([.impression(list.impression)], of: model)
        }
        noteFailures(list.failures, of: model)
    }

    /// Says in the event log which stages had no effect, and why.
    func noteFailures(_ failures: [StageReport], of model: String) {
        for report in failures {
            note(
                .degraded,
                [
                    "model": .string(model), "stage": .string(report.stage),
                    "reason": .string(report.failure?.description ?? ""),
                    "computeMicros": .integer(report.nanoseconds / 1000),
                ])
        }
    }

    /// Who may see the items of a recommender, nil in that where everybody may; nil for other models, and for
    /// recommenders that are gone.
    func itemAccess(of model: String) -> ItemAccess?? {
        deployments.recommender(sameAs: model).map { $0.worker.access }
    }

    // MARK: What people do

    func interact(_ interact: ClientMessage.Interact, id: MessageID?, from caller: Caller) {
        guard let name = AnswerName(interact.recommendation),
            let (worker, definition) = deployments.recommender(sameAs: name.model)
        else {
            return refuse(WireError(.unknownRecommendation), id: id, to: caller.connection)
        }
        let action = Action(rawValue: interact.action)
        guard definition.actions.contains(action) else {
            let known = definition.actions.map(\.rawValue).sorted().joined(separator: ", ")
            return refuse(
                WireError(.badField, "action: one of \(known)"), id: id, to: caller.connection)
        }
        let known = knownList(name, seenBy: caller.session)
        let scope = known.impression?.scope ?? name.document
        guard scope.map(caller.session.rights.documents.allows) ?? true else {
            return refuse(WireError(.unknownRecommendation), id: id, to: caller.connection)
        }
        let interaction = ListInteraction(
            request: name.text, model: name.model, item: interact.item, action: action,
            user: caller.session.person, session: caller.session.peer.description,
            scope: scope)
        let deed = PushedList.Deed(
            session: caller.session.peer, item: interact.item, action: action)
        let list = isNew(deed, with: name) ? known.impression : nil
        let inbox = inbox
        worker.post(
            .perform { recommender in
                let done = recommender.interact(
                    interaction, with: known, caller.session.rights.viewer, worker.access)
                inbox.post(
                    .run { shard in
                        if let list, done.isKnown, done.records.isEmpty, action != .impression {
                            shard.log(deed, with: list, by: caller.session)
                        }
                        shard.keep(done, interaction, id: id, caller)
                    })
            })
    }

    private func keep(
        _ outcome: LiveRecommender.Outcome, _ interaction: ListInteraction, id: MessageID?,
        _ caller: Caller
    ) {
        let records = outcome.records
        deployments.tell(outcome.events, of: interaction.model)
        guard outcome.isKnown else {
            for record in records { keepUnasked(record) }
            return refuse(WireError(.unknownItem), id: id, to: caller.connection)
        }
        note(
            .interact, document: interaction.scope, session: caller.session,
            [
                "recommendation": .string(interaction.request),
                "item": .string(interaction.item ?? ""),
                "action": .string(interaction.action.rawValue),
            ])
        guard let last = records.last else {
            return reply(ServerMessage(id: id, .ok), to: caller.connection)
        }
        for record in records.dropLast() { keepUnasked(record) }
        keep(.record(last), then: .record(caller, id))
    }

    /// Has the journal keep something that nobody waits for.
    func keepUnasked(_ record: JournalRecord) {
        keep(.record(record), then: .unasked)
    }

    // MARK: Items

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
        let (inbox, workers) = (inbox, recommenders.map(\.worker))
        // Nobody sees the item any more, if it is to be so, before anybody is told.
        context.itemAccess.take(event, of: corpus) {
            workers[0].post(
                .perform { recommender in
                    let time = recommender.change(event)
                    for worker in workers.dropFirst() {
                        worker.post(.perform { _ = $0.change(event, logged: time) })
                    }
                    inbox.post(.run { $0.keep(record, of: change, at: time, id: id, caller) })
                })
        }
    }

    private func keep(
        _ record: JSONValue, of change: ClientMessage.Item, at time: Int, id: MessageID?,
        _ caller: Caller
    ) {
        note(
            .item, session: caller.session,
            ["corpus": .string(change.corpus), "item": .string(change.item)])
        let record = JournalRecord(
            kind: RankingLog.Kind.item.rawValue, time: time, payload: record.serialized())
        keep(.record(record), then: .record(caller, id))
    }
}

extension ClientMessage.Item {
    /// The change as recommenders and as the journal take it.
    fileprivate func event(
        _ corpus: Corpus
    ) throws(FieldError) -> (RecommenderEvent, JSONValue) {
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
