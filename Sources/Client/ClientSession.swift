// One session on a server, over as many connections as it takes.

package import Documents
package import Wire

/// What a client says and hears, without I/O.
///
/// The caller connects, tells so, sends what `takeOutgoing` gives, hands in what comes, and connects
/// again after `disconnected` when the time that it gives is over. The session then goes on: by its
/// name, each document from the revision that is here, each edit by its number.
package struct ClientSession: Sendable {
    /// How far the present connection has come.
    package enum State: Equatable, Sendable {
        case offline, greeting, open
    }

    /// What a message has led to.
    package enum Event: Equatable, Sendable {
        case welcomed
        /// The document is open, for the first time or again.
        case opened(document: String)
        /// The text changed by others' edits.
        case changed(document: String, Operation)
        /// An edit is saved, as this revision; others' edits before it change the text here.
        case acknowledged(document: String, sequence: Int, revision: Int, Operation)
        case results(document: String, model: String, kind: String, ResultsAccount.Entry)
        /// An answer to a request of the caller's own.
        case reply(ServerMessage)
        /// The server refuses or complains; whether it can be tried again the error says.
        case error(WireError, id: MessageID?)
        /// The server is about to close.
        case bye(ServerMessage.Bye)
    }

    package private(set) var state = State.offline
    /// The session's name; it is a secret.
    package private(set) var id: SessionID?
    package private(set) var limits: Limits?
    /// Connections after the first that led to a `welcome`.
    package private(set) var reconnects = 0
    /// The documents that were opened; look at them in place, a copy would copy the text at the next edit.
    package private(set) var documents: [String: ClientDocument] = [:]
    private var outgoing: [ClientMessage] = []
    private var backoff = Backoff()
    private let user: String?
    private let token: String?
    private let client: String

    /// A session that has not begun; `client` is the program's name, for the operator's eyes.
    package init(client: String, user: String? = nil, token: String? = nil) {
        self.client = client
        self.user = user
        self.token = token
    }

    /// Gives the messages to be sent, in order, and forgets them.
    package mutating func takeOutgoing() -> [ClientMessage] {
        defer { outgoing.removeAll() }
        return outgoing
    }

    // MARK: What the caller does

    /// Says hello on a new connection.
    package mutating func connected() {
        state = .greeting
        outgoing = [
            ClientMessage(.hello(.init(token: token, user: user, client: client, session: id)))
        ]
    }

    /// Notes the loss of the connection.
    ///
    /// - Returns: the milliseconds to wait before the next one.
    package mutating func disconnected(
        using random: inout some RandomNumberGenerator
    ) -> Int {
        state = .offline
        outgoing = []
        for name in documents.keys { documents[name]?.disconnect() }
        return backoff.next(using: &random)
    }

    /// Opens a document, now or as soon as there is a connection.
    package mutating func open(_ name: String) {
        guard documents[name] == nil else { return }
        let document = ClientDocument(name: name)
        if state == .open { outgoing.append(document.openMessage) }
        documents[name] = document
    }

    /// Edits a document that `open` was called for; the operation must fit its text here.
    package mutating func edit(_ name: String, _ operation: Operation) {
        documents[name]?.edit(operation, sending: &outgoing)
    }

    /// Sends any other message, if there is a connection.
    package mutating func send(_ message: ClientMessage) {
        if state == .open { outgoing.append(message) }
    }

    /// Lets a document lag: edits of others past `revision` are received and not applied.
    package mutating func setHorizon(
        _ revision: Int, of name: String
    ) throws(ClientError) -> Operation {
        try documents[name]?.setHorizon(revision) ?? Operation()
    }

    // MARK: What the server says

    /// Takes a message; `nil` where it leads to nothing that the caller has to know.
    package mutating func receive(_ message: ServerMessage) throws(ClientError) -> Event? {
        switch message.body {
        case .welcome(let welcome): return welcomed(welcome)
        case .opened(let opened):
            let effect = try at(opened.document) {
                document, session, outgoing throws(ClientError) in
                try document.receive(opened, session: session, sending: &outgoing)
            }
            return effect.map { _ in .opened(document: opened.document) }
        case .chunk(let chunk):
            let effect = try at(chunk.document) { document, session, outgoing throws(ClientError) in
                try document.receive(chunk, session: session, sending: &outgoing)
            }
            return effect.map { _ in .opened(document: chunk.document) }
        case .edit(let edit):
            let effect = try at(edit.document) { document, _, _ throws(ClientError) in
                try document.receive(edit.edit)
            }
            return effect.map { .changed(document: edit.document, $0) }
        case .ack(let ack):
            let effect = try at(ack.document) { document, _, outgoing throws(ClientError) in
                try document.receive(ack, sending: &outgoing)
            }
            return .acknowledged(
                document: ack.document, sequence: ack.sequence, revision: ack.revision, effect)
        case .results(let results): return self.results(results, message)
        case .error(let error): return try refused(error, id: message.id)
        case .bye(let bye):
            backoff.wait(atLeast: bye.retryAfterMilliseconds)
            return .bye(bye)
        case .presence, .event: return nil
        case .closed, .ok, .explanation, .pong, .deployed, .status, .review, .drift:
            return .reply(message)
        }
    }

    private mutating func welcomed(_ welcome: ServerMessage.Welcome) -> Event {
        if id != nil { reconnects += 1 }
        id = welcome.session
        limits = welcome.limits
        state = .open
        backoff.reset()
        for name in documents.keys.sorted() {
            guard let document = documents[name] else { continue }
            outgoing.append(document.openMessage)
        }
        return .welcomed
    }

    /// Calls `body` with a document, in place.
    private mutating func at<Result>(
        _ name: String,
        _ body: (inout ClientDocument, SessionID, inout [ClientMessage]) throws(ClientError) ->
            Result
    ) throws(ClientError) -> Result {
        guard let id, let index = documents.index(forKey: name) else {
            throw .unknownDocument(name)
        }
        return try body(&documents.values[index], id, &outgoing)
    }

    private mutating func results(
        _ results: ServerMessage.Results, _ message: ServerMessage
    ) -> Event? {
        guard message.id == nil, let source = results.source else { return .reply(message) }
        return note(
            results.model, kind: results.kind.rawValue, document: source.document,
            revision: source.revision, pending: results.pending)
    }

    /// Takes down results of which no more was read than what the account needs.
    package mutating func note(
        _ model: String, kind: String, document: String, revision: Int, pending: Int
    ) -> Event? {
        guard let place = documents.index(forKey: document) else { return nil }
        let index = documents.values[place].results.index(of: model, kind: kind)
        let entry = documents.values[place].results.note(
            model: index, revision: revision, pending: pending)
        return .results(document: document, model: model, kind: kind, entry)
    }

    private mutating func refused(
        _ error: WireError, id: MessageID?
    ) throws(ClientError) -> Event? {
        if let pause = error.retryAfterMilliseconds { backoff.wait(atLeast: pause) }
        switch error.code {
        case .takenOver, .unauthorized, .unsupportedProtocol: throw .turnedAway(error)
        case .sequenceGap:
            guard let name = error.document, documents[name] != nil else { break }
            documents[name]?.reopen(&outgoing)
            return nil
        // The edit in flight will never be part of the document.
        case .offsetOutsideText, .splitSurrogatePair, .textTooLong:
            if let name = error.document { _ = documents[name]?.discard() }
        default: break
        }
        return .error(error, id: id)
    }
}
