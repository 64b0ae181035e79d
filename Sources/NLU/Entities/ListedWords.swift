// The words that listed phrases are made of, found in spite of slips.

import Numerics

/// Numbers words, and finds those that a misspelled word can stand for.
struct ListedWords: Sendable {
    /// By the hash of its token, the number of a word.
    private var numbers: [UInt64: Int32] = [:]
    private var scalars: [UInt32] = []
    /// Where each word begins in `scalars`, and where the last one ends.
    private var starts = [0]
    private var hasSlips: [Bool] = []
    /// Numbers of words by the hashes of what is left of them without some letters.
    ///
    /// Open addressing, where a hash has a slot for each of its words. As in `Vocabulary`, a slot holds
    /// the upper half of the hash and the number plus one.
    private var deletions: [UInt64] = []

    init() {}

    var count: Int { hasSlips.count }

    /// The number of a word; a new one where it has none yet.
    mutating func add(_ word: some Collection<UInt32>, hash: UInt64, isFuzzy: Bool) -> Int32 {
        let number: Int32
        if let known = numbers[hash] {
            number = known
        } else {
            number = Int32(count)
            numbers[hash] = number
            scalars += word
            starts.append(scalars.count)
            hasSlips.append(false)
        }
        if isFuzzy { hasSlips[Int(number)] = true }
        return number
    }

    /// Makes the words that may have slips findable.
    mutating func index() {
        var hashes: [(UInt64, Int32)] = []
        for word in 0..<count where hasSlips[word] {
            let tolerance = Spelling.tolerance(starts[word + 1] - starts[word])
            guard tolerance > 0 else { continue }
            let letters = scalars.span.extracting(starts[word]..<starts[word + 1])
            var own: [UInt64] = []
            Spelling.forEachDeletion(letters, deletions: tolerance) { own.append($0) }
            own.sort()
            for i in own.indices where i == 0 || own[i] != own[i - 1] {
                hashes.append((own[i], Int32(word)))
            }
        }
        var capacity = 16
        while capacity < hashes.count * 2 { capacity *= 2 }
        deletions = Array(repeating: 0, count: capacity)
        for (hash, word) in hashes {
            var i = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while deletions[i] != 0 { i = (i + 1) & (capacity - 1) }
            deletions[i] = hash & ~0xFFFF_FFFF | UInt64(word + 1)
        }
    }

    func number(of hash: UInt64) -> Int32? { numbers[hash] }

    /// Calls `body` once with each word that `word` can be a misspelling of, and the slips.
    ///
    /// `found` is memory for the call.
    func forEachCorrection(
        of word: Span<UInt32>, _ found: inout [Int32], _ body: (Int32, Int) -> Void
    ) {
        guard !deletions.isEmpty, word.count > 3, word.count <= Spelling.longest + 2 else {
            return
        }
        found.removeAll(keepingCapacity: true)
        // A word of n letters with two slips is of n − 2 letters at least.
        let mask = deletions.count - 1
        Spelling.forEachDeletion(word, deletions: word.count < 7 ? 1 : 2) { hash in
            var i = Int(truncatingIfNeeded: hash) & mask
            while deletions[i] != 0 {
                let number = Int32(truncatingIfNeeded: deletions[i] & 0xFFFF_FFFF) - 1
                if deletions[i] >> 32 == hash >> 32, !found.contains(number) {
                    found.append(number)
                }
                i = (i + 1) & mask
            }
        }
        found.sort()
        for number in found {
            let range = starts[Int(number)]..<starts[Int(number) + 1]
            let limit = Spelling.tolerance(range.count)
            guard scalars[range.lowerBound] == word[0] else { continue }
            let slips = Spelling.distance(word, scalars.span.extracting(range), limit: limit)
            if slips <= limit { body(number, slips) }
        }
    }
}
