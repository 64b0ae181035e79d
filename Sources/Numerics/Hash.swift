// 64-bit hashes of short byte strings.

/// A 64-bit hash of bytes; the same on every machine, unlike `Hasher`.
///
/// wyhash (Wang Yi, final version 4, public domain): reads eight bytes at a time and mixes by one
/// 64 × 64 → 128 bit multiplication, so a word costs about 2 ns where FNV-1a takes one dependent
/// multiplication a byte; all bits are usable, which FNV's low ones are not. Not for secrets.
package func hash(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
    let raw = bytes.bytes
    let count = raw.byteCount
    let start = seed ^ foldedMultiply(seed ^ secret0, secret1)
    if count <= 16 {
        let (a, b) = shortWords(raw, count)
        return finish(a, b, start, count)
    }
    var state = start
    var at = 0
    if count > 48 {
        var (second, third) = (start, start)
        while count - at > 48 {
            state = foldedMultiply(word(raw, at) ^ secret1, word(raw, at + 8) ^ state)
            second = foldedMultiply(word(raw, at + 16) ^ secret2, word(raw, at + 24) ^ second)
            third = foldedMultiply(word(raw, at + 32) ^ secret3, word(raw, at + 40) ^ third)
            at += 48
        }
        state ^= second ^ third
    }
    while count - at > 16 {
        state = foldedMultiply(word(raw, at) ^ secret1, word(raw, at + 8) ^ state)
        at += 16
    }
    return finish(word(raw, count - 16), word(raw, count - 8), state, count)
}

/// The two halves of the 128-bit product, one xor the other: the mixing step of wyhash.
@inlinable
package func foldedMultiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    return high ^ low
}

private let secret0: UInt64 = 0x2d35_8dcc_aa6c_78a5
private let secret1: UInt64 = 0x8bb8_4b93_962e_acc9
private let secret2: UInt64 = 0x4b33_a62e_d433_d4a3
private let secret3: UInt64 = 0x4d5a_2da5_1de1_aa47

private func finish(_ a: UInt64, _ b: UInt64, _ state: UInt64, _ count: Int) -> UInt64 {
    let (high, low) = (a ^ secret1).multipliedFullWidth(by: b ^ state)
    return foldedMultiply(low ^ secret0 ^ UInt64(count), high ^ secret1)
}

/// At most 16 bytes as two words that overlap where there are fewer.
private func shortWords(_ raw: RawSpan, _ count: Int) -> (UInt64, UInt64) {
    if count >= 4 {
        let step = (count >> 3) << 2
        return (
            half(raw, 0) << 32 | half(raw, step),
            half(raw, count - 4) << 32 | half(raw, count - 4 - step)
        )
    }
    guard count > 0 else { return (0, 0) }
    let first = UInt64(byte(raw, 0)) << 16
    return (first | UInt64(byte(raw, count >> 1)) << 8 | UInt64(byte(raw, count - 1)), 0)
}

private func word(_ raw: RawSpan, _ at: Int) -> UInt64 {
    UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
}

private func half(_ raw: RawSpan, _ at: Int) -> UInt64 {
    UInt64(
        UInt32(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt32.self)))
}

private func byte(_ raw: RawSpan, _ at: Int) -> UInt8 {
    raw.unsafeLoad(fromByteOffset: at, as: UInt8.self)
}
