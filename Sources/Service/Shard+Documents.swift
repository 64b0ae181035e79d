// How documents come into memory, are opened and closed, and leave.

internal import Documents
internal import Journal
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    // MARK: Opening

    func open(_ open: ClientMessage.Open, id: MessageID?, from caller: Caller) {
        guard let token = directory[open.document] else {
            let token = beginLoading(open.document)
            let message = ClientMessage(id: id, .open(open))
            return documents[token].waiting.append(.init(message: message, caller: caller))
        }
        join(token, open, id: id, caller)
    }

    /// Has a request wait while its document is being read; gives whether it does.
    ///
    /// So a client need not await `opened` before it goes on, and nothing is answered by half a document.
    func hasToWait(_ message: ClientMessage, _ caller: Caller) -> Bool {
        guard !loading.isEmpty, let name = message.body.document, let token = directory[name],
            !documents[token].isReady
        else { return false }
        let isSubscriber = documents[token].subscriber(caller.connection) != nil
        if isSubscriber, case .edit = message.body {
            // It is read anew, as an edit failed: the text follows, and the edit comes again with it.
            let error = WireError(
                .storageFailed, document: name, retryAfterMilliseconds: Self.retryMilliseconds)
            refuse(error, id: message.id, to: caller.connection)
            return true
        }
        let ahead = documents[token].waiting.count { $0.caller.connection == caller.connection }
        guard ahead < Self.waitingPerConnection else {
            let error = WireError(
                .overloaded, document: name, retryAfterMilliseconds: Self.retryMilliseconds)
            refuse(message, with: error, to: caller.connection)
            return true
        }
        documents[token].waiting.append(.init(message: message, caller: caller))
        return true
    }

    private static var waitingPerConnection: Int { 16 }

    private func beginLoading(_ name: String) -> SlabToken {
        let token = documents.insert(
            LiveDocument(name: name, epoch: context.epoch, limits: context.documentLimits))
        directory[name] = token
        context.metrics.documents.add(1)
        load(token)
        return token
    }

    /// Has the journal read a document; `finishLoading` follows.
    func load(_ token: SlabToken) {
        documents[token].isReady = false
        loading.insert(token)
        let inbox = inbox
        context.journal.load(documents[token].name) { inbox.post(.loaded(token, $0)) }
    }

    func finishLoading(_ token: SlabToken, _ result: Result<StoredDocument, JournalError>) {
        guard documents.contains(token), loading.remove(token) != nil else { return }
        do {
            let stored = try result.get()
            let document = try Document(
                stored, epoch: context.epoch, limits: context.documentLimits)
            settleLoading(token, document, snapshot: stored.snapshot?.revision ?? 0)
        } catch {
            return giveUpLoading(token, "\(error)")
        }
        resynchronize(token)
        let waiting = exchange(&documents[token].waiting, with: [])
        for request in waiting { answer(request.message, from: request.caller) }
        if documents[token].subscribers.isEmpty { abandon(token) }
    }

    private func settleLoading(_ token: SlabToken, _ document: Document, snapshot: Int) {
        documents[token].document = document
        documents[token].durable = document.revision
        documents[token].snapshotRevision = snapshot
        documents[token].isReady = true
        documents[token].isOutdated = false
        chooseVersions(token)
    }

    /// Has nobody have a document open that cannot be read; whoever tries again has it read again.
    private func giveUpLoading(_ token: SlabToken, _ reason: String) {
        let error = WireError(
            .storageFailed, reason, document: documents[token].name,
            retryAfterMilliseconds: Self.retryMilliseconds)
        for request in documents[token].waiting {
            let connection = request.caller.connection
            if case .open = request.message.body { noteNotOpen(token, connection) }
            refuse(request.message, with: error, to: connection)
        }
        for subscriber in documents[token].subscribers {
            let connection = subscriber.caller.connection
            noteNotOpen(token, connection)
            if let held = subscriber.held {
                refuse(error, id: held.id, to: connection)
            } else {
                report(error, to: connection)
            }
        }
        remove(token)
    }

    /// Has the shard of a connection know that a document is not open there after all.
    private func noteNotOpen(_ token: SlabToken, _ connection: ConnectionRef) {
        let name = documents[token].name
        if connection.shard == index {
            strike(name, from: connection.token)
        } else {
            context.inboxes[connection.shard].post(.notOpen(document: name, connection.token))
        }
    }

    /// Takes a document off the account of a connection.
    func strike(_ document: String, from token: SlabToken) {
        guard connections.contains(token) else { return }
        connections[token].openDocuments.removeAll { $0 == document }
    }

    /// Makes a connection a subscriber, or gives one that is the text anew.
    private func join(
        _ token: SlabToken, _ open: ClientMessage.Open, id: MessageID?, _ caller: Caller
    ) {
        update(token)
        documents[token].subscribers.append(Subscriber(caller: caller))
        subscriptions[caller.connection, default: []].append(token)
        context.metrics.subscriptions.add(1)
        documents[token].abandoned = nil
        chooseVersions(token, for: documents[token].subscribers.count - 1)
        answer(token, open, id: id, caller)
        if let newcomer = documents[token].subscribers.last { showPresence(of: newcomer, token) }
        note(
            .open, document: documents[token].name, session: caller.session,
            ["revision": .integer(documents[token].document.revision)])
    }

    /// Tells a subscriber where the document stands: at once, or with the edits that it holds.
    func answer(
        _ token: SlabToken, _ open: ClientMessage.Open, id: MessageID?, _ caller: Caller,
        isResync: Bool = false
    ) {
        let messages = opened(
            token, id: id, to: caller, from: open.from, epoch: open.epoch, isResync: isResync)
        guard !documents[token].isSaved,
            let place = documents[token].subscriber(caller.connection)
        else { return deliver(messages, to: caller.connection, token, first: open.range) }
        documents[token].subscribers[place].held = HeldText(
            id: id, messages: messages, revision: documents[token].document.revision,
            range: open.range)
        awaiting.append(
            AwaitedCommit(
                ticket: awaiting.last, offered: now,
                answer: .held(document: token, caller.connection)))
    }

    /// Sends a subscriber the text, and what the models have said so far.
    func deliver(
        _ text: [Outgoing], to connection: ConnectionRef, _ token: SlabToken,
        first range: Range<Int>?, isReply: Bool = true
    ) {
        update(token)
        for (index, message) in text.enumerated() {
            send(message, to: connection, settles: isReply && index == 0)
        }
        if let place = documents[token].subscriber(connection) {
            documents[token].subscribers[place].held = nil
        }
        sendAnswers(token, to: connection, first: range)
    }

    /// Says where the document stands: the edits that a client lacks, or the whole text in pieces.
    private func opened(
        _ token: SlabToken, id: MessageID?, to caller: Caller, from: Int? = nil,
        epoch: String? = nil, isResync: Bool = false
    ) -> [Outgoing] {
        var opened = ServerMessage.Opened(
            document: documents[token].name, epoch: context.epochName,
            revision: documents[token].document.revision,
            sequence: documents[token].document.lastEdit(of: caller.session.id)?.sequence ?? 0,
            content: .text("", isResync: isResync),
            presence: documents[token].peers(except: caller.connection))
        if let from, epoch == context.epochName,
            let edits = documents[token].document.edits(since: from)
        {
            opened.content = .edits(edits.map { RelayedEdit($0) })
            return [Outgoing(ServerMessage(id: id, .opened(opened)))]
        }
        let pieces = documents[token].document.text.pieces(of: Self.chunkUnits)
        opened.content = .text(
            pieces.first ?? "", chunks: max(pieces.count - 1, 0), isResync: isResync || from != nil)
        var messages = [Outgoing(ServerMessage(id: id, .opened(opened)))]
        for (index, text) in pieces.enumerated().dropFirst() {
            let chunk = ServerMessage.Chunk(
                document: documents[token].name, index: index, text: text)
            messages.append(Outgoing(ServerMessage(.chunk(chunk))))
        }
        return messages
    }

    /// Gives subscribers the whole text, as theirs has come to hold what is not on disk, or lacks it.
    func resynchronize(_ token: SlabToken) {
        for subscriber in documents[token].subscribers {
            let held = subscriber.held
            let text = opened(token, id: held?.id, to: subscriber.caller, isResync: true)
            deliver(
                text, to: subscriber.caller.connection, token, first: held?.range,
                isReply: held != nil)
        }
    }

    /// A text above this many UTF-16 units comes in pieces.
    private static var chunkUnits: Int { 64 << 10 }

    // MARK: Closing

    func close(_ document: String, id: MessageID?, from caller: Caller) {
        let notOpen = WireError(.documentNotOpen, document: document)
        guard let token = directory[document],
            let place = documents[token].subscriber(caller.connection)
        else { return refuse(notOpen, id: id, to: caller.connection) }
        if let held = documents[token].subscribers[place].held {
            refuse(notOpen, id: held.id, to: caller.connection)
        }
        leave(token, caller.connection)
        unlink(token, caller.connection)
        reply(ServerMessage(id: id, .closed(document: document)), to: caller.connection)
    }

    func unlink(_ token: SlabToken, _ connection: ConnectionRef) {
        subscriptions[connection]?.removeAll { $0 == token }
        if subscriptions[connection]?.isEmpty == true { subscriptions[connection] = nil }
    }

    /// Takes a connection out of all documents here, and what it waits for out of those being read.
    func unsubscribe(_ connection: ConnectionRef) {
        for token in loading {
            documents[token].waiting.removeAll { $0.caller.connection == connection }
        }
        for token in subscriptions.removeValue(forKey: connection) ?? [] {
            leave(token, connection)
        }
    }

    private func leave(_ token: SlabToken, _ connection: ConnectionRef) {
        guard documents.contains(token), let place = documents[token].subscriber(connection) else {
            return
        }
        let subscriber = documents[token].subscribers.remove(at: place)
        context.metrics.subscriptions.add(-1)
        note(.close, document: documents[token].name, session: subscriber.caller.session)
        if !documents[token].isOpen(for: subscriber.caller.session.peer) {
            showPresence(of: subscriber, hasLeft: true, token)
        }
        endReadings(token, of: subscriber)
        if documents[token].subscribers.isEmpty { abandon(token) }
    }
}
