// A connection for those who have nothing else to do than to wait for the answer.

package import Documents
internal import Glibc
internal import Reactor
internal import WebSocket
package import Wire

/// Says hello, asks and waits, one message after another.
///
/// For commands that ask a server one thing, and for tests. Each wait has the same limit.
package struct BlockingConnection: ~Copyable {
    private var channel: Channel
    private var endpoint: ClientEndpoint
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var unread = 0..<0
    private let patience: Int
    private var lastID = 0
    /// What the server said to `hello`.
    package private(set) var welcome: ServerMessage.Welcome

    /// Connects and says hello; waits at most `patience` milliseconds for anything, now and later.
    package static func connect(
        to server: ServerAddress, hello: ClientMessage.Hello, patience: Int = 10_000
    ) throws(RequestFailure) -> BlockingConnection {
        var random = SystemRandomNumberGenerator()
        var connection = BlockingConnection(
            try channel(to: server.address),
            ClientEndpoint(server.transport, host: server.authority, seed: random.next()),
            patience: patience)
        guard case .welcome(let welcome) = try connection.request(.hello(hello)).body else {
            throw .unexpected
        }
        connection.welcome = welcome
        return connection
    }

    private init(
        _ channel: consuming Channel, _ endpoint: consuming ClientEndpoint, patience: Int
    ) {
        self.channel = channel
        self.endpoint = endpoint
        self.patience = patience
        welcome = .unknown
        self.channel.enqueue(self.endpoint.opening)
    }

    private static func channel(to address: Address) throws(RequestFailure) -> Channel {
        do throws(SocketError) {
            return Channel(try Socket.connecting(to: address))
        } catch {
            throw .connection(.socket(error))
        }
    }

    /// Sends a request and gives the reply; what else comes meanwhile is passed over.
    ///
    /// - Throws: `.refused` if the reply is an error.
    package mutating func request(
        _ body: ClientMessage.Body
    ) throws(RequestFailure) -> ServerMessage {
        lastID += 1
        let id = MessageID.integer(lastID)
        try send(ClientMessage(id: id, body))
        while true {
            guard let message = try next() else { throw .connection(.timedOut) }
            if case .error(let error) = message.body, message.id == id || message.id == nil {
                throw .refused(error)
            }
            if message.id == id { return message }
        }
    }

    package mutating func send(_ message: ClientMessage) throws(RequestFailure) {
        var bytes: [UInt8] = []
        message.encode(into: &bytes)
        var output: [UInt8] = []
        endpoint.append(bytes.span, to: &output)
        channel.enqueue(output)
        try flush()
    }

    /// Gives the next message; `nil` if none comes within `patience`, or the milliseconds given.
    package mutating func next(
        within milliseconds: Int? = nil
    ) throws(RequestFailure) -> ServerMessage? {
        let deadline = Instant.now().advanced(byMilliseconds: milliseconds ?? patience)
        while true {
            if let message = try nextReceived() { return message }
            guard try wait(for: Int16(POLLIN), until: deadline) else { return nil }
            switch channel.receive(into: &buffer) {
            case .bytes(let count): unread = 0..<count
            case .wouldBlock: continue
            case .endOfStream: throw .connection(.closed(nil, reason: ""))
            case .failed(let error): throw .connection(.socket(error))
            }
        }
    }

    private mutating func nextReceived() throws(RequestFailure) -> ServerMessage? {
        var output: [UInt8] = []
        while let event = try nextEvent(&output) {
            switch event {
            case .message(let payload):
                do throws(RefusedMessage) {
                    return try payload.withSpan(of: buffer.span) { bytes throws(RefusedMessage) in
                        try ServerMessage(decoding: bytes)
                    }
                } catch {
                    // A newer server may say what this client does not know.
                    if error.error.code == .unknownType { continue }
                    throw .connection(.unreadable(error.error))
                }
            case .ping(let payload):
                let bytes = payload.withSpan(of: buffer.span) {
                    $0.withUnsafeBufferPointer { Array($0) }
                }
                output.removeAll()
                endpoint.appendPong(bytes.span, to: &output)
                channel.enqueue(output)
                try flush()
            case .closed(let code, let reason): throw .connection(.closed(code, reason: reason))
            }
        }
        return nil
    }

    private mutating func nextEvent(
        _ output: inout [UInt8]
    ) throws(RequestFailure) -> ClientEndpoint.Event? {
        // Lent to a local: a span of a member would bar all of `self`.
        var input: [UInt8] = []
        swap(&input, &buffer)
        defer { swap(&input, &buffer) }
        var bytes = input.mutableSpan
        let event: ClientEndpoint.Event?
        do throws(ConnectionFailure) {
            event = try endpoint.next(&bytes, in: &unread, output: &output)
        } catch {
            throw .connection(error)
        }
        if !output.isEmpty {
            channel.enqueue(output)
            output.removeAll()
            try flush()
        }
        return event
    }

    private mutating func flush() throws(RequestFailure) {
        let deadline = Instant.now().advanced(byMilliseconds: patience)
        while true {
            if let error = channel.flush() { throw .connection(.socket(error)) }
            if channel.backlog == 0 { return }
            guard try wait(for: Int16(POLLOUT), until: deadline) else {
                throw .connection(.timedOut)
            }
        }
    }

    /// Waits until the socket is ready; `false` if the time is over.
    private func wait(for events: Int16, until deadline: Instant) throws(RequestFailure) -> Bool {
        while true {
            let left = deadline.since(.now()) / 1_000_000
            var descriptor = pollfd(fd: channel.descriptor, events: events, revents: 0)
            let count = poll(&descriptor, 1, Int32(clamping: left + 1))
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw .connection(.socket(SocketError("poll"))) }
            if deadline <= .now() { return false }
        }
    }

    /// Says goodbye; without it the server sees the connection end all the same.
    package mutating func close() {
        var output: [UInt8] = []
        endpoint.appendClose(.normalClosure, to: &output)
        channel.enqueue(output)
        _ = channel.flush()
    }
}

extension BlockingConnection {
    /// Reads a document as somebody who comes to it now, and leaves it.
    package mutating func read(
        _ document: String
    ) throws(RequestFailure) -> (revision: Int, text: Text) {
        guard case .opened(let opened) = try request(.open(.init(document: document))).body,
            case .text(var text, let chunks, _) = opened.content
        else { throw .unexpected }
        var count = 0
        while count < chunks {
            guard let message = try next() else { throw .connection(.timedOut) }
            guard case .chunk(let chunk) = message.body, chunk.document == document else {
                continue
            }
            text += chunk.text
            count += 1
        }
        _ = try request(.close(document: document))
        return (opened.revision, Text(text))
    }
}

/// Why a request came to nothing.
package enum RequestFailure: Error, Equatable, CustomStringConvertible {
    case connection(ConnectionFailure)
    case refused(WireError)
    /// The reply is of another type than the request asks for.
    case unexpected

    package var description: String {
        switch self {
        case .connection(let failure): "\(failure)"
        case .refused(let error): error.message
        case .unexpected: "the server's reply is of another type than was asked for"
        }
    }
}

extension ServerMessage.Welcome {
    /// Stands in until the server has said it.
    fileprivate static var unknown: Self {
        Self(
            server: "", session: .init(rawValue: 0), user: "",
            limits: Limits(
                maximumMessageBytes: 0, maximumDocumentUnits: 0, maximumOpenDocuments: 0,
                historyRevisions: 0, pingSeconds: 0))
    }
}
