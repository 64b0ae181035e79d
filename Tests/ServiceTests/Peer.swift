// A client of the protocol, for tests: blocking, with a deadline on every wait.

import JSON
import Testing
import WebSocket

/// One connection that speaks the protocol.
final class Peer {
    enum Transport: String {
        case webSocket = "websocket"
        case tcp, control
    }

    let transport: Transport
    private let stream: Stream
    private var webSocket: WebSocketConnection?
    /// The line that has come in part.
    private var line: [UInt8] = []
    /// What has come and was not taken, in its order.
    private(set) var messages: [JSONValue] = []
    /// The WebSocket pings that have come; each was answered.
    private(set) var pings = 0
    /// Whether the server has closed.
    private(set) var isClosed = false
    /// Why it did, as it said.
    private(set) var closeCode: Int?

    init(
        _ server: TestServer, over transport: Transport = .webSocket, window: Int32? = nil
    ) throws {
        self.transport = transport
        switch transport {
        case .control: stream = try Stream(path: server.controlPath)
        case .tcp, .webSocket: stream = try Stream(port: server.port, window: window)
        }
        if transport == .webSocket { try upgrade() }
    }

    /// One that has said hello.
    convenience init(
        _ server: TestServer, over transport: Transport = .webSocket, user: String,
        session: String? = nil, token: String? = nil, branch: String? = nil, window: Int32? = nil
    ) throws {
        try self.init(server, over: transport, window: window)
        var hello: JSONValue = ["type": "hello", "protocol": 1, "user": .string(user)]
        if let session { hello = hello.adding("session", .string(session)) }
        if let token { hello = hello.adding("token", .string(token)) }
        if let branch { hello = hello.adding("branch", .string(branch)) }
        try send(hello)
        self.session = try expect("welcome")["session"]?.string ?? ""
    }

    /// The session, where `init` has said hello.
    private(set) var session = ""
    /// What others see of it.
    var peer: String { String(session.prefix(16)) }

    var descriptor: Int32 { stream.descriptor }

    private func upgrade() throws {
        let handshake = ClientHandshake(
            host: "localhost", target: "/ws", nonce: .random(in: 0 ... .max))
        try stream.write(handshake.request)
        var parser = HTTPParser()
        let bytes = Array(try stream.read())
        var unread = bytes.indices
        let response = try #require(try parser.nextResponse(bytes.span, in: &unread))
        _ = try handshake.agreement(response)
        webSocket = WebSocketConnection(role: .client, maximumMessageSize: 1 << 26)
        try take(bytes[unread])
    }

    // MARK: Sending

    func send(_ message: JSONValue) throws { try sendText(message.description) }

    /// Sends text as it is: as one WebSocket message, or as lines.
    func sendText(_ text: String) throws {
        var bytes: [UInt8] = []
        if webSocket == nil {
            bytes = Array(text.utf8) + [UInt8(ascii: "\n")]
        } else {
            let payload = Array(text.utf8)
            webSocket?.append(.text, payload.span, maskingKey: Self.key(), to: &bytes)
        }
        try write(bytes)
    }

    /// Sends bytes as they are.
    func write(_ bytes: [UInt8]) throws { try stream.write(bytes) }

    func finishWriting() { stream.finishWriting() }

    private static func key() -> MaskingKey {
        var random = SystemRandomNumberGenerator()
        return .random(using: &random)
    }

    // MARK: Receiving

    /// Takes the first message that fits, waiting for it.
    func first(
        _ deadline: Deadline = Deadline(), where fits: (JSONValue) -> Bool
    ) throws -> JSONValue {
        while true {
            if let place = messages.firstIndex(where: fits) { return messages.remove(at: place) }
            if isClosed { throw PeerError.closed(code: closeCode, waiting: messages) }
            do {
                try receive(deadline)
            } catch is Timeout {
                throw PeerError.timeout(waiting: messages)
            }
        }
    }

    /// Takes the first message of a type.
    func expect(_ type: String, kind: String? = nil) throws -> JSONValue {
        try first { $0["type"]?.string == type && (kind == nil || $0["kind"]?.string == kind) }
    }

    /// Takes results up to those that leave nothing pending; gives all their entries.
    func expectEntries() throws -> [JSONValue] {
        var entries: [JSONValue] = []
        while true {
            let results = try expect("results")
            entries += results["results"]?.array ?? []
            if results["pending"] == nil { return entries }
        }
    }

    /// Takes the answer to the message with that id.
    func reply(to id: JSONValue) throws -> JSONValue { try first { $0["id"] == id } }

    /// Sends a message with an id of its own and takes the answer.
    func ask(_ message: JSONValue) throws -> JSONValue {
        asked += 1
        let id = JSONValue.string("ask \(asked)")
        try send(message.adding("id", id))
        return try reply(to: id)
    }

    private var asked = 0

    /// Takes all messages that have come.
    func takeAll() -> [JSONValue] {
        defer { messages = [] }
        return messages
    }

    /// Puts messages back that were taken, as if they had just come.
    func giveBack(_ taken: [JSONValue]) { messages += taken }

    /// Waits for the server to close; gives the code, over WebSocket.
    @discardableResult
    func expectClose() throws -> Int? {
        let deadline = Deadline()
        while !isClosed { try receive(deadline) }
        return closeCode
    }

    /// Reads once, waiting for something.
    func receive(_ deadline: Deadline = Deadline()) throws {
        let bytes: ArraySlice<UInt8>
        do {
            bytes = try stream.read(deadline)
        } catch StreamError.lost {
            isClosed = true
            return
        }
        if bytes.isEmpty { isClosed = true } else { try take(bytes) }
    }

    private func take(_ bytes: ArraySlice<UInt8>) throws {
        if webSocket == nil { try takeLines(bytes) } else { try takeFrames(Array(bytes)) }
    }

    private func takeLines(_ bytes: ArraySlice<UInt8>) throws {
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            messages.append(try JSONValue(parsing: line + rest[..<end]))
            line = []
            rest = rest[(end + 1)...]
        }
        line += rest
    }

    private func takeFrames(_ bytes: [UInt8]) throws {
        var bytes = bytes
        var unread = bytes.indices
        while let event = try nextEvent(&bytes, &unread) {
            switch event {
            case .text(let payload):
                let text = payload.withSpan(of: bytes.span) { span in span.indices.map { span[$0] }
                }
                messages.append(try JSONValue(parsing: text))
            case .ping(let payload):
                pings += 1
                var pong: [UInt8] = []
                payload.withSpan(of: bytes.span) { span in
                    webSocket?.append(.pong, span, maskingKey: Self.key(), to: &pong)
                }
                try? stream.write(pong)
            case .close(let code, _):
                closeCode = code.map { Int($0.rawValue) }
                var answer: [UInt8] = []
                webSocket?.appendClose(code, maskingKey: Self.key(), to: &answer)
                try? stream.write(answer)
                isClosed = true
            case .binary, .pong: break
            }
        }
    }

    private func nextEvent(
        _ bytes: inout [UInt8], _ unread: inout Range<Int>
    ) throws -> WebSocketEvent? {
        var span = bytes.mutableSpan
        return try webSocket?.next(&span, in: &unread)
    }
}

enum PeerError: Error {
    /// The server closed before the message that was waited for came.
    case closed(code: Int?, waiting: [JSONValue])
    case timeout(waiting: [JSONValue])
}

extension JSONValue {
    /// The object with one more member.
    func adding(_ key: String, _ value: JSONValue) -> JSONValue {
        .object((object ?? []) + [(key: key, value: value)])
    }
}
