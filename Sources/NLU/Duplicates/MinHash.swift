// Keys under which similar sets of hashes meet.

import Numerics

/// Gives the keys of the bands of a set, one a band: the more similar two sets, the likelier they have
/// one in common.
///
/// Of two sets with Jaccard similarity s it is so with probability 1 − (1 − s^rows)^bands. Source:
/// Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4.
struct MinHash: Sendable {
    static let bands = 20
    static let rows = 3

    /// Of each hash function, h(x) = (x xor mask) × factor: factors are odd, so that no two values meet.
    private let masks: [UInt32]
    private let factors: [UInt32]

    init() {
        var random = SplitMix64(seed: 0x6475_706C)
        masks = (0..<Self.bands * Self.rows).map { _ in .random(in: 0 ... .max, using: &random) }
        factors = masks.map { _ in .random(in: 0 ... .max, using: &random) | 1 }
    }

    /// The probability that two sets of similarity `s` meet in a band.
    static func probability(of s: Double) -> Double {
        var row = 1.0
        for _ in 0..<rows { row *= s }
        var none = 1.0
        for _ in 0..<bands { none *= 1 - row }
        return 1 - none
    }

    /// Writes the keys of the bands of a set that is not empty; `keys` has `bands` elements.
    ///
    /// - Complexity: O(elements × bands × rows).
    func keys(of set: [UInt32], into keys: inout [UInt32]) {
        let set = set.span
        for band in 0..<Self.bands {
            var key = UInt64(band)
            for row in 0..<Self.rows {
                let (mask, factor) = (
                    masks[band * Self.rows + row], factors[band * Self.rows + row]
                )
                var least = UInt32.max
                for i in set.indices { least = min(least, (set[i] ^ mask) &* factor) }
                key = foldedMultiply(key ^ UInt64(least), 0x9E37_79B9_7F4A_7C15)
            }
            keys[band] = UInt32(truncatingIfNeeded: key >> 32 ^ key)
        }
    }
}
