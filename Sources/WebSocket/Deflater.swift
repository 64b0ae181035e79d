// The sending half of permessage-deflate: RFC 7692, section 7.2.1.

internal import CZlib

/// Compresses messages, one after another.
///
/// The zlib context is made when it is first needed. It takes `8 × 2^windowBits` bytes and some 6 KiB.
/// Without context takeover it is freed after each message, so that a connection at rest holds none, and
/// a compressed message is the same for all receivers.
package struct Deflater: ~Copyable, @unchecked Sendable {
    // Unchecked: nobody else holds the pointer.
    private var stream: UnsafeMutablePointer<z_stream>?
    private let side: PermessageDeflate.Side

    /// - Parameter side: what was agreed on for the messages that are to be compressed.
    package init(_ side: PermessageDeflate.Side) {
        self.side = side
    }

    deinit { Self.free(stream) }

    /// Appends a message compressed; `false`, with nothing appended, where there is no memory for a context.
    ///
    /// The message must not be empty: zlib flushes nothing for a second empty one in a row.
    package mutating func compress(_ message: Span<UInt8>, to output: inout [UInt8]) -> Bool {
        precondition(!message.isEmpty)
        if stream == nil { stream = makeStream() }
        guard let stream else { return false }
        message.withUnsafeBufferPointer { input in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = UInt32(input.count)
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16384) { chunk in
                repeat {
                    stream.pointee.next_out = chunk.baseAddress
                    stream.pointee.avail_out = UInt32(chunk.count)
                    deflate(stream, Z_SYNC_FLUSH)
                    output.append(
                        contentsOf: chunk[..<(chunk.count - Int(stream.pointee.avail_out))])
                } while stream.pointee.avail_out == 0
            }
        }
        // A sync flush ends with an empty stored block, 00 00 FF FF, which the receiver puts back.
        output.removeLast(4)
        if !side.keepsContext {
            Self.free(stream)
            self.stream = nil
        }
        return true
    }

    private func makeStream() -> UnsafeMutablePointer<z_stream>? {
        // zlib refuses a raw stream of 8 bits. It never refers farther back than the window less 262
        // bytes (MIN_LOOKAHEAD), so that what 9 bits write, 250 bytes back at most, 8 bits can read.
        let bits = max(Int32(side.windowBits), 9)
        // As many heads in the hash table, 2^(level + 7), as positions in the window: the proportion of
        // zlib's own defaults (15 and 8). More would only be cleared for each context and never fill.
        let memoryLevel = bits - 7
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            return nil
        }
        return stream
    }

    private static func free(_ stream: UnsafeMutablePointer<z_stream>?) {
        guard let stream else { return }
        deflateEnd(stream)
        stream.deallocate()
    }
}
