import Numerics
import Testing
import WebSocket

@Suite struct MaskingKeyTests {
    @Test(arguments: UInt64(0)..<200)
    func `byte i is combined with byte i modulo 4 of the key`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let plain = random.bytes(Int.random(in: 0...200, using: &random))
        let word = UInt32.random(in: .min ... .max, using: &random)
        let expected = plain.indices.map { i in
            plain[i] ^ UInt8(truncatingIfNeeded: word >> (i % 4 * 8))
        }
        var whole = plain
        var key = MaskingKey(littleEndian: word)
        key.apply(to: &whole, in: whole.indices)
        #expect(whole == expected)

        var pieces = plain
        var start = 0
        key = MaskingKey(littleEndian: word)
        for end in random.cuts(plain.count) + [plain.count] {
            key.apply(to: &pieces, in: start..<end)
            start = end
        }
        #expect(pieces == expected)
    }
}

extension MaskingKey {
    fileprivate mutating func apply(to bytes: inout [UInt8], in range: Range<Int>) {
        var span = bytes.mutableSpan
        apply(to: &span, in: range)
    }
}
