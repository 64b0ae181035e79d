// A text as it is compared with others to find duplicates.

import Numerics

/// What is kept of a text: enough to tell whether another one is equal or nearly so.
///
/// Compared are the words in lower case; spaces and signs that are no part of a word count for nothing.
package struct Fingerprint: Equatable, Sendable {
    /// At most so many hashes are kept: a longer text is compared by a sample.
    static let sampleSize = 256

    /// A hash of all words in their order.
    let words: UInt64
    package let wordCount: Int
    /// The smallest hashes of the shingles, ascending, each once; at most `sampleSize`.
    let shingles: [UInt32]

    init(words: UInt64, wordCount: Int, shingles: [UInt32]) {
        self.words = words
        self.wordCount = wordCount
        self.shingles = shingles
    }

    /// The fingerprint of texts together, in whatever order they stand.
    ///
    /// - Complexity: O(hashes × log hashes), of those that are among the smallest.
    init(joining parts: [Fingerprint]) {
        // A sum does not depend on the order; the mixing keeps texts apart that only add up alike.
        words = parts.reduce(0) { $0 &+ foldedMultiply($1.words ^ Self.key, Self.otherKey) }
        wordCount = parts.reduce(0) { $0 + $1.wordCount }
        var smallest: [UInt32] = []
        var bound = UInt32.max
        for part in parts {
            smallest += part.shingles.prefix { $0 <= bound }
            guard smallest.count > 8 * Self.sampleSize else { continue }
            Self.keepSmallest(&smallest)
            bound = smallest.last ?? .max
        }
        Self.keepSmallest(&smallest)
        shingles = smallest
    }

    /// Sorts hashes, and keeps the smallest ones once each.
    static func keepSmallest(_ hashes: inout [UInt32]) {
        hashes.sort()
        var count = 0
        for i in hashes.indices where count == 0 || hashes[i] != hashes[count - 1] {
            hashes[count] = hashes[i]
            count += 1
        }
        hashes.removeLast(hashes.count - min(count, sampleSize))
    }

    private static let key: UInt64 = 0xD6E8_FEB8_6659_FD93
    private static let otherKey: UInt64 = 0xA076_1D64_78BD_642F

    /// Whether the words are the same ones in the same order.
    package func equals(_ other: Fingerprint) -> Bool { words == other.words }

    /// The share of the shingles of either text that both have (Jaccard), 0...1.
    ///
    /// Of texts with more than `sampleSize` shingles it is an estimate by their smallest hashes, with
    /// a standard error of at most 0.03: Broder, "On the resemblance and containment of documents", 1997.
    package func similarity(to other: Fingerprint) -> Float {
        // A sample that is full says nothing of hashes above its last one.
        let bound = min(reach, other.reach)
        return Self.similarity(count(to: bound), other.count(to: bound), common(with: other))
    }

    /// The same, or `nil` where it is below `threshold`, which is often clear from the lengths alone.
    func similarity(to other: Fingerprint, from threshold: Float) -> Float? {
        let (a, b) = (shingles.count, other.shingles.count)
        guard max(a, b) == Self.sampleSize || Self.similarity(a, b, min(a, b)) >= threshold else {
            return nil
        }
        let similarity = similarity(to: other)
        return similarity >= threshold ? similarity : nil
    }

    private static func similarity(_ a: Int, _ b: Int, _ common: Int) -> Float {
        a + b == 0 ? 0 : Float(common) / Float(a + b - common)
    }

    private var reach: UInt32 {
        shingles.count < Self.sampleSize ? .max : shingles[Self.sampleSize - 1]
    }

    /// How many hashes are not above `bound`.
    private func count(to bound: UInt32) -> Int {
        bound == .max ? shingles.count : shingles.count { $0 <= bound }
    }

    /// How many hashes both have; none of them is above the reach of either.
    private func common(with other: Fingerprint) -> Int {
        let (a, b) = (shingles.span, other.shingles.span)
        var (i, j, common) = (0, 0, 0)
        // Without branches on the hashes, which no processor can foresee: half the time.
        while i < a.count, j < b.count {
            let (left, right) = (a[i], b[j])
            common &+= left == right ? 1 : 0
            i &+= left <= right ? 1 : 0
            j &+= right <= left ? 1 : 0
        }
        return common
    }
}

/// Takes fingerprints; it keeps its memory from one text to the next.
package struct Fingerprinter: Sendable {
    /// So much of a text is taken apart into words; what is beyond has to be equal byte by byte for the
    /// texts to be equal, and counts for nothing where they are not.
    package static let limit = 64 << 10

    private var words = Words()
    private var kept: [UInt64] = []
    private var hashes: [UInt32] = []

    package init() {}

    /// Takes the fingerprint of a text in UTF-8.
    ///
    /// - Complexity: O(n log n) for its first `limit` bytes.
    package mutating func fingerprint(of text: Span<UInt8>) -> Fingerprint {
        words.read(text, limit: Self.limit)
        kept.removeAll(keepingCapacity: true)
        for word in words.words where isWord(word) { kept.append(word.hash) }
        var whole: UInt64 = 0x9E37_79B9_7F4A_7C15
        for hash in kept { whole = foldedMultiply(whole ^ hash, 0xE703_7ED1_A0B4_28DB) }
        if text.count > Self.limit {
            whole ^= hash(text.extracting(Self.limit..<text.count))
        }
        collectShingles()
        return Fingerprint(words: whole, wordCount: kept.count, shingles: hashes)
    }

    /// Signs that stand alone are no words.
    private func isWord(_ word: Words.Word) -> Bool {
        guard word.end - word.start == 1 else { return true }
        let value = words.scalars[word.start]
        if value < 0x80 { return value >= 0x61 && value <= 0x7A || value >= 0x30 && value <= 0x39 }
        guard let properties = Unicode.Scalar(value)?.properties else { return false }
        return properties.isAlphabetic || properties.numericType != nil
    }

    /// The shingles are the words and the pairs of neighbours: one word replaced in ten leaves 0.74 of them in
    /// common, and another order of the sentences nearly all.
    private mutating func collectShingles() {
        hashes.removeAll(keepingCapacity: true)
        for i in kept.indices {
            hashes.append(short(foldedMultiply(kept[i] ^ Self.key, Self.otherKey)))
            guard i > 0 else { continue }
            hashes.append(short(foldedMultiply(kept[i - 1] ^ Self.key, kept[i] ^ Self.otherKey)))
        }
        Fingerprint.keepSmallest(&hashes)
    }

    private func short(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32 ^ hash) }

    private static let key: UInt64 = 0xA076_1D64_78BD_642F
    private static let otherKey: UInt64 = 0x8EBC_6AF0_9C88_C6E3
}
