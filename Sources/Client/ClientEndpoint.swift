// The client's end of a connection: bytes in, messages out, on either transport.

internal import Numerics
package import WebSocket
internal import Wire

/// Turns the bytes of a connection into messages, and messages into bytes, without I/O.
///
/// Messages may be given to it at once: what cannot be sent before the server has agreed to open a
/// WebSocket waits here until it has.
package struct ClientEndpoint: ~Copyable {
    /// What the server has sent.
    package enum Event: Equatable {
        /// One JSON message, as UTF-8.
        case message(Payload)
        /// To be answered by `appendPong`.
        case ping(Payload)
        /// The server closes: `appendClose` answers.
        case closed(CloseCode?, reason: String)
    }

    /// The longest message that is taken; a server has no reason to send one as long.
    private static let messageLimit = 64 << 20

    private let handshake: ClientHandshake?
    /// Reads the answer to the handshake, until it is there.
    private var http: HTTPParser?
    private var webSocket: WebSocketConnection?
    private var lines: LineFramer?
    /// Messages for which the handshake is not over yet.
    private var waiting: [[UInt8]] = []
    // Masks are there so that a page cannot choose the bytes that a browser sends; here nobody else
    // chooses them, so that a small generator does.
    private var masks: SplitMix64

    /// An endpoint that asks for `host`; `seed` is for the handshake and the masks.
    package init(_ transport: Transport, host: String, seed: UInt64) {
        masks = SplitMix64(seed: seed)
        switch transport {
        case .lines:
            handshake = nil
            lines = LineFramer(maximumLength: Self.messageLimit)
        case .webSocket:
            let nonce = UInt128(masks.next()) << 64 | UInt128(masks.next())
            handshake = ClientHandshake(
                host: host, target: ServerAddress.webSocketPath, nonce: nonce)
            http = HTTPParser()
        }
    }

    /// What the client sends first, before any message.
    package var opening: [UInt8] { handshake?.request ?? [] }

    /// Gives the next event in the unread range of `bytes`; `nil` once that is consumed.
    ///
    /// What has waited for the handshake is appended to `output` when that is over.
    package mutating func next(
        _ bytes: inout MutableSpan<UInt8>, in unread: inout Range<Int>, output: inout [UInt8]
    ) throws(ConnectionFailure) -> Event? {
        if http != nil { try finishHandshake(bytes.span, &unread, &output) }
        if webSocket != nil { return try nextFrame(&bytes, &unread) }
        return try nextLine(bytes.span, &unread)
    }

    private mutating func finishHandshake(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>, _ output: inout [UInt8]
    ) throws(ConnectionFailure) {
        let response: HTTPResponse?
        do { response = try http?.nextResponse(bytes, in: &unread) } catch { throw .http(error) }
        guard let response else { return }
        do { _ = try handshake?.agreement(response) } catch { throw .handshake(error) }
        http = nil
        webSocket = WebSocketConnection(role: .client, maximumMessageSize: Self.messageLimit)
        for message in waiting { append(message.span, to: &output) }
        waiting = []
    }

    private mutating func nextFrame(
        _ bytes: inout MutableSpan<UInt8>, _ unread: inout Range<Int>
    ) throws(ConnectionFailure) -> Event? {
        while true {
            let event: WebSocketEvent?
            do { event = try webSocket?.next(&bytes, in: &unread) } catch {
                throw .webSocket(error)
            }
            switch event {
            case .text(let payload): return .message(payload)
            case .binary: throw .binaryMessage
            case .ping(let payload): return .ping(payload)
            case .pong: continue
            case .close(let code, let reason): return .closed(code, reason: reason)
            case nil: return nil
            }
        }
    }

    private mutating func nextLine(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>
    ) throws(ConnectionFailure) -> Event? {
        var offset = unread.lowerBound
        let input = bytes.extracting(first: unread.upperBound)
        let line = lines?.next(in: input, from: &offset)
        unread = offset..<unread.upperBound
        switch line {
        case .inInput(let range): return .message(.range(range))
        case .assembled: return .message(.bytes(lines?.assembled ?? []))
        case .tooLong: throw .messageTooLong(limit: Self.messageLimit)
        case nil: return nil
        }
    }

    // MARK: Sending

    /// Appends a message, or keeps it until the handshake is over.
    package mutating func append(_ message: Span<UInt8>, to output: inout [UInt8]) {
        if lines != nil {
            message.withUnsafeBufferPointer { output.append(contentsOf: $0) }
            output.append(UInt8(ascii: "\n"))
        } else if webSocket != nil {
            webSocket?.append(.text, message, maskingKey: .random(using: &masks), to: &output)
        } else {
            waiting.append(message.withUnsafeBufferPointer { Array($0) })
        }
    }

    /// Answers a ping.
    package mutating func appendPong(_ payload: Span<UInt8>, to output: inout [UInt8]) {
        webSocket?.append(.pong, payload, maskingKey: .random(using: &masks), to: &output)
    }

    /// Says, or answers, that the connection ends; lines just end.
    package mutating func appendClose(_ code: CloseCode?, to output: inout [UInt8]) {
        webSocket?.appendClose(code, maskingKey: .random(using: &masks), to: &output)
    }
}
