// The two to fourteen bytes before a payload: RFC 6455, section 5.2.

/// What a frame says of itself.
package struct FrameHeader: Equatable, Sendable {
    package var opcode: Opcode
    /// Whether the frame ends its message (FIN).
    package var isFinal = true
    /// Whether the frame begins a compressed message (RSV1, RFC 7692).
    package var isCompressed = false
    package var length: Int
    package var maskingKey: MaskingKey?

    package init(
        _ opcode: Opcode, length: Int, isFinal: Bool = true, isCompressed: Bool = false,
        maskingKey: MaskingKey? = nil
    ) {
        self.opcode = opcode
        self.length = length
        self.isFinal = isFinal
        self.isCompressed = isCompressed
        self.maskingKey = maskingKey
    }

    /// The bytes that the header takes.
    package var size: Int {
        let extended = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8
        return 2 + extended + (maskingKey == nil ? 0 : 4)
    }

    /// Appends the header as it goes over the wire.
    package func append(to output: inout [UInt8]) {
        output.append(
            opcode.rawValue | (isFinal ? 0x80 : 0) | (isCompressed ? Self.compressedBit : 0))
        let masked: UInt8 = maskingKey == nil ? 0 : 0x80
        if length < 126 {
            output.append(masked | UInt8(length))
        } else {
            output.append(masked | (length <= 0xFFFF ? 126 : 127))
            for shift in stride(from: length <= 0xFFFF ? 8 : 56, through: 0, by: -8) {
                output.append(UInt8(truncatingIfNeeded: length >> shift))
            }
        }
        guard let key = maskingKey?.littleEndian else { return }
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            output.append(UInt8(truncatingIfNeeded: key >> shift))
        }
    }

    /// Reads the header with which `bytes` begin; `nil` until all of it is there.
    ///
    /// What the first two bytes forbid is thrown without waiting for the rest. `isMasked` says that frames
    /// of the sender must be masked, or else must not; `allowsCompression` that it was agreed on.
    static func read(
        _ bytes: Span<UInt8>, isMasked: Bool, allowsCompression: Bool
    ) throws(WebSocketError) -> FrameHeader? {
        guard bytes.count >= 2 else { return nil }
        var header = try FrameHeader(
            bytes[0], bytes[1], isMasked: isMasked, allowsCompression: allowsCompression
        )
        var offset = 2
        if header.length >= 126 {
            let width = header.length == 126 ? 2 : 8
            guard bytes.count - offset >= width else { return nil }
            let length = bigEndian(bytes, offset..<offset + width)
            guard length >> 63 == 0 else { throw .lengthTooLarge }
            guard length > (width == 2 ? 125 : 0xFFFF) else { throw .lengthNotMinimal }
            header.length = Int(length)
            offset += width
        }
        if isMasked {
            guard bytes.count - offset >= 4 else { return nil }
            let key = UInt32(truncatingIfNeeded: bigEndian(bytes, offset..<offset + 4))
            header.maskingKey = MaskingKey(littleEndian: key.byteSwapped)
        }
        return header
    }

    /// Reads what the first two bytes say; a length of 126 or 127 stands for what follows.
    private init(
        _ first: UInt8, _ second: UInt8, isMasked: Bool, allowsCompression: Bool
    ) throws(WebSocketError) {
        opcode = Opcode(rawValue: first & 0xF)
        isFinal = first & 0x80 != 0
        isCompressed = first & Self.compressedBit != 0
        length = Int(second & 0x7F)
        let mayBeCompressed = allowsCompression && (opcode == .text || opcode == .binary)
        let reserved = first & (mayBeCompressed ? 0x30 : 0x70)
        guard reserved == 0 else { throw .reservedBits(reserved >> 4) }
        guard opcode.isKnown else { throw .unknownOpcode(opcode.rawValue) }
        guard (second & 0x80 != 0) == isMasked else { throw .wrongMasking }
        if opcode.isControl {
            guard isFinal else { throw .fragmentedControlFrame(opcode) }
            guard length < 126 else { throw .controlFrameTooLong(opcode) }
        }
    }

    private static let compressedBit: UInt8 = 0x40

    @inline(__always)
    private static func bigEndian(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var value: UInt64 = 0
        for i in range { value = value << 8 | UInt64(bytes[i]) }
        return value
    }
}
