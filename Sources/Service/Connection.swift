// What a shard knows of one connection.

internal import Documents
internal import Reactor
internal import Registry
internal import WebSocket
internal import Wire

/// Who is at the other end, once `hello` has said so.
struct Session: Sendable {
    /// Whoever knows it may resume the session.
    let id: SessionID
    let user: String
    let isOperator: Bool
    let rights: Rights
    /// The branch whose models are to answer it, as far as they are live on it.
    let branch: String?
    /// What it was let in by; nil where no key was asked for.
    let key: AccessKey?

    /// Who it is, for what is remembered of people; nil for one that gave no name.
    var person: String? { user == AccessControl.nobody ? nil : user }

    /// What others may see of it.
    var peer: PeerID { PeerID(id) }
}

/// Who asks for something, in whichever shard it is answered.
struct Caller: Sendable {
    let connection: ConnectionRef
    let session: Session
}

/// A connection: a value that belongs to one shard, and can move to another.
struct Connection: ~Copyable {
    /// Where the connection stands.
    enum Stage: Equatable {
        /// The protocol or `hello` is awaited.
        case greeting
        case open
        /// The peer writes no more; what it is owed is still sent.
        case halfClosed
        /// Nothing is read or answered any more; what waits is sent, then the connection ends.
        case closing
    }

    var channel: Channel
    var endpoint: Endpoint
    /// Names the connection in the event log.
    let number: Int
    /// Whether it came through the control socket.
    let isLocal: Bool
    var stage = Stage.greeting
    var session: Session?
    var openDocuments: [String] = []
    var watches: [Watch] = []
    /// When the peer last sent anything.
    var heard: Instant
    /// When the stage, or the wait for a sign of life, is over.
    var deadline: Instant
    var isPinged = false
    /// Turned away: whatever it asks for, the answer is to come later.
    var isRefused = false
    /// Whether our half of the stream has been ended.
    var hasFinished = false
    /// Replies that the peer will get once something else is done.
    var owed = 0
    /// Has bytes that this round's end will send.
    var isDirty = false
    /// Reads too slowly: what can be merged is held back.
    var isCongested = false
    /// Has sent something while more waited for the disk than may.
    var isPaused = false

    init(
        _ channel: consuming Channel, endpoint: consuming Endpoint, number: Int, isLocal: Bool,
        now: Instant, deadline: Instant
    ) {
        self.channel = channel
        self.endpoint = endpoint
        self.number = number
        self.isLocal = isLocal
        heard = now
        self.deadline = deadline
    }

    /// Whether so much is owed to it that it has to wait until some of that is answered.
    var isBusy: Bool { owed >= Self.mostOwed }
    static var mostOwed: Int { 256 }

    /// Stops or goes on reading.
    ///
    /// What is not read from a peer cannot lead to more that it does not read; but while it closes, its
    /// answer is awaited.
    mutating func updateReading() {
        channel.isReading = stage == .closing || !(isCongested || isPaused || isBusy)
    }

    /// Queues a message of the protocol.
    mutating func send(_ message: Outgoing) { endpoint.send(message, to: &channel) }

    /// Queues a WebSocket message, ping or pong.
    mutating func send(_ opcode: Opcode, _ payload: Span<UInt8>) {
        endpoint.send(opcode, payload, to: &channel)
    }

    /// Queues bytes as they are: an HTTP response.
    mutating func send(_ bytes: [UInt8]) { channel.enqueue(bytes) }

    /// Says nothing more but a Close, on transports that have one.
    mutating func close(_ code: CloseCode?, reason: String = "") {
        endpoint.sendClose(code, reason: reason, to: &channel)
        stage = .closing
    }
}

/// A message on its way out, in the forms of both transports: encoded once, sent to many.
struct Outgoing: Sendable {
    let type: StaticString
    let json: [UInt8]
    /// A WebSocket frame around it, without compression.
    let frame: [UInt8]

    init(_ message: ServerMessage) {
        var json: [UInt8] = []
        message.encode(into: &json)
        type = message.body.type
        self.json = json
        var frame: [UInt8] = []
        frame.reserveCapacity(json.count + 10)
        frame.appendFrame(.text, json.span)
        self.frame = frame
    }
}
