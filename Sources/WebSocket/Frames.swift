// Frames as bytes to send.

extension [UInt8] {
    /// Appends one frame.
    ///
    /// A server's uncompressed frame holds nothing of the connection: encode it once, send it to all.
    /// `isCompressed` says that a `Deflater` has made `payload`; without context takeover such a frame, too,
    /// is the same for all. A client gives a fresh `maskingKey` each time, a server none.
    package mutating func appendFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, isFinal: Bool = true, isCompressed: Bool = false,
        maskingKey: MaskingKey? = nil
    ) {
        precondition(!opcode.isControl || (payload.count < 126 && isFinal && !isCompressed))
        let header = FrameHeader(
            opcode, length: payload.count, isFinal: isFinal, isCompressed: isCompressed,
            maskingKey: maskingKey)
        header.append(to: &self)
        let start = count
        append(payload)
        guard var key = maskingKey else { return }
        let end = count
        var bytes = mutableSpan
        key.apply(to: &bytes, in: start..<end)
    }

    /// Appends a Close frame; without a code it is empty.
    ///
    /// The reason is cut at 123 bytes, at the end of a character.
    package mutating func appendCloseFrame(
        _ code: CloseCode?, reason: String = "", maskingKey: MaskingKey? = nil
    ) {
        var payload: [UInt8] = []
        if let code {
            payload.append(UInt8(code.rawValue >> 8))
            payload.append(UInt8(code.rawValue & 0xFF))
            for scalar in reason.unicodeScalars {
                guard payload.count + scalar.utf8.count <= 125 else { break }
                payload.append(contentsOf: scalar.utf8)
            }
        }
        appendFrame(.close, payload.span, maskingKey: maskingKey)
    }

    /// Appends bytes that are only lent.
    mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
