// Strings: a quick scan to the closing quote, and a slow path for escapes.

extension JSONReader {
    /// Where a string stands between its quotes, once it was found to be valid.
    @usableFromInline
    struct StringToken {
        let range: Range<Int>
        let isASCII: Bool
        @usableFromInline let isEscaped: Bool
    }

    /// Reads a string; `\u` escapes of surrogate pairs give one character.
    package mutating func string() throws(JSONError) -> String {
        let token = try scanString()
        let content = bytes.extracting(token.range)
        return token.isEscaped
            ? Self.unescaped(content) : String(valid: content, isASCII: token.isASCII)
    }

    /// Reads a string that is one of a few known words, to be compared where it stands.
    @_lifetime(copy self)
    package mutating func keyword() throws(JSONError) -> JSONKey {
        let token = try scanString()
        return JSONKey(bytes: bytes.extracting(token.range), isEscaped: token.isEscaped)
    }

    /// Reads over a string; half a surrogate pair is a matter for those who want the text.
    mutating func skipString() throws(JSONError) {
        _ = try scanString(isSkipping: true)
    }

    /// Finds the end of a string; nearly all of them are plain ASCII.
    @inline(__always)
    private mutating func scanString(isSkipping: Bool = false) throws(JSONError) -> StringToken {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw mismatch(.string)
        }
        let start = position &+ 1
        if let end = JSONBytes.quoteAfterPlainASCII(bytes, from: start) {
            position = end &+ 1
            return StringToken(range: start..<end, isASCII: true, isEscaped: false)
        }
        return try scanAnyString(from: start, isSkipping: isSkipping)
    }

    /// Finds the end of a string and checks its escapes, characters and UTF-8.
    @inline(never)
    private mutating func scanAnyString(
        from start: Int, isSkipping: Bool
    ) throws(JSONError) -> StringToken {
        var end = start
        var isEscaped = false
        var isASCII = true
        while true {
            end = JSONBytes.endOfPlain(bytes, from: end, &isASCII)
            guard end < bytes.count else { throw JSONError(.unexpectedEnd, at: end) }
            if bytes[end] == UInt8(ascii: "\"") { break }
            guard bytes[end] == UInt8(ascii: "\\") else {
                throw JSONError(.controlCharacterInString, at: end)
            }
            isEscaped = true
            try skipEscape(at: &end, isSkipping: isSkipping)
        }
        if !isASCII { try checkUTF8(start..<end) }
        position = end + 1
        return StringToken(range: start..<end, isASCII: isASCII, isEscaped: isEscaped)
    }

    private func skipEscape(at end: inout Int, isSkipping: Bool) throws(JSONError) {
        do throws(JSONError) {
            _ = try Self.scalar(escapedIn: bytes, at: &end)
        } catch {
            guard isSkipping, error.reason == .loneSurrogate else { throw error }
            end = error.offset + 6
        }
    }

    private func checkUTF8(_ range: Range<Int>) throws(JSONError) {
        do {
            _ = try UTF8Span(validating: bytes.extracting(range))
        } catch {
            throw JSONError(.invalidUTF8, at: range.lowerBound + error.byteOffsets.lowerBound)
        }
    }
}

// MARK: Escapes

extension JSONReader {
    /// The text of a string that was scanned before.
    static func unescaped(_ content: Span<UInt8>) -> String {
        // No escape is shorter than the UTF-8 of what it stands for.
        unsafe String(unsafeUninitializedCapacity: content.count) { buffer in
            var count = 0
            var offset = 0
            while offset < content.count {
                if content[offset] != UInt8(ascii: "\\") {
                    unsafe buffer[count] = content[offset]
                    count += 1
                    offset += 1
                } else if let scalar = try? scalar(escapedIn: content, at: &offset) {
                    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                        unsafe buffer[count] = byte
                        count += 1
                    }
                }
            }
            return count
        }
    }

    /// Reads one escape, or the two of a surrogate pair.
    private static func scalar(
        escapedIn bytes: Span<UInt8>, at offset: inout Int
    ) throws(JSONError) -> Unicode.Scalar {
        guard offset + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        let simple: Unicode.Scalar
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""): simple = "\""
        case UInt8(ascii: "\\"): simple = "\\"
        case UInt8(ascii: "/"): simple = "/"
        case UInt8(ascii: "b"): simple = "\u{8}"
        case UInt8(ascii: "f"): simple = "\u{c}"
        case UInt8(ascii: "n"): simple = "\n"
        case UInt8(ascii: "r"): simple = "\r"
        case UInt8(ascii: "t"): simple = "\t"
        case UInt8(ascii: "u"): return try unicodeScalar(escapedIn: bytes, at: &offset)
        default: throw JSONError(.invalidEscape, at: offset)
        }
        offset += 2
        return simple
    }

    private static func unicodeScalar(
        escapedIn bytes: Span<UInt8>, at offset: inout Int
    ) throws(JSONError) -> Unicode.Scalar {
        let start = offset
        let first = try codeUnit(escapedIn: bytes, at: &offset)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), offset + 1 < bytes.count,
            bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
        else { throw JSONError(.loneSurrogate, at: start) }
        let second = try codeUnit(escapedIn: bytes, at: &offset)
        guard UTF16.isTrailSurrogate(second) else { throw JSONError(.loneSurrogate, at: start) }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private static func codeUnit(
        escapedIn bytes: Span<UInt8>, at offset: inout Int
    ) throws(JSONError) -> UInt16 {
        guard offset + 6 <= bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        var unit: UInt16 = 0
        for i in offset + 2..<offset + 6 {
            guard let digit = hexadecimalDigit(bytes[i]) else {
                throw JSONError(.invalidEscape, at: offset)
            }
            unit = unit << 4 | UInt16(digit)
        }
        offset += 6
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension String {
    /// Copies bytes that are known to be valid UTF-8.
    init(valid bytes: Span<UInt8>, isASCII: Bool = false) {
        self.init(copying: unsafe UTF8Span(unchecked: bytes, isKnownASCII: isASCII))
    }
}
