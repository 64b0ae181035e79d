// The mask of a client's payload: RFC 6455, section 5.3.

/// Four bytes, repeated over a payload; masking and unmasking are the same operation.
///
/// The key remembers where in the payload it stands: `apply` over consecutive pieces is `apply` over
/// the whole.
package struct MaskingKey: Equatable, Sendable {
    /// The four bytes in the order in which they come next, the first one lowest.
    private var word: UInt32

    /// The key whose bytes in wire order are those of `word`, lowest first.
    package init(littleEndian word: UInt32) {
        self.word = word
    }

    /// A new key, one for each frame.
    package static func random(using random: inout some RandomNumberGenerator) -> MaskingKey {
        MaskingKey(littleEndian: random.next())
    }

    /// The four bytes of the key in wire order, the first one lowest.
    var littleEndian: UInt32 { word }

    /// Masks or unmasks the bytes of `range`, and moves on by its length.
    ///
    /// - Complexity: O(range), 32 bytes a step, without allocation.
    package mutating func apply(to bytes: inout MutableSpan<UInt8>, in range: Range<Int>) {
        var raw = bytes.mutableBytes
        let eight = UInt64(word) &* 0x1_0000_0001
        let wide = SIMD4(repeating: eight.littleEndian)
        var offset = range.lowerBound
        while range.upperBound - offset >= 32 {
            let block = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            raw.storeBytes(of: block ^ wide, toByteOffset: offset, as: SIMD4<UInt64>.self)
            offset += 32
        }
        while range.upperBound - offset >= 8 {
            let block = raw.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            raw.storeBytes(of: block ^ eight.littleEndian, toByteOffset: offset, as: UInt64.self)
            offset += 8
        }
        while offset < range.upperBound {
            let byte = raw.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            raw.storeBytes(
                of: byte ^ UInt8(truncatingIfNeeded: word), toByteOffset: offset, as: UInt8.self)
            word = word >> 8 | word << 24
            offset += 1
        }
    }
}
