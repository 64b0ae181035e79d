// What a frame is.

/// The opcode of a frame, four bits: RFC 6455, section 5.2.
package struct Opcode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let continuation = Opcode(rawValue: 0x0)
    package static let text = Opcode(rawValue: 0x1)
    package static let binary = Opcode(rawValue: 0x2)
    package static let close = Opcode(rawValue: 0x8)
    package static let ping = Opcode(rawValue: 0x9)
    package static let pong = Opcode(rawValue: 0xA)

    /// Whether the frame stands by itself and may come between the fragments of a message.
    package var isControl: Bool { rawValue & 0x8 != 0 }

    /// Whether RFC 6455 gives the opcode a meaning.
    var isKnown: Bool { rawValue <= 0x2 || (0x8...0xA).contains(rawValue) }
}
