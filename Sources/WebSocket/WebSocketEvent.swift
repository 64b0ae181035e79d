// What a peer has said.

/// A whole message or control frame from the peer.
package enum WebSocketEvent: Equatable, Sendable {
    /// A text message, valid UTF-8.
    case text(Payload)
    case binary(Payload)
    /// To be answered with a pong of the same payload.
    case ping(Payload)
    case pong(Payload)
    /// The peer closes: `appendClose(code)` answers, unless we closed first; then flush and drop.
    ///
    /// `code` is `nil` if the peer gave none.
    case close(code: CloseCode?, reason: String)
}

/// Where the bytes of a message are.
package enum Payload: Equatable, Sendable {
    /// In the buffer that was given to `next`, unmasked; good until the buffer is written again.
    case range(Range<Int>)
    /// By themselves, since the message came in pieces or compressed.
    case bytes([UInt8])

    package var count: Int {
        switch self {
        case .range(let range): range.count
        case .bytes(let bytes): bytes.count
        }
    }

    /// Lends the bytes, wherever they are; `buffer` is what was given to `next`.
    @inlinable
    package func withSpan<Result, Failure: Error>(
        of buffer: Span<UInt8>, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch self {
        case .range(let range): try body(buffer.extracting(range))
        case .bytes(let bytes): try body(bytes.span)
        }
    }
}

extension WebSocketEvent {
    /// Reads the payload of a Close frame: RFC 6455, section 5.5.1.
    init(closePayload bytes: Span<UInt8>) throws(WebSocketError) {
        guard !bytes.isEmpty else {
            self = .close(code: nil, reason: "")
            return
        }
        guard bytes.count > 1 else { throw .truncatedCloseCode }
        let code = CloseCode(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
        guard code.isAllowedInFrame else { throw .invalidCloseCode(code) }
        let text = bytes.extracting(droppingFirst: 2)
        var validator = UTF8Validator()
        guard validator.append(text), validator.isComplete else { throw .invalidUTF8 }
        let reason = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        self = .close(code: code, reason: reason)
    }
}
