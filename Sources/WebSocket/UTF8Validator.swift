// Whether bytes are UTF-8, decided as they arrive.

/// Checks a text that comes in pieces; the first byte that cannot belong to it is refused at once.
///
/// Pieces may end anywhere, also inside a character. Source: WHATWG Encoding, section 8.1.1 (the
/// bounds of the second byte exclude overlong forms, surrogates and all above U+10FFFF).
package struct UTF8Validator: Equatable, Sendable {
    /// Continuation bytes that the character begun still needs.
    private var missing: UInt8 = 0
    /// Where the next continuation byte must lie.
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    package init() {}

    /// Whether the text so far ends with a whole character.
    package var isComplete: Bool { missing == 0 }

    /// Takes the next piece; `false` as soon as no continuation could make the text valid.
    ///
    /// - Complexity: O(bytes), without allocation.
    package mutating func append(_ bytes: Span<UInt8>) -> Bool {
        let raw = bytes.bytes
        var offset = 0
        while offset < bytes.count {
            if missing == 0 {
                skipASCII(raw, &offset)
                skipCharacters(raw, &offset)
                guard offset < bytes.count else { break }
            }
            guard step(bytes[offset]) else { return false }
            offset += 1
        }
        return true
    }

    /// Moves over ASCII, 16 and then 8 bytes at a time.
    private func skipASCII(_ raw: RawSpan, _ offset: inout Int) {
        let high = SIMD2<UInt64>(repeating: 0x8080_8080_8080_8080)
        while raw.byteCount - offset >= 16 {
            let block = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
            guard (block & high) == .zero else { break }
            offset += 16
        }
        while raw.byteCount - offset >= 8 {
            let block = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard block & 0x8080_8080_8080_8080 == 0 else { return }
            offset += 8
        }
    }

    /// Moves over whole valid characters while four bytes can be looked at.
    ///
    /// What it leaves, `step` decides byte by byte.
    private func skipCharacters(_ raw: RawSpan, _ offset: inout Int) {
        while raw.byteCount - offset >= 4 {
            let four = UInt32(
                littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
            let high = four & 0x8080_8080
            if high & 0x80 == 0 {
                offset += high.trailingZeroBitCount / 8
                if high == 0 { skipASCII(raw, &offset) }
            } else {
                let length = Self.lengthOfCharacter(four)
                guard length > 0 else { return }
                offset += length
            }
        }
    }

    /// The length of the valid character at the low end of `four` if that is 2, 3 or 4, and otherwise 0.
    @inline(__always)
    private static func lengthOfCharacter(_ four: UInt32) -> Int {
        if four & 0xC0E0 == 0x80C0 {
            return four & 0x1E != 0 ? 2 : 0
        }
        if four & 0xC0_C0F0 == 0x80_80E0 {
            let start = four & 0x200F
            return start != 0 && start != 0x200D ? 3 : 0
        }
        if four & 0xC0C0_C0F8 == 0x8080_80F0 {
            let start = four & 0x3007
            return start != 0 && (start & 7 < 4 || start == 4) ? 4 : 0
        }
        return 0
    }

    /// Takes one byte; `false` where it cannot follow.
    private mutating func step(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard byte >= lower, byte <= upper else { return false }
            missing -= 1
            (lower, upper) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0...0xEF:
            missing = 2
            if byte == 0xE0 { lower = 0xA0 }
            if byte == 0xED { upper = 0x9F }
        case 0xF0...0xF4:
            missing = 3
            if byte == 0xF0 { lower = 0x90 }
            if byte == 0xF4 { upper = 0x8F }
        default: return false
        }
        return true
    }
}
