import Numerics
import Testing

@Suite struct HashTests {
    @Test(
        arguments: [
            ("", 0, 0x9322_8a4d_e0ee_c5a2), ("a", 1, 0xc5ba_c3db_1787_13c4),
            ("abc", 2, 0xa97f_2f7b_1d9b_3314), ("message digest", 3, 0x786d_1f1d_f380_1df4),
            ("abcdefghijklmnopqrstuvwxyz", 4, 0xdca5_a813_8ad3_7c87),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 5,
                0xb9e7_34f1_17cf_af70
            ),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                6,
                0x6cc5_eab4_9a92_d617
            ),
        ] as [(String, UInt64, UInt64)])
    func `the published vectors of wyhash come out`(text: String, seed: UInt64, expected: UInt64) {
        let bytes = Array(text.utf8)
        #expect(hash(bytes.span, seed: seed) == expected)
    }

    @Test func `every low bit and every high bit spreads similar words evenly`() {
        let buckets = 256
        var low = [Int](repeating: 0, count: buckets)
        var high = low
        for i in 0..<25_600 {
            let bytes = Array("word\(i)".utf8)
            let value = hash(bytes.span)
            low[Int(value % UInt64(buckets))] += 1
            high[Int(value >> 56)] += 1
        }
        for counts in [low, high] {
            let chiSquare = counts.reduce(0.0) { $0 + Double(($1 - 100) * ($1 - 100)) / 100 }
            // 255 degrees of freedom: mean 255, standard deviation 22.6.
            #expect(chiSquare > 150 && chiSquare < 370)
        }
    }

    @Test func `one changed bit changes half of the hash`() {
        var flips = 0
        var random = SplitMix64(seed: 3)
        for length in 1...64 {
            var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let before = hash(bytes.span)
            bytes[Int.random(in: 0..<length, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            flips += (before ^ hash(bytes.span)).nonzeroBitCount
        }
        #expect(abs(Double(flips) / 64 - 32) < 3)
    }
}
