// What follows when the journal has decided.

internal import Documents
internal import Journal
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    /// Says what was to be said once entries are on disk, in their order.
    func settle(_ commit: JournalCommit) {
        var failures = commit.failures[...]
        while let awaited = awaiting.next(through: commit.through) {
            if let failure = failures.first, failure.ticket == awaited.ticket, awaited.hasEntry {
                failures.removeFirst()
                fail(awaited, failure.error)
            } else {
                complete(awaited)
            }
        }
    }

    private func complete(_ awaited: AwaitedCommit) {
        switch awaited.answer {
        case .edit(let token, let revision, let sequence, let author, let id):
            context.metrics.commits.observe(Double(now.since(awaited.offered)) / 1e9)
            relay(revision, sequence, token, from: author, id: id)
        case .again(let token, let revision, let sequence, let author, let id):
            guard documents.contains(token), documents[token].durable >= revision else {
                return refuse(WireError(.storageFailed), id: id, to: author.connection)
            }
            let ack = ServerMessage.Ack(
                document: documents[token].name, sequence: sequence, revision: revision)
            reply(ServerMessage(id: id, .ack(ack)), to: author.connection)
        case .held(let token, let connection): release(connection, token)
        case .record(let caller, let id):
            reply(ServerMessage(id: id, .ok), to: caller.connection)
        case .snapshot(let token, let revision):
            if documents.contains(token) { documents[token].snapshotRevision = revision }
        case .unasked: break
        }
    }

    /// Tells the author that its edit is saved, and the others what it is.
    private func relay(
        _ revision: Int, _ sequence: Int, _ token: SlabToken, from author: Caller, id: MessageID?
    ) {
        guard documents.contains(token), documents[token].isReady else {
            return settle(author.connection)
        }
        documents[token].durable = revision
        acknowledge(revision, sequence, token, to: author, id: id)
        let name = documents[token].name
        let others = documents[token].subscribers.filter {
            $0.caller.connection != author.connection && ($0.held?.revision ?? 0) < revision
        }
        if !others.isEmpty, let edit = documents[token].document.edits(since: revision - 1)?.first {
            let message = ServerMessage.Edit(document: name, edit: RelayedEdit(edit))
            let outgoing = Outgoing(ServerMessage(.edit(message)))
            for other in others { push(outgoing, to: other.caller.connection) }
        }
        if revision - documents[token].snapshotRevision >= Self.snapshotInterval { snapshot(token) }
    }

    /// Tells the author, unless it has closed the document, or opened it anew and will see the edit in
    /// its text.
    private func acknowledge(
        _ revision: Int, _ sequence: Int, _ token: SlabToken, to author: Caller, id: MessageID?
    ) {
        guard let place = documents[token].subscriber(author.connection),
            (documents[token].subscribers[place].held?.revision ?? 0) < revision
        else { return settle(author.connection) }
        if documents[token].subscribers[place].editInFlight == sequence {
            documents[token].subscribers[place].editInFlight = nil
        }
        let ack = ServerMessage.Ack(
            document: documents[token].name, sequence: sequence, revision: revision)
        reply(ServerMessage(id: id, .ack(ack)), to: author.connection)
    }

    /// Sends the text that was held for a subscriber, if it still is and all of it is on disk.
    ///
    /// It is not if the subscriber has gone, or an edit in the text failed: then all get another.
    private func release(_ connection: ConnectionRef, _ token: SlabToken) {
        guard documents.contains(token), let place = documents[token].subscriber(connection),
            let held = documents[token].subscribers[place].held,
            held.revision <= documents[token].durable
        else { return }
        deliver(held.messages, to: connection, token, first: held.range)
        sendPresence(of: held.peers, token, to: connection)
    }

    // MARK: Failure

    private func fail(_ awaited: AwaitedCommit, _ error: JournalError) {
        context.metrics.errors["journal"].add()
        note(.error, ["code": "journal", "message": .string("\(error)")])
        switch awaited.answer {
        case .edit(let token, _, _, let author, let id):
            refuse(WireError(error), id: id, to: author.connection)
            reload(token)
        case .record(let caller, let id): refuse(WireError(error), id: id, to: caller.connection)
        case .snapshot, .again, .held, .unasked: break
        }
    }

    /// Goes back to what is on disk: the text in memory holds an edit that is not.
    private func reload(_ token: SlabToken) {
        guard documents.contains(token), documents[token].isReady else { return }
        documents[token].readings = []
        for i in documents[token].subscribers.indices {
            documents[token].subscribers[i].editInFlight = nil
        }
        load(token)
    }

    // MARK: Snapshots

    /// So many edits are replayed at most when a document is loaded.
    private static var snapshotInterval: Int { 1000 }

    /// Writes the whole document, so that loading it stays quick however long its history.
    func snapshot(_ token: SlabToken) {
        // Counted from here on, so that one is under way at a time.
        documents[token].snapshotRevision = documents[token].document.revision
        var payload: [UInt8] = []
        let snapshot = documents[token].document.snapshot
        snapshot.encode(into: &payload)
        let entry = JournalSnapshot(
            document: documents[token].name, revision: snapshot.revision, payload: payload)
        keep(.snapshot(entry), then: .snapshot(document: token, revision: snapshot.revision))
    }
}

extension WireError {
    /// What an author is told of an entry that is not on disk.
    init(_ error: JournalError) {
        if case .diskFull = error {
            self.init(.storageFull, retryAfterMilliseconds: 5000)
        } else {
            self.init(.storageFailed, "\(error)", retryAfterMilliseconds: 1000)
        }
    }
}
