// A frame header that arrives in pieces.

/// Keeps the beginning of a header, without heap, until the rest is there.
struct PartialHeader: Sendable {
    /// The longest header has 14 bytes.
    private var kept = InlineArray<14, UInt8>(repeating: 0)
    private var count: UInt8 = 0

    /// Reads the header that began with what is kept and goes on with the unread bytes.
    ///
    /// Moves on behind the header; or gives `nil`, with all of the bytes consumed.
    @inline(__always)
    mutating func complete(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>, isMasked: Bool, allowsCompression: Bool
    ) throws(WebSocketError) -> FrameHeader? {
        guard count == 0 else {
            return try completeKept(
                bytes, &unread, isMasked: isMasked, allowsCompression: allowsCompression)
        }
        let header = try FrameHeader.read(
            bytes.extracting(unread), isMasked: isMasked, allowsCompression: allowsCompression)
        guard let header else {
            keep(bytes, &unread)
            return nil
        }
        unread = unread.lowerBound + header.size..<unread.upperBound
        return header
    }

    private mutating func completeKept(
        _ bytes: Span<UInt8>, _ unread: inout Range<Int>, isMasked: Bool, allowsCompression: Bool
    ) throws(WebSocketError) -> FrameHeader? {
        let start = unread.lowerBound - Int(count)
        keep(bytes, &unread)
        let header = try FrameHeader.read(
            kept.span.extracting(first: Int(count)), isMasked: isMasked,
            allowsCompression: allowsCompression)
        guard let header else { return nil }
        count = 0
        // What was taken beyond the header is payload.
        unread = start + header.size..<unread.upperBound
        return header
    }

    /// Takes as many bytes as a header can still have.
    private mutating func keep(_ bytes: Span<UInt8>, _ unread: inout Range<Int>) {
        while count < kept.count, let next = unread.popFirst() {
            kept[Int(count)] = bytes[next]
            count += 1
        }
    }
}
