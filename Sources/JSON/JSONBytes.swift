// The search for what is not plain text in a string, eight bytes at a time.

/// Finds quotes, backslashes and control characters, which end a run of plain bytes.
enum JSONBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The quote that ends a string of nothing but plain ASCII; `nil` if the string is another.
    @inline(__always)
    static func quoteAfterPlainASCII(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var offset = start
        while offset &+ 8 <= bytes.count {
            let word = word(bytes, offset)
            let marks = marks(word) | word & tops
            guard marks == 0 else {
                offset &+= marks.trailingZeroBitCount / 8
                return bytes[offset] == UInt8(ascii: "\"") ? offset : nil
            }
            offset &+= 8
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") { return offset }
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\\") else { return nil }
            offset &+= 1
        }
        return nil
    }

    /// Where the run of plain bytes that begins at `start` ends.
    @inline(__always)
    static func endOfPlain(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var isASCII = true
        return endOfPlain(bytes, from: start, &isASCII)
    }

    /// The same; clears `isASCII` if the run has a byte of 0x80 or above.
    @inline(__always)
    static func endOfPlain(_ bytes: Span<UInt8>, from start: Int, _ isASCII: inout Bool) -> Int {
        var offset = start
        while offset &+ 8 <= bytes.count {
            let word = word(bytes, offset)
            let marks = marks(word)
            // Only what stands before the lowest mark belongs to the run.
            let run = marks == 0 ? tops : ((marks & (0 &- marks)) &- 1) & tops
            if word & run != 0 { isASCII = false }
            guard marks == 0 else { return offset &+ marks.trailingZeroBitCount / 8 }
            offset &+= 8
        }
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            if byte >= 0x80 { isASCII = false }
            offset &+= 1
        }
        return offset
    }

    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
        let raw = bytes.bytes
        return UInt64(
            littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Sets the top bit of the lowest byte that is no plain one, and perhaps of bytes above it.
    ///
    /// The usual trick for "has a byte less than n" and "equal to n"; a borrow can only mark bytes
    /// above one that is truly marked, so the lowest mark is exact.
    @inline(__always)
    private static func marks(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5c)
        return
            ((word &- ones &* 0x20) & ~word | (quote &- ones) & ~quote
            | (backslash &- ones) & ~backslash) & tops
    }
}
