// What clients say.

import JSON

/// A message from a client to the server.
package struct ClientMessage: Equatable, Sendable {
    /// The reply repeats it.
    package var id: MessageID?
    package var body: Body

    package init(id: MessageID? = nil, _ body: Body) {
        self.id = id
        self.body = body
    }

    package indirect enum Body: Equatable, Sendable {
        case hello(Hello)
        case open(Open)
        case edit(Edit)
        case close(document: String)
        case presence(Presence)
        case classify(Classify)
        case recommend(Recommend)
        case interact(Interact)
        case feedback(Feedback)
        case item(Item)
        case explain(Explained)
        case watch(Watch)
        /// Ends the watch with that id, or all of the connection.
        case unwatch(MessageID?)
        case ping
        case deploy(Deploy)
        case apply(Apply)
        case status
        case review(Review)
        case reviewed(Reviewed)
        case drift(Drift)
    }

    /// Reads one message.
    ///
    /// - Throws: the answer to give; the connection can go on.
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
    package func encode(into bytes: inout [UInt8]) {
        JSONWriter.append(to: &bytes) { writer in
            writer.beginMessage(body.type, id: id)
            body.writeFields(to: &writer)
            writer.endObject()
        }
    }
}

extension ClientMessage.Body {
    /// The message's name on the wire, for metrics and logs as well.
    package var type: StaticString {
        switch self {
        case .hello: "hello"
        case .open: "open"
        case .edit: "edit"
        case .close: "close"
        case .presence: "presence"
        case .classify: "classify"
        case .recommend: "recommend"
        case .interact: "interact"
        case .feedback: "feedback"
        case .item: "item"
        case .explain: "explain"
        case .watch: "watch"
        case .unwatch: "unwatch"
        case .ping: "ping"
        case .deploy: "deploy"
        case .apply: "apply"
        case .status: "status"
        case .review: "review"
        case .reviewed: "reviewed"
        case .drift: "drift"
        }
    }

    /// Reads the type and its members; `nil` if there is no such type.
    fileprivate init?(_ message: inout MessageReader) throws(JSONError) {
        switch try message.type() {
        case "edit": self = .edit(try .init(&message))
        case "presence": self = .presence(try .init(&message))
        case "ping":
            try message.skipFields()
            self = .ping
        case "classify": self = .classify(try .init(&message))
        case "recommend": self = .recommend(try .init(&message))
        case "interact": self = .interact(try .init(&message))
        case "feedback": self = .feedback(try .init(&message))
        case "hello": self = .hello(try .init(&message))
        case "open": self = .open(try .init(&message))
        case "close": self = .close(document: try message.onlyDocument())
        case "item": self = .item(try .init(&message))
        case "explain": self = .explain(try .init(&message))
        case "watch": self = .watch(try .init(&message))
        case "unwatch": self = .unwatch(try message.onlyWatch())
        case "deploy": self = .deploy(try .init(&message))
        case "apply": self = .apply(try .init(&message))
        case "status":
            try message.skipFields()
            self = .status
        case "review": self = .review(try .init(&message))
        case "reviewed": self = .reviewed(try .init(&message))
        case "drift": self = .drift(try .init(&message))
        default: return nil
        }
    }

    fileprivate func writeFields(to writer: inout JSONWriter) {
        switch self {
        case .hello(let hello): hello.write(to: &writer)
        case .open(let open): open.write(to: &writer)
        case .edit(let edit): edit.write(to: &writer)
        case .close(let document): writer.field("doc", document)
        case .presence(let presence): presence.write(to: &writer)
        case .classify(let classify): classify.write(to: &writer)
        case .recommend(let recommend): recommend.write(to: &writer)
        case .interact(let interact): interact.write(to: &writer)
        case .feedback(let feedback): feedback.write(to: &writer)
        case .item(let item): item.write(to: &writer)
        case .explain(let explained): explained.write(to: &writer)
        case .watch(let watch): watch.write(to: &writer)
        case .unwatch(let watch):
            if let watch {
                writer.key("watch")
                watch.write(to: &writer)
            }
        case .ping, .status: break
        case .deploy(let deploy): deploy.write(to: &writer)
        case .apply(let apply): apply.write(to: &writer)
        case .review(let review): review.write(to: &writer)
        case .reviewed(let reviewed): reviewed.write(to: &writer)
        case .drift(let drift): drift.write(to: &writer)
        }
    }
}

extension MessageReader {
    mutating func skipFields() throws(JSONError) {
        while try nextField() != nil { try json.skipValue() }
    }

    fileprivate mutating func onlyWatch() throws(JSONError) -> MessageID? {
        var watch: MessageID?
        while let key = try nextField() {
            switch key {
            case "watch": watch = try MessageID(from: &json)
            default: try json.skipValue()
            }
        }
        return watch
    }

    mutating func onlyDocument() throws(JSONError) -> String {
        var document: String?
        while let key = try nextField() {
            switch key {
            case "doc": document = try json.documentID()
            default: try json.skipValue()
            }
        }
        return try require(document, "doc")
    }
}

extension JSONWriter {
    /// Lends the storage of `bytes` to a writer, so that nothing is copied.
    static func append(to bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        swap(&writer.bytes, &bytes)
        body(&writer)
        swap(&writer.bytes, &bytes)
    }

    mutating func beginMessage(_ type: StaticString, id: MessageID?) {
        literal("{\"type\":\"")
        literal(type)
        literal("\"")
        guard let id else { return }
        key("id")
        id.write(to: &self)
    }
}
