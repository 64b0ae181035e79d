// What the server says.

import JSON

/// A message from the server to a client.
package struct ServerMessage: Equatable, Sendable {
    /// That of the request it answers; of an `event`, that of the watch.
    package var id: MessageID?
    package var body: Body

    package init(id: MessageID? = nil, _ body: Body) {
        self.id = id
        self.body = body
    }

    /// The answer to a message that could not be read.
    package init(refusing message: RefusedMessage) {
        self.init(id: message.id, .error(message.error))
    }

    package indirect enum Body: Equatable, Sendable {
        case welcome(Welcome)
        case opened(Opened)
        case chunk(Chunk)
        case edit(Edit)
        case ack(Ack)
        case closed(document: String)
        case presence(Presence)
        case results(Results)
        case ok
        case explanation(Explanation)
        case event(Event)
        case pong
        case error(WireError)
        case bye(Bye)
        case deployed(Deployed)
        case status(Status)
        case review(Review)
        case drift(Drift)
    }

    /// Reads one message, as clients do.
    ///
    /// - Throws: what is wrong with it. `unknown_type` is to be ignored: the server may be newer.
    package init(decoding bytes: Span<UInt8>) throws(RefusedMessage) {
        var message = MessageReader(bytes)
        let body: Body?
        do throws(JSONError) {
            body = try Body(&message)
            if body != nil { try message.json.finish() }
        } catch {
            throw RefusedMessage(error, in: bytes)
        }
        guard let body else { throw RefusedMessage(unknownTypeIn: bytes) }
        self.init(id: message.id, body)
    }

    /// Appends the message as JSON.
    ///
    /// It is written once, however many are to get it.
    package func encode(into bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginMessage(body.type, id: id)
            body.writeFields(to: &writer)
            writer.endObject()
        }
    }
}

extension ServerMessage.Body {
    /// The message's name on the wire, for metrics and logs as well.
    package var type: StaticString {
        switch self {
        case .welcome: "welcome"
        case .opened: "opened"
        case .chunk: "chunk"
        case .edit: "edit"
        case .ack: "ack"
        case .closed: "closed"
        case .presence: "presence"
        case .results: "results"
        case .ok: "ok"
        case .explanation: "explanation"
        case .event: "event"
        case .pong: "pong"
        case .error: "error"
        case .bye: "bye"
        case .deployed: "deployed"
        case .status: "status"
        case .review: "review"
        case .drift: "drift"
        }
    }

    /// Reads the type and its members; `nil` if there is no such type.
    fileprivate init?(_ message: inout MessageReader) throws(JSONError) {
        switch try message.type() {
        case "ack": self = .ack(try .init(&message))
        case "edit": self = .edit(try .init(&message))
        case "results": self = .results(try .init(&message))
        case "presence": self = .presence(try .init(&message))
        case "event": self = .event(try .init(&message))
        case "ok":
            try message.skipFields()
            self = .ok
        case "pong":
            try message.skipFields()
            self = .pong
        case "error": self = .error(try .init(&message))
        case "welcome": self = .welcome(try .init(&message))
        case "opened": self = .opened(try .init(&message))
        case "chunk": self = .chunk(try .init(&message))
        case "closed": self = .closed(document: try message.onlyDocument())
        case "explanation": self = .explanation(try .init(&message))
        case "bye": self = .bye(try .init(&message))
        case "deployed": self = .deployed(try .init(&message))
        case "status": self = .status(try .init(&message))
        case "review": self = .review(try .init(&message))
        case "drift": self = .drift(try .init(&message))
        default: return nil
        }
    }

    fileprivate func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .welcome(let welcome): welcome.write(to: &writer)
        case .opened(let opened): opened.write(to: &writer)
        case .chunk(let chunk): chunk.write(to: &writer)
        case .edit(let edit): edit.write(to: &writer)
        case .ack(let ack): ack.write(to: &writer)
        case .closed(let document): writer.field("doc", document)
        case .presence(let presence): presence.write(to: &writer)
        case .results(let results): results.write(to: &writer)
        case .ok, .pong: break
        case .explanation(let explanation): explanation.write(to: &writer)
        case .event(let event): event.write(to: &writer)
        case .error(let error): error.write(to: &writer)
        case .bye(let bye): bye.write(to: &writer)
        case .deployed(let deployed): deployed.write(to: &writer)
        case .status(let status): status.write(to: &writer)
        case .review(let review): review.write(to: &writer)
        case .drift(let drift): drift.write(to: &writer)
        }
    }
}
