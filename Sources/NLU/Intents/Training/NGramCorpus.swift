// The n-grams of all texts that a model is fitted to, numbered.

import Numerics

/// Every text as the numbers of its n-grams.
struct NGramCorpus {
    /// The hash of each n-gram by its number.
    private(set) var hashes: [UInt64] = []
    /// Open addressing by hash: the number of an n-gram plus one; 0 is empty.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)
    private var occurrences: [UInt32] = []
    private var starts = [0]
    private var middles: [Int] = []

    init(_ texts: some Sequence<String>) {
        var words = Words()
        for text in texts {
            words.read(text.utf8.span)
            words.forEachWordGram { append($0.hash) }
            middles.append(occurrences.count)
            words.forEachCharacterGram { append($0.hash) }
            starts.append(occurrences.count)
        }
    }

    /// The number of texts.
    var count: Int { middles.count }

    /// The n-grams of a text, repeated ones as often as they occur.
    func grams(of text: Int) -> ArraySlice<UInt32> {
        occurrences[starts[text]..<starts[text + 1]]
    }

    /// Those of its words alone, and those of its characters.
    func blocks(of text: Int) -> [ArraySlice<UInt32>] {
        let (start, middle, end) = (starts[text], middles[text], starts[text + 1])
        return [occurrences[start..<middle], occurrences[middle..<end]]
    }

    private mutating func append(_ hash: UInt64) {
        if hashes.count * 2 >= slots.count { grow() }
        let i = slot(of: hash)
        if slots[i] == 0 {
            hashes.append(hash)
            slots[i] = UInt32(hashes.count)
        }
        occurrences.append(slots[i] - 1)
    }

    /// The slot that holds an n-gram, or the empty one where it belongs.
    private func slot(of hash: UInt64) -> Int {
        let mask = slots.count - 1
        var i = Int(truncatingIfNeeded: hash) & mask
        while slots[i] != 0, hashes[Int(slots[i]) - 1] != hash { i = (i + 1) & mask }
        return i
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 4)
        for (number, hash) in hashes.enumerated() { slots[slot(of: hash)] = UInt32(number + 1) }
    }
}
