// The receiving half of permessage-deflate: RFC 7692, section 7.2.2.

internal import CZlib

/// Decompresses messages that come in pieces, and stops at a limit.
///
/// The zlib context is made when it is first needed. It takes `2^windowBits` bytes and some 7 KiB, and
/// is freed after each message if the sender does not refer to earlier ones.
struct Inflater: ~Copyable, @unchecked Sendable {
    // Unchecked: nobody else holds the pointer.
    private var stream: UnsafeMutablePointer<z_stream>?
    private let side: PermessageDeflate.Side

    /// - Parameter side: what was agreed on for the messages that are to be decompressed.
    init(_ side: PermessageDeflate.Side) {
        self.side = side
    }

    deinit { Self.free(stream) }

    /// Takes a piece of a compressed message and hands on what it says.
    mutating func decompress(
        _ piece: Span<UInt8>, to message: inout MessageAssembly
    ) throws(WebSocketError) {
        guard !piece.isEmpty else { return }
        if stream == nil { stream = makeStream() }
        guard let stream else { throw .outOfMemory }
        // The pointer is not used beyond the loop: zlib copies what it must remember.
        let failure: WebSocketError? = piece.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            do throws(WebSocketError) {
                try Self.drain(stream, to: &message)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Ends a message: puts back what the sender left out, and checks that no block is half done.
    mutating func finish(_ message: inout MessageAssembly) throws(WebSocketError) {
        let tail: [4 of UInt8] = [0x00, 0x00, 0xFF, 0xFF]
        try decompress(tail.span, to: &message)
        // 128 is set right after a block; the low six bits count the bits not yet used.
        guard let stream, stream.pointee.data_type & 0xBF == 128 else { throw .invalidCompression }
        if !side.keepsContext {
            Self.free(stream)
            self.stream = nil
        }
    }

    /// Inflates all input that `stream` has been given, a chunk of output at a time.
    private static func drain(
        _ stream: UnsafeMutablePointer<z_stream>, to message: inout MessageAssembly
    ) throws(WebSocketError) {
        try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16384) {
            chunk throws(WebSocketError) in
            repeat {
                stream.pointee.next_out = chunk.baseAddress
                stream.pointee.avail_out = UInt32(chunk.count)
                let status = inflate(stream, Z_SYNC_FLUSH)
                // What came before a fault still counts, or the error would depend on the pieces.
                let written = chunk.count - Int(stream.pointee.avail_out)
                try message.append(chunk.span.extracting(first: written))
                switch status {
                case Z_OK, Z_BUF_ERROR: break
                case Z_STREAM_END: restart(stream)
                case Z_MEM_ERROR: throw .outOfMemory
                default: throw .invalidCompression
                }
            } while stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0
        }
    }

    /// Goes on after a block marked as the last one, which ends zlib's stream but not the message.
    ///
    /// RFC 7692, section 7.2.3.4. The window stays, as later blocks may refer to it.
    private static func restart(_ stream: UnsafeMutablePointer<z_stream>) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32768) { window in
            var count: UInt32 = 0
            inflateGetDictionary(stream, window.baseAddress, &count)
            inflateReset(stream)
            inflateSetDictionary(stream, window.baseAddress, count)
        }
    }

    private func makeStream() -> UnsafeMutablePointer<z_stream>? {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, -Int32(side.windowBits), ZLIB_VERSION, size) == Z_OK else {
            stream.deallocate()
            return nil
        }
        return stream
    }

    private static func free(_ stream: UnsafeMutablePointer<z_stream>?) {
        guard let stream else { return }
        inflateEnd(stream)
        stream.deallocate()
    }
}
