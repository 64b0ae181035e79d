// The data message that is arriving.

/// Collects a message that does not lie whole in one buffer, and checks it on the way.
///
/// Holds nothing on the heap between messages.
struct MessageAssembly: ~Copyable, Sendable {
    /// Text or binary; `continuation` while no message is open.
    private(set) var opcode = Opcode.continuation
    private(set) var isCompressed = false
    private var validator = UTF8Validator()
    private var bytes: [UInt8] = []
    private let limit: Int

    /// - Parameter limit: the most bytes a message may have, after decompression.
    init(limit: Int) {
        precondition(limit >= 0)
        self.limit = limit
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// Takes note of a data frame, before its payload.
    mutating func begin(_ header: FrameHeader) throws(WebSocketError) {
        if header.opcode == .continuation {
            guard opcode != .continuation else { throw .unexpectedContinuation }
        } else {
            guard opcode == .continuation else { throw .expectedContinuation(header.opcode) }
            opcode = header.opcode
            isCompressed = header.isCompressed
        }
        // The size of a compressed message shows only when it is decompressed.
        guard isCompressed || header.length <= limit - bytes.count else {
            throw .messageTooBig(limit: limit)
        }
    }

    /// Checks bytes of the message that need not be kept.
    mutating func check(_ piece: Span<UInt8>) throws(WebSocketError) {
        guard opcode != .text || validator.append(piece) else { throw .invalidUTF8 }
    }

    /// Checks and keeps bytes of the message.
    ///
    /// Bytes count in their order: those up to the limit are checked before the next one exceeds it.
    mutating func append(_ piece: Span<UInt8>) throws(WebSocketError) {
        let room = limit - bytes.count
        try check(piece.extracting(first: room))
        guard piece.count <= room else { throw .messageTooBig(limit: limit) }
        bytes.append(piece)
    }

    /// Ends the message and gives what was kept of it.
    mutating func finish() throws(WebSocketError) -> [UInt8] {
        guard validator.isComplete else { throw .invalidUTF8 }
        opcode = .continuation
        isCompressed = false
        return exchange(&bytes, with: [])
    }
}
