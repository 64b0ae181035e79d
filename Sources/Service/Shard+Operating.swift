// What operators ask for: the live event log, deployments, the state of the server.

internal import Dispatch
internal import Documents
internal import JSON
internal import Reactor
internal import Telemetry
internal import WebSocket
internal import Wire

/// One who reads the event log: a place in it, not a queue.
struct Watch {
    let id: MessageID?
    let filter: EventFilter
    var cursor: UInt64
    /// Events that were dropped and not told of yet.
    var lost = 0
}

extension Shard {
    /// Answers on the shard of the connection itself.
    func operate(_ message: ClientMessage, from token: SlabToken, _ caller: Caller) {
        switch message.body {
        case .watch(let watch): begin(watch, id: message.id, token)
        case .unwatch(let watch): end(watch, id: message.id, token)
        case .deploy(let deploy): self.deploy(deploy, id: message.id, caller)
        case .apply(let apply): self.apply(apply, id: message.id, caller)
        case .status:
            let status = context.control.status(draining: isDraining, deployments)
            reply(ServerMessage(id: message.id, .status(status)), to: caller.connection)
        case .drift(let asked): show(asked, id: message.id, caller)
        case .review(let review): show(review, id: message.id, to: caller)
        case .reviewed(let reviewed): take(reviewed, id: message.id, from: caller)
        default: answer(message, from: caller)
        }
    }

    // MARK: Watching

    private func begin(_ watch: ClientMessage.Watch, id: MessageID?, _ token: SlabToken) {
        guard connections[token].watches.count < Self.watchesPerConnection else {
            let error = WireError(
                .overloaded, "a connection has at most \(Self.watchesPerConnection) watches")
            return refuse(error, id: id, to: ref(token))
        }
        if let name = watch.events?.first(where: { EventType(rawValue: $0) == nil }) {
            let known = EventType.allCases.map(\.rawValue).joined(separator: ", ")
            let error = WireError(.badField, "there are no events '\(name)'; there are \(known)")
            return refuse(error, id: id, to: ref(token))
        }
        let filter = EventFilter(
            types: watch.events.map { Set($0.compactMap(EventType.init(rawValue:))) },
            document: watch.document, session: watch.session?.description)
        let cursor = watch.since.map(context.eventLog.cursor(since:)) ?? context.eventLog.end
        connections[token].watches.append(Watch(id: id, filter: filter, cursor: cursor))
        watchers.insert(token)
        reply(ServerMessage(id: id, .ok), to: ref(token))
    }

    private func end(_ watch: MessageID?, id: MessageID?, _ token: SlabToken) {
        connections[token].watches.removeAll { watch == nil || $0.id == watch }
        if connections[token].watches.isEmpty { watchers.remove(token) }
        reply(ServerMessage(id: id, .ok), to: ref(token))
    }

    /// Lets each watcher read on in the log, unless it has much to read already.
    ///
    /// One that reads too slowly loses the oldest events, and is told how many; nobody waits for it.
    func serveWatchers() {
        var end: UInt64?
        laggingWatchers.removeAll(keepingCapacity: true)
        for token in watchers where connections.contains(token) {
            guard connections[token].channel.backlog < context.limits.sendLowBytes else {
                laggingWatchers.append(token)
                continue
            }
            for i in connections[token].watches.indices { serve(token, watch: i, &end) }
        }
        guard let end, !isAwaitingEvents else { return }
        isAwaitingEvents = true
        let inbox = inbox
        context.eventLog.wake(at: end) { inbox.post(.eventsArrived) }
    }

    private func serve(_ token: SlabToken, watch i: Int, _ end: inout UInt64?) {
        let watch = connections[token].watches[i]
        let page = context.eventLog.read(
            from: watch.cursor, matching: watch.filter, limit: Self.eventsInRound)
        end = min(end ?? page.next, page.next)
        var lost = watch.lost + page.lost
        for event in page.events {
            let shown = shown(ServerMessage.Event(event, lost: lost))
            say(ServerMessage(id: watch.id, .event(shown)), to: token)
            lost = 0
        }
        connections[token].watches[i].cursor = page.next
        connections[token].watches[i].lost = lost
    }

