// One end of a connection, whatever protocol the peer has chosen.

internal import Reactor
internal import WebSocket
internal import Wire

/// Turns the bytes of a connection into requests and messages, and messages into bytes.
///
/// One port speaks three protocols, told apart by the first byte: an upper-case letter begins HTTP,
/// which may become a WebSocket, and `{` begins JSON messages by lines. It holds no socket: bytes come
/// in through `next`, what is to be sent goes into a channel's queue.
struct Endpoint: ~Copyable {
    /// What the peer has sent.
    enum Event {
        /// To be answered, by `upgrade` or a response.
        case request(HTTPRequest)
        /// One JSON message of the protocol, as UTF-8.
        case message(Payload)
        /// A message past the limit; it was passed over and reading goes on.
        case tooLong
        /// A message to be sent back as it is.
        case echo(Opcode, Payload)
        case ping(Payload)
        /// Anything else that shows that the peer is alive.
        case sign
        /// The peer closes; our answer is due.
        case close(CloseCode?)
    }

    /// What the peer speaks.
    enum Transport: Equatable, Sendable {
        case undecided, http, webSocket, echo, lines
    }

    private(set) var transport = Transport.undecided
    private var http: HTTPParser?
    private var webSocket: WebSocketConnection?
    private var lines: LineFramer?
    private let maximumMessageSize: Int

    init(maximumMessageSize: Int) {
        self.maximumMessageSize = maximumMessageSize
    }

    /// Gives the next event in the unread part of `bytes`; `nil` once all of it is consumed.
    ///
    /// - Throws: a breach of the framing, after which nothing more can be read.
    mutating func next(
        _ bytes: inout MutableSpan<UInt8>, in unread: inout Range<Int>
    ) throws(EndpointError) -> Event? {
        if transport == .undecided {
            guard let first = unread.first else { return nil }
            try decide(bytes[first])
        }
        switch transport {
        case .http: return try nextRequest(bytes.span, &unread)
        case .lines: return nextLine(bytes.span, &unread)
        case .webSocket, .echo: return try nextFrame(&bytes, &unread)
        case .undecided: return nil
        }
    }

    private mutating func decide(_ first: UInt8) throws(EndpointError) {
        switch first {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            transport = .http
            http = HTTPParser()
        case UInt8(ascii: "{"), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            transport = .lines
            lines = LineFramer(maximumLength: maximumMessageSize)
        case 0x16: throw .encrypted
        default: throw .unknownProtocol(first: first)
        }
    }

    private mutating func nextRequest(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>
    ) throws(EndpointError) -> Event? {
        do throws(HTTPError) {
            return try http?.nextRequest(bytes, in: &unread).map { .request($0) }
        } catch {
            throw .http(error)
        }
    }

    private mutating func nextLine(_ bytes: Span<UInt8>, _ unread: inout Range<Int>) -> Event? {
        var start = unread.lowerBound
        defer { unread = start..<unread.upperBound }
        switch lines?.next(in: bytes.extracting(..<unread.upperBound), from: &start) {
        case .inInput(let range): return .message(.range(range))
        case .assembled: return .message(.bytes(lines?.assembled ?? []))
        case .tooLong: return .tooLong
        case nil: return nil
        }
    }

    private mutating func nextFrame(
        _ bytes: inout MutableSpan<UInt8>, _ unread: inout Range<Int>
    ) throws(EndpointError) -> Event? {
        let event: WebSocketEvent?
        do throws(WebSocketError) {
            event = try webSocket?.next(&bytes, in: &unread)
        } catch {
            throw .webSocket(error)
        }
        switch event {
        case .text(let payload):
            return transport == .echo ? .echo(.text, payload) : .message(payload)
        case .binary(let payload):
            guard transport == .echo else { throw .binaryMessage }
            return .echo(.binary, payload)
        case .ping(let payload): return .ping(payload)
        case .pong: return .sign
        case .close(let code, _): return .close(code)
        case nil: return nil
        }
    }

    /// Speaks WebSocket from here on.
    mutating func upgrade(compression: PermessageDeflate?, echo: Bool) {
        http = nil
        transport = echo ? .echo : .webSocket
        webSocket = WebSocketConnection(
            role: .server, maximumMessageSize: echo ? 16 << 20 : maximumMessageSize,
            compression: compression)
    }

    /// Takes the line that the end of the stream ends; only lines can end so.
    mutating func lastMessage() -> Payload? {
        switch lines?.end() {
        case .assembled: .bytes(lines?.assembled ?? [])
        case .inInput, .tooLong, nil: nil
        }
    }

    // MARK: Sending

    /// Queues a message of the protocol.
    ///
    /// Below `compressionThreshold` bytes compressing costs more than it saves.
    mutating func send(_ message: Outgoing, to channel: inout Channel) {
        switch transport {
        case .lines:
            channel.enqueue(message.json)
            channel.enqueue(Self.lineEnd)
        case .webSocket where webSocket?.compression != nil:
            send(.text, message.json.span, to: &channel)
        case .webSocket: if webSocket?.phase == .open { channel.enqueue(message.frame) }
        case .undecided, .http, .echo: break
        }
    }

    /// Queues a WebSocket message, ping or pong.
    mutating func send(_ opcode: Opcode, _ payload: Span<UInt8>, to channel: inout Channel) {
        let threshold = transport == .echo ? 1 : Self.compressionThreshold
        channel.enqueue { webSocket?.append(opcode, payload, compressingFrom: threshold, to: &$0) }
    }

    /// Queues a WebSocket Close, ours or the answer to the peer's; other transports have none.
    mutating func sendClose(_ code: CloseCode?, reason: String = "", to channel: inout Channel) {
        channel.enqueue { webSocket?.appendClose(code, reason: reason, to: &$0) }
    }

    /// Whether the peer's Close must be awaited before the connection is dropped.
    mutating func awaitsClose() -> Bool {
        switch webSocket?.phase {
        case .over, nil: false
        case .open, .closeSent, .closeDue: true
        }
    }

    private static let lineEnd = [UInt8(ascii: "\n")]
    private static let compressionThreshold = 512
}

/// A breach of the framing: the answer, if the peer can read one, and then the end.
enum EndpointError: Error, Equatable {
    case http(HTTPError)
    case webSocket(WebSocketError)
    /// The protocol's messages are text.
    case binaryMessage
    /// A TLS hello, where none is spoken.
    case encrypted
    case unknownProtocol(first: UInt8)
}
