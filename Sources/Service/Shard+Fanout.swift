// From messages to connections: encoded once, however many are to get them.

internal import Documents
internal import Ranking
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    // MARK: To one

    /// Answers a request.
    func reply(_ message: ServerMessage, to connection: ConnectionRef) {
        send(Outgoing(message), to: connection, settles: true)
    }

    /// Answers a request with an error; the connection goes on.
    func refuse(_ error: WireError, id: MessageID?, to connection: ConnectionRef) {
        context.metrics.errors[error.code.rawValue].add()
        note(.error, document: error.document, ["code": .string(error.code.rawValue)])
        reply(ServerMessage(id: id, .error(error)), to: connection)
    }

    /// Answers a message with an error, be a reply owed to it or not.
    func refuse(_ message: ClientMessage, with error: WireError, to connection: ConnectionRef) {
        if message.body.isRequest {
            refuse(error, id: message.id, to: connection)
        } else {
            report(error, id: message.id, to: connection)
        }
    }

    /// Tells of an error where no reply is owed.
    func report(_ error: WireError, id: MessageID? = nil, to connection: ConnectionRef) {
        context.metrics.errors[error.code.rawValue].add()
        note(.error, document: error.document, ["code": .string(error.code.rawValue)])
        push(Outgoing(ServerMessage(id: id, .error(error))), to: connection)
    }

    /// Ends the account of a request whose reply has lost its meaning.
    func settle(_ connection: ConnectionRef) {
        if connection.shard == index {
            settle(connection.token)
        } else {
            context.inboxes[connection.shard].post(.settle(connection.token))
        }
    }

    func settle(_ token: SlabToken) {
        guard connections.contains(token) else { return }
        repay(token)
        markDirty(token)
    }

    /// Notes that a reply is owed; who asks faster than it is answered is not read any more.
    func owe(_ token: SlabToken) {
        connections[token].owed += 1
        if connections[token].owed == Connection.mostOwed { updateReading(token) }
    }

    private func repay(_ token: SlabToken) {
        connections[token].owed -= 1
        if connections[token].owed == Connection.mostOwed - 1 { updateReading(token) }
    }

    private func updateReading(_ token: SlabToken) {
        connections[token].updateReading()
        updateInterest(token)
    }

    func push(_ outgoing: Outgoing, to connection: ConnectionRef) {
        send(outgoing, to: connection, settles: false)
    }

    /// Sends to a connection that is known to be here.
    func say(_ message: ServerMessage, to token: SlabToken) {
        deliver(Outgoing(message), to: token, settles: false)
    }

    func send(_ outgoing: Outgoing, to connection: ConnectionRef, settles: Bool) {
        if connection.shard == index {
            deliver(outgoing, to: connection.token, settles: settles)
        } else {
            context.inboxes[connection.shard].post(
                .deliver(outgoing, to: connection.token, settles: settles))
        }
    }

    func deliver(_ outgoing: Outgoing, to token: SlabToken, settles: Bool) {
        guard connections.contains(token), connections[token].stage != .closing else { return }
        if settles { repay(token) }
        connections[token].send(outgoing)
        context.metrics.sent(outgoing.type)
        markDirty(token)
    }

    // MARK: To all who have a document open

    /// Pushes what is new in what a version says to those whom it answers: to all with the same rights and
    /// arm the same bytes.
    ///
    /// Somebody who may not know of a change is told nothing of it, not even how many there are. Of
    /// those who read too slowly it is only noted what they miss. `results` is the rest of the message,
    /// with all that was read as unchanged; `isReport` says that it is owed even where nothing changed.
    func push(
        _ changes: ResultChanges, in results: ServerMessage.Results, isReport: Bool,
        _ token: SlabToken
    ) {
        // Nearly always one.
        var views: [(audience: Audience, view: View)] = []
        for i in documents[token].subscribers.indices
        where documents[token].subscribers[i].held == nil {
            guard let version = documents[token].subscribers[i].version(results.model) else {
                continue
            }
            let known =
                changes.isForAll
                ? [] : changes.known(with: documents[token].subscribers[i].caller.session.rights)
            let audience = Audience(known: known, arm: version.arm)
            let made = views.first { $0.audience == audience }?.view
            let view = made ?? View(of: changes, for: audience, in: results)
            if made == nil { views.append((audience, view)) }
            guard isReport || !view.blocks.isEmpty else { continue }
            if documents[token].subscribers[i].behind == nil {
                push(view.outgoing, to: documents[token].subscribers[i].caller.connection)
            } else {
                documents[token].subscribers[i].behind?.blocks[results.model, default: []]
                    .formUnion(view.blocks)
            }
        }
    }

    /// Those who get the same bytes.
    private struct Audience: Equatable {
        /// Which of the documents and items that are named they may know of.
        let known: [Bool]
        let arm: String?
    }

    /// A message as one audience gets it.
    private struct View {
        let outgoing: Outgoing
        /// Whose answers changed or went.
        let blocks: [BlockID]

        init(of changes: ResultChanges, for audience: Audience, in results: ServerMessage.Results) {
            let entries = changes.isForAll ? changes.entries : changes.seen(audience.known)
            var results = results
            results.arm = audience.arm
            results.entries = entries
            results.unchanged = max(results.unchanged - entries.count, 0)
            outgoing = Outgoing(ServerMessage(.results(results)))
            blocks = entries.map { $0.location?.block ?? .whole } + results.removed
        }
    }

    // MARK: Presence

    func show(_ presence: ClientMessage.Presence, id: MessageID?, from caller: Caller) {
        guard let token = directory[presence.document],
            let place = documents[token].subscriber(caller.connection)
        else {
            let error = WireError(.documentNotOpen, document: presence.document)
            return report(error, id: id, to: caller.connection)
        }
        if let code = documents[token].misfit(of: presence.place) {
            let error = WireError(code, document: presence.document)
            return report(error, id: id, to: caller.connection)
        }
        documents[token].subscribers[place].place = presence.place
        showPresence(of: documents[token].subscribers[place], token)
    }

    /// Tells the others that somebody has come, where it is, or that it has left.
    func showPresence(of subscriber: Subscriber, hasLeft: Bool = false, _ token: SlabToken) {
        guard documents[token].subscribers.count > (hasLeft ? 0 : 1) else { return }
        let peer = subscriber.peer
        let presence = ServerMessage.Presence(
            document: documents[token].name, peer: peer, hasLeft: hasLeft)
        let outgoing = Outgoing(ServerMessage(.presence(presence)))
        for i in documents[token].subscribers.indices {
            let subscriber = documents[token].subscribers[i]
            if subscriber.caller.session.peer == peer.peer { continue }
            if subscriber.held != nil {
                documents[token].subscribers[i].held?.peers.insert(peer.peer)
            } else if subscriber.behind == nil {
                push(outgoing, to: subscriber.caller.connection)
            } else {
                documents[token].subscribers[i].behind?.peers.insert(peer.peer)
            }
        }
    }

    // MARK: Slow readers

    /// Tells the shards of a connection's documents when it becomes slow, and when it has caught up.
    func updateCongestion(_ token: SlabToken, _ backlog: Int) {
        let low = context.limits.sendLowBytes
        let isCongested = connections[token].isCongested ? backlog > low / 2 : backlog > low
        guard isCongested != connections[token].isCongested else { return }
        connections[token].isCongested = isCongested
        connections[token].updateReading()
        for home in Set(connections[token].openDocuments.map(context.shard)) {
            if home == index {
                setCongestion(isCongested, of: ref(token))
            } else {
                context.inboxes[home].post(.congestion(ref(token), isCongested: isCongested))
            }
        }
    }

    func setCongestion(_ isCongested: Bool, of connection: ConnectionRef) {
        for token in subscriptions[connection] ?? [] {
            guard documents.contains(token), let place = documents[token].subscriber(connection)
            else { continue }
            if isCongested {
                documents[token].subscribers[place].behind = Backlog()
                continue
            }
            update(token)
            if let missed = documents[token].subscribers[place].behind {
                documents[token].subscribers[place].behind = nil
                // One whose text is held gets all of it with the text.
                guard documents[token].subscribers[place].held == nil else { continue }
                catchUp(connection, missed, token)
            }
        }
    }

    /// Sends the newest state of all that a slow reader has missed.
    private func catchUp(_ connection: ConnectionRef, _ missed: Backlog, _ token: SlabToken) {
        for (i, reading) in documents[token].readings.enumerated() {
            guard let blocks = missed.blocks[reading.model] else { continue }
            send(blocks.sorted(), of: i, token, to: connection, removing: true)
        }
        sendPresence(of: missed.peers, token, to: connection)
    }

    /// Sends where these are now, or that they have left.
    func sendPresence(of peers: Set<PeerID>, _ token: SlabToken, to connection: ConnectionRef) {
        for name in peers {
            let peer = documents[token].subscribers.first { $0.caller.session.peer == name }?.peer
            let presence = ServerMessage.Presence(
                document: documents[token].name, peer: peer ?? Peer(peer: name, user: ""),
                hasLeft: peer == nil)
            push(Outgoing(ServerMessage(.presence(presence))), to: connection)
        }
    }
}