    /// Whether a watcher that was passed over has been sent enough since to have its turn.
    ///
    /// No event of the log may come to wake the loop for it.
    var canWatchersGoOn: Bool {
        laggingWatchers.contains { token in
            connections.contains(token)
                && connections[token].channel.backlog < context.limits.sendLowBytes
        }
    }

    private static var eventsInRound: Int { 256 }
    private static var watchesPerConnection: Int { 16 }

    // MARK: Deploying

    private func deploy(_ deploy: ClientMessage.Deploy, id: MessageID?, _ caller: Caller) {
        let inbox = inbox
        let user = caller.session.user
        let control = context.control
        control.queue.async {
            let result = control.deploy(deploy, by: user)
            inbox.post(.run { $0.answer(result, id: id, caller) })
        }
    }

    private func answer(
        _ result: Result<ServerMessage.Deployed, WireError>, id: MessageID?, _ caller: Caller
    ) {
        switch result {
        case .success(let deployed):
            let deployment = deployed.deployment
            let branch = deployment.branch.map { [EventField("branch", .string($0))] } ?? []
            note(
                .deploy, document: nil, session: caller.session,
                fields: [
                    EventField("model", .string(deployment.model)),
                    EventField("by", .string(caller.session.user)),
                    EventField("removed", .boolean(deployment.documents.isEmpty)),
                ] + branch)
            reply(ServerMessage(id: id, .deployed(deployed)), to: caller.connection)
        case .failure(let error): refuse(error, id: id, to: caller.connection)
        }
    }

    private func apply(_ apply: ClientMessage.Apply, id: MessageID?, _ caller: Caller) {
        let inbox = inbox
        let user = caller.session.user
        let control = context.control
        control.queue.async {
            let result = control.apply(apply, by: user)
            inbox.post(
                .run { shard in
                    switch result {
                    case .success(let changes):
                        shard.note(
                            .apply, session: caller.session,
                            ["by": .string(user), "changes": .strings(changes)])
                        shard.reply(ServerMessage(id: id, .ok), to: caller.connection)
                    case .failure(let error): shard.refuse(error, id: id, to: caller.connection)
                    }
                })
        }
    }

    private func show(_ asked: ClientMessage.Drift, id: MessageID?, _ caller: Caller) {
        let inbox = inbox
        let control = context.control
        control.queue.async {
            let versions = control.drift(of: asked.model)
            inbox.post(
                .run { shard in
                    guard !versions.isEmpty else {
                        let error = WireError(.unknownModel, asked.model)
                        return shard.refuse(error, id: id, to: caller.connection)
                    }
                    let drift = ServerMessage.Drift(versions: versions)
                    shard.reply(ServerMessage(id: id, .drift(drift)), to: caller.connection)
                })
        }
    }

    // MARK: Draining

    /// Says goodbye to everybody; what was begun is finished, then the connections close.
    func drain(_ drained: DispatchGroup) {
        guard !isDraining else { return drained.leave() }
        self.drained = drained
        note(.drain)
        keepOutcomes()
        for (number, slot) in listeners.enumerated() {
            slot.listener.pause(on: loop, token: UInt64(number))
        }
        for token in connections.tokens {
            if connections[token].session != nil { say(goodbye(.drain), to: token) }
            // This round's flush closes those to whom nothing is owed, a later one the others.
            markDirty(token)
        }
        leaveIfEmpty()
    }

    /// Reports the shard as drained once its last connection has gone.
    func leaveIfEmpty() {
        guard connections.count == 0, let drained, !hasLeft else { return }
        hasLeft = true
        drained.leave()
    }

    func goodbye(_ reason: ServerMessage.ByeReason) -> ServerMessage {
        ServerMessage(.bye(.init(reason: reason, retryAfterMilliseconds: Self.retryMilliseconds)))
    }
}

extension ServerMessage.Event {
    init(_ event: Telemetry.Event, lost: Int) {
        self.init(
            lost: lost, sequence: Int(event.sequence), time: event.time, event: event.type.rawValue,
            document: event.document, session: event.session,
            fields: event.fields.map { Field($0.name.description, JSONValue($0.value)) })
    }
}

extension JSONValue {
    fileprivate init(_ value: EventValue) {
        self =
            switch value {
            case .integer(let value): .number(Double(value))
            case .number(let value): .number(value)
            case .boolean(let value): .boolean(value)
            case .string(let value): .string(value)
            case .strings(let values): .array(values.map { .string($0) })
            }
    }
}
