// An open WebSocket: bytes in, events out.

/// The state of one connection of RFC 6455 after its opening handshake, from either side.
///
/// It holds no socket and no clock: the caller gives the bytes it has read to `next`, one event a call,
/// and sends what the `append` methods write. A connection at rest has nothing on the heap, except for
/// the contexts of permessage-deflate once they were used, where context takeover keeps them.
package struct WebSocketConnection: ~Copyable, Sendable {
    /// Whose side of the connection this is.
    package enum Role: UInt8, Sendable {
        case server
        case client
    }

    package let role: Role
    /// What was agreed on compression; `nil` where none was.
    package let compression: PermessageDeflate?

    private var closing = ClosingHandshake()
    private var partialHeader = PartialHeader()
    /// The frame whose payload goes on in the next buffer; `length` is what is still to come.
    private var frame: FrameHeader?
    /// The control frame that is arriving, if it does not lie whole in one buffer.
    private var control: [UInt8] = []
    private var message: MessageAssembly
    private var inflater: Inflater
    private var deflater: Deflater

    /// - Parameters:
    ///   - role: whose side of the connection this is.
    ///   - maximumMessageSize: the most bytes of a message, after decompression.
    ///   - compression: what the opening handshake agreed on.
    package init(role: Role, maximumMessageSize: Int, compression: PermessageDeflate? = nil) {
        self.role = role
        self.compression = compression
        message = MessageAssembly(limit: maximumMessageSize)
        let sides = compression ?? PermessageDeflate()
        inflater = Inflater(role == .server ? sides.client : sides.server)
        deflater = Deflater(role == .server ? sides.server : sides.client)
    }

    // MARK: Receiving

    /// Gives the next event in the unread range of `bytes`; `nil` once that is consumed.
    ///
    /// Payloads are unmasked in place. A message that lies whole in `bytes`, in one uncompressed frame, is
    /// given as its range in `bytes`; what comes in pieces is kept and given as bytes. How the input is cut
    /// changes nothing else. After a Close or an error the rest is passed over.
    ///
    /// - Throws: what the peer did wrong, after all messages that were complete before it; answer with
    ///   `appendClose(error.closeCode)`, flush and drop.
    /// - Complexity: O(bytes consumed); allocates only for what comes in pieces or compressed.
    package mutating func next(
        _ bytes: inout MutableSpan<UInt8>, in unread: inout Range<Int>
    ) throws(WebSocketError) -> WebSocketEvent? {
        do {
            while closing.readsOn, let header = try nextFrame(bytes.span, &unread) {
                let piece = consumePayload(of: header, &bytes, &unread)
                let event =
                    header.opcode.isControl
                    ? try takeControl(header.opcode, piece, of: bytes.span)
                    : try takeData(piece, isLast: header.isFinal && frame == nil, of: bytes.span)
                if let event { return event }
                guard frame == nil else { return nil }
            }
        } catch {
            closing.end()
            throw error
        }
        unread = unread.upperBound..<unread.upperBound
        return nil
    }

    /// Gives the frame begun before, or the one whose header comes next.
    private mutating func nextFrame(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>
    ) throws(WebSocketError) -> FrameHeader? {
        if let frame { return frame }
        let header = try partialHeader.complete(
            bytes, &unread, isMasked: role == .server, allowsCompression: compression != nil)
        guard let header else { return nil }
        if !header.opcode.isControl { try message.begin(header) }
        return header
    }

    /// Unmasks what is here of a payload and keeps in `frame` what is to come, if anything.
    private mutating func consumePayload(
        of header: FrameHeader, _ bytes: inout MutableSpan<UInt8>, _ unread: inout Range<Int>
    ) -> Range<Int> {
        var rest = header
        let piece = unread.prefix(header.length)
        rest.maskingKey?.apply(to: &bytes, in: piece)
        rest.length -= piece.count
        frame = rest.length > 0 ? rest : nil
        unread = piece.upperBound..<unread.upperBound
        return piece
    }

    private mutating func takeData(
        _ piece: Range<Int>, isLast: Bool, of bytes: Span<UInt8>
    ) throws(WebSocketError) -> WebSocketEvent? {
        let opcode = message.opcode
        let liesInBuffer = isLast && message.isEmpty && !message.isCompressed
        if message.isCompressed {
            try inflater.decompress(bytes.extracting(piece), to: &message)
            if isLast { try inflater.finish(&message) }
        } else if liesInBuffer {
            try message.check(bytes.extracting(piece))
        } else {
            try message.append(bytes.extracting(piece))
        }
        guard isLast else { return nil }
        let kept = try message.finish()
        let payload = liesInBuffer ? Payload.range(piece) : .bytes(kept)
        return opcode == .text ? .text(payload) : .binary(payload)
    }

    private mutating func takeControl(
        _ opcode: Opcode, _ piece: Range<Int>, of bytes: Span<UInt8>
    ) throws(WebSocketError) -> WebSocketEvent? {
        var payload = Payload.range(piece)
        if frame != nil || !control.isEmpty {
            control.append(bytes.extracting(piece))
            guard frame == nil else { return nil }
            payload = .bytes(exchange(&control, with: []))
        }
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            let event = try payload.withSpan(of: bytes, WebSocketEvent.init(closePayload:))
            closing.end()
            return event
        }
    }

    // MARK: Sending

    /// Appends a message, ping or pong as one frame; nothing once a Close has gone out or is due.
    ///
    /// - Parameters:
    ///   - opcode: what the frame is; for Close there is `appendClose`.
    ///   - payload: for a ping or pong at most 125 bytes.
    ///   - threshold: the least size of a message that is worth compressing, if compression was agreed on.
    ///   - maskingKey: a fresh key on a client, `nil` on a server.
    ///   - output: what is to be sent.
    package mutating func append(
        _ opcode: Opcode, _ payload: Span<UInt8>, compressingFrom threshold: Int = .max,
        maskingKey: MaskingKey? = nil, to output: inout [UInt8]
    ) {
        precondition(opcode != .close && (maskingKey != nil) == (role == .client))
        guard closing.phase == .open else { return }
        if compression != nil, !opcode.isControl, payload.count >= max(threshold, 1) {
            var compressed: [UInt8] = []
            if deflater.compress(payload, to: &compressed) {
                output.appendFrame(
                    opcode, compressed.span, isCompressed: true, maskingKey: maskingKey)
                return
            }
        }
        output.appendFrame(opcode, payload, maskingKey: maskingKey)
    }

    /// Appends a Close, ours or the answer to the peer's; nothing once one has gone out.
    ///
    /// - Parameters:
    ///   - code: why; `nil` leaves the frame empty, as is the answer to an empty one.
    ///   - reason: for people to read, cut at 123 bytes.
    ///   - maskingKey: a fresh key on a client, `nil` on a server.
    ///   - output: what is to be sent.
    package mutating func appendClose(
        _ code: CloseCode?, reason: String = "", maskingKey: MaskingKey? = nil,
        to output: inout [UInt8]
    ) {
        precondition((maskingKey != nil) == (role == .client))
        guard closing.close() else { return }
        output.appendCloseFrame(code, reason: reason, maskingKey: maskingKey)
    }

    // MARK: Closing

    /// How far the closing handshake has come; when it is `over`, flush and drop the transport.
    package var phase: ClosingHandshake.Phase { closing.phase }

    /// Gives up on a peer that left our Close unanswered: to be called some seconds after it.
    package mutating func closeTimedOut() {
        closing.timeOut()
    }
}
