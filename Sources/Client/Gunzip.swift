// Unpacks gzip files.

internal import CZlib

/// Unpacks one gzip member (RFC 1952), all of `bytes`.
///
/// - Throws: `.damaged`, also if the result would be longer than `limit`.
package func gunzip(_ bytes: [UInt8], limit: Int = 1 << 30) throws(GunzipError) -> [UInt8] {
    var stream = z_stream()
    // 16 more than the window of 15 bits asks zlib for the gzip header and checksum.
    let version = inflateInit2_(
        &stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard version == Z_OK else { throw .damaged(code: version) }
    defer { inflateEnd(&stream) }
    var input = bytes
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var code = Z_OK
    input.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        while code == Z_OK, output.count <= limit {
            let room = piece.count
            piece.withUnsafeMutableBufferPointer { piece in
                stream.next_out = piece.baseAddress
                stream.avail_out = UInt32(room)
                code = inflate(&stream, Z_NO_FLUSH)
            }
            output.append(contentsOf: piece[..<(room - Int(stream.avail_out))])
        }
    }
    guard code == Z_STREAM_END, stream.avail_in == 0, output.count <= limit else {
        throw .damaged(code: code)
    }
    return output
}

/// Why a gzip file could not be unpacked.
package enum GunzipError: Error, Equatable {
    /// The code is zlib's.
    case damaged(code: Int32)
}
