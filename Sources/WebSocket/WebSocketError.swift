// What a peer can do wrong, and the close code that answers it.

/// A breach of RFC 6455 or RFC 7692 by the peer.
package enum WebSocketError: Error, Equatable {
    /// An RSV bit that no extension has given a meaning, or RSV1 where it may not stand.
    case reservedBits(UInt8)
    case unknownOpcode(UInt8)
    /// A client's frame without a mask, or a server's with one.
    case wrongMasking
    case fragmentedControlFrame(Opcode)
    case controlFrameTooLong(Opcode)
    /// A length written in more bytes than it needs.
    case lengthNotMinimal
    /// A length of 2^63 or more.
    case lengthTooLarge
    /// A continuation while no message is open.
    case unexpectedContinuation
    /// A new message while another waits for its continuation.
    case expectedContinuation(Opcode)
    case messageTooBig(limit: Int)
    case invalidUTF8
    /// A Close whose payload is a single byte.
    case truncatedCloseCode
    case invalidCloseCode(CloseCode)
    /// A compressed message that is no DEFLATE stream, or ends in the middle of a block.
    case invalidCompression
    /// zlib found no memory for its context: our failure, but the connection cannot go on.
    case outOfMemory

    /// The code to close with, from RFC 6455, section 7.4.1.
    package var closeCode: CloseCode {
        switch self {
        case .reservedBits, .unknownOpcode, .wrongMasking, .fragmentedControlFrame,
            .controlFrameTooLong, .lengthNotMinimal, .lengthTooLarge, .unexpectedContinuation,
            .expectedContinuation, .truncatedCloseCode, .invalidCloseCode:
            .protocolError
        case .invalidUTF8, .invalidCompression: .invalidPayload
        case .messageTooBig: .messageTooBig
        case .outOfMemory: .internalError
        }
    }
}
