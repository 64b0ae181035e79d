// Connections to servers on one event loop.

package import Reactor
package import WebSocket
package import Wire

/// The client connections of one actor, as plain values.
///
/// The actor hands in what its loop reports, and takes events out one by one:
///
///     for event in ready {
///         guard let token = connections.receive(event) else { continue }
///         while let event = connections.next(token) { … }
///     }
///     connections.flush()
///
/// Pings are answered here. A connection that is lost is gone when the event says so.
package struct Connections: ~Copyable {
    package enum Event {
        /// One JSON message; `withBytes` lends it until the next call of `next` or `receive`.
        case message(Payload)
        case lost(ConnectionFailure)
    }

    struct Connection: ~Copyable {
        var channel: Channel
        var endpoint: ClientEndpoint
        let owner: Int
        var isDirty = false
        /// Why a write failed; the system tells it once.
        var failure: SocketError?
    }

    /// What the two directions have carried, framing included.
    package private(set) var bytesReceived = 0
    package private(set) var bytesSent = 0

    private let loop: EventLoop
    private var slab = Slab<Connection>()
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    /// What is not taken yet of the last `receive`.
    private var unread = 0..<0
    private var failure: ConnectionFailure?
    private var dirty: [SlabToken] = []
    private var random = SystemRandomNumberGenerator()
    // Scratch, so that a message costs no allocation.
    private var message: [UInt8] = []
    private var frame: [UInt8] = []

    package init(loop: EventLoop) { self.loop = loop }

    package var count: Int { slab.count }

    package func contains(_ token: SlabToken) -> Bool { slab.contains(token) }

    /// The number that the connection was begun with.
    package func owner(of token: SlabToken) -> Int { slab[token].owner }

    /// Begins a connection; messages may be sent at once.
    ///
    /// `owner` is a number by which the caller knows whose connection it is.
    package mutating func connect(
        to server: ServerAddress, owner: Int
    ) throws(SocketError) -> SlabToken {
        let socket = try Socket.connecting(to: server.address)
        let endpoint = ClientEndpoint(
            server.transport, host: server.authority, seed: random.next())
        let token = slab.insert(
            Connection(channel: Channel(socket), endpoint: endpoint, owner: owner))
        slab[token].channel.watch(on: loop, token: token)
        enqueue(slab[token].endpoint.opening, token)
        return token
    }

    // MARK: Receiving

    /// Reads once from what is ready; gives the connection that has something to be taken by `next`.
    package mutating func receive(_ event: Readiness) -> SlabToken? {
        let token = SlabToken(event.token)
        guard slab.contains(token) else { return nil }
        if event.writable { markDirty(token) }
        guard event.readable || event.broken else { return nil }
        unread = 0..<0
        failure = slab[token].failure.map { .socket($0) }
        guard failure == nil else { return token }
        switch slab[token].channel.receive(into: &buffer) {
        case .bytes(let count):
            unread = 0..<count
            bytesReceived += count
        case .wouldBlock: return nil
        case .endOfStream: failure = .closed(nil, reason: "")
        case .failed(let error): failure = .socket(error)
        }
        return token
    }

    /// Takes the next event of what was received; `nil` when all is taken.
    package mutating func next(_ token: SlabToken) -> Event? {
        guard slab.contains(token) else { return nil }
        do throws(ConnectionFailure) {
            while let event = try nextEvent(token) {
                switch event {
                case .message(let payload): return .message(payload)
                case .ping(let payload): answer(payload, token)
                case .closed(let code, let reason):
                    close(token, code: code)
                    return .lost(.closed(code, reason: reason))
                }
            }
            guard let failure else { return nil }
            throw failure
        } catch {
            drop(token)
            return .lost(error)
        }
    }

    private mutating func nextEvent(
        _ token: SlabToken
    ) throws(ConnectionFailure) -> ClientEndpoint.Event? {
        // The storage is lent to locals: a span of a member would bar all of `self`.
        var (input, output, range): ([UInt8], [UInt8], Range<Int>) = ([], [], unread)
        swap(&input, &buffer)
        defer {
            swap(&input, &buffer)
            unread = range
            if !output.isEmpty { enqueue(output, token) }
        }
        var bytes = input.mutableSpan
        return try slab[token].endpoint.next(&bytes, in: &range, output: &output)
    }

    /// Lends the bytes of a message.
    package func withBytes<Result, Failure: Error>(
        of payload: Payload, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try payload.withSpan(of: buffer.span, body)
    }

    /// Reads a message of the protocol.
    package func decode(_ payload: Payload) throws(RefusedMessage) -> ServerMessage {
        try withBytes(of: payload) { bytes throws(RefusedMessage) in
            try ServerMessage(decoding: bytes)
        }
    }

    private mutating func answer(_ ping: Payload, _ token: SlabToken) {
        let bytes = ping.withSpan(of: buffer.span) { $0.withUnsafeBufferPointer { Array($0) } }
        append(.pong, bytes.span, token)
    }

    // MARK: Sending

    /// Queues a message; `flush` sends it.
    package mutating func send(_ body: ClientMessage, to token: SlabToken) {
        var json: [UInt8] = []
        swap(&json, &message)
        json.removeAll(keepingCapacity: true)
        body.encode(into: &json)
        append(.message, json.span, token)
        swap(&json, &message)
    }

    private enum Part { case message, pong, close(CloseCode?) }

    /// Frames something and queues it.
    private mutating func append(_ part: Part, _ bytes: Span<UInt8>, _ token: SlabToken) {
        var output: [UInt8] = []
        swap(&output, &frame)
        output.removeAll(keepingCapacity: true)
        switch part {
        case .message: slab[token].endpoint.append(bytes, to: &output)
        case .pong: slab[token].endpoint.appendPong(bytes, to: &output)
        case .close(let code): slab[token].endpoint.appendClose(code, to: &output)
        }
        enqueue(output, token)
        swap(&output, &frame)
    }

    private mutating func enqueue(_ bytes: [UInt8], _ token: SlabToken) {
        slab[token].channel.enqueue(bytes)
        bytesSent += bytes.count
        markDirty(token)
    }

    private mutating func markDirty(_ token: SlabToken) {
        guard !slab[token].isDirty else { return }
        slab[token].isDirty = true
        dirty.append(token)
    }

    /// Sends what each connection was given, in one call each.
    ///
    /// A write that fails is not reported here: the loop finds the connection broken, and the next event
    /// of it says why.
    package mutating func flush() {
        for token in dirty where slab.contains(token) {
            slab[token].isDirty = false
            slab[token].failure = slab[token].channel.flush()
            slab[token].channel.updateInterest(on: loop, token: token)
        }
        dirty.removeAll(keepingCapacity: true)
    }

    // MARK: Ending

    /// Says goodbye, as far as the kernel takes it, and ends the connection.
    package mutating func close(_ token: SlabToken, code: CloseCode? = .normalClosure) {
        guard slab.contains(token) else { return }
        append(.close(code), Span(), token)
        _ = slab[token].channel.flush()
        drop(token)
    }

    /// Ends the connection without a word.
    package mutating func drop(_ token: SlabToken) { _ = slab.remove(token) }

    /// Ends all connections.
    package mutating func closeAll() {
        for token in slab.tokens { close(token) }
    }
}

extension ServerAddress {
    /// What goes into the field Host.
    var authority: String {
        switch address {
        case .tcp: address.description
        case .unix: "localhost"
        }
    }
}
