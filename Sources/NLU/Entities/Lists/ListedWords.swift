// The words that listed phrases are made of, found in spite of slips.

import Numerics

/// Finds the numbers of words, and of those that a misspelled word can stand for.
///
/// All of it lies in tables that can be mapped: a list of 10,000 values is opened in a millisecond.
struct ListedWords: Sendable {
    /// By the hash of its token, the number of a word; and the hashes by number.
    private let vocabulary: Vocabulary
    private let hashes: Table<UInt64>
    private let scalars: Table<UInt32>
    /// Where each word begins in `scalars`, and where the last one ends.
    private let starts: Table<UInt32>
    /// By the lower bits of a hash, where its bucket begins in `deletions`, and where the last one ends.
    private let buckets: Table<UInt32>
    /// What is left of words without some letters: 10 upper bits of its hash, then the word's number.
    private let deletions: Table<UInt32>

    /// A number in `deletions` has so many bits; words past it have no slips that are looked for.
    fileprivate static let numberBits: UInt32 = 22

    /// Opens the sections that `ListedWordsWriter` has written, and checks what look-ups rely on.
    init(in archive: Archive) throws(ArtifactError) {
        hashes = try archive.section("list hashes")
        vocabulary = try Vocabulary(
            slots: archive.section("list words"), rowCount: hashes.count)
        scalars = try archive.section("list letters")
        starts = try archive.section("list starts")
        buckets = try archive.section("list buckets")
        deletions = try archive.section("list deletions")
        guard starts.count == hashes.count + 1, starts.areBounds(of: scalars.count) else {
            throw .badSection("list starts")
        }
        guard (buckets.count - 1).nonzeroBitCount == 1, buckets.areBounds(of: deletions.count)
        else { throw .badSection("list buckets") }
        let words = deletions.span
        for i in words.indices where words[i] & Self.numberMask >= UInt32(hashes.count) {
            throw .badSection("list deletions")
        }
    }

    /// Adds the sections that `init(in:)` opens.
    func write(to writer: inout ArchiveWriter) {
        writer.add("list words", vocabulary.slots.elements)
        writer.add("list hashes", hashes.elements)
        writer.add("list letters", scalars.elements)
        writer.add("list starts", starts.elements)
        writer.add("list buckets", buckets.elements)
        writer.add("list deletions", deletions.elements)
    }

    var count: Int { hashes.count }

    /// The number of the word with the hash of its token.
    func number(of hash: UInt64) -> Int32? {
        let slots = vocabulary.slots.span
        var i = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[i] != 0 {
            if slots[i] >> 32 == hash >> 32 {
                let number = Int(slots[i] & 0xFFFF_FFFF) - 1
                if hashes[number] == hash { return Int32(number) }
            }
            i = (i + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Calls `body` once with each word that `word` can be a misspelling of, and the slips.
    ///
    /// `found` is memory for the call.
    func forEachCorrection(
        of word: Span<UInt32>, _ found: inout [Int32], _ body: (Int32, Int) -> Void
    ) {
        guard deletions.count > 0, word.count > 3, word.count <= Spelling.longest + 2 else {
            return
        }
        found.removeAll(keepingCapacity: true)
        let (buckets, deletions) = (buckets, deletions)
        // A word of n letters with two slips is of n − 2 letters at least.
        Spelling.forEachDeletion(word, deletions: word.count < 7 ? 1 : 2) { hash in
            let bucket = Self.bucket(of: hash, buckets.count - 1)
            let mark = Self.mark(of: hash)
            for i in Int(buckets[bucket])..<Int(buckets[bucket + 1]) {
                let entry = deletions[i]
                guard entry & ~Self.numberMask == mark else { continue }
                let number = Int32(entry & Self.numberMask)
                if !found.contains(number) { found.append(number) }
            }
        }
        found.sort()
        let letters = scalars.span
        for number in found {
            let range = Int(starts[Int(number)])..<Int(starts[Int(number) + 1])
            let limit = Spelling.tolerance(range.count)
            guard !range.isEmpty, letters[range.lowerBound] == word[0] else { continue }
            let slips = Spelling.distance(word, letters.extracting(range), limit: limit)
            if slips <= limit { body(number, slips) }
        }
    }

    fileprivate static var numberMask: UInt32 { 1 << numberBits - 1 }

    fileprivate static func bucket(of hash: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: hash) & (count - 1)
    }

    fileprivate static func mark(of hash: UInt64) -> UInt32 {
        UInt32(hash >> (32 + UInt64(numberBits))) << numberBits
    }
}

/// Numbers words, and lays them out as sections.
struct ListedWordsWriter {
    private var numbers: [UInt64: Int32] = [:]
    private var hashes: [UInt64] = []
    private var scalars: [UInt32] = []
    private var starts: [UInt32] = [0]
    private var hasSlips: [Bool] = []

    init() {}

    /// The number of a word; a new one where it has none yet.
    mutating func add(_ word: some Collection<UInt32>, hash: UInt64, isFuzzy: Bool) -> Int32 {
        let number: Int32
        if let known = numbers[hash] {
            number = known
        } else {
            number = Int32(hashes.count)
            numbers[hash] = number
            hashes.append(hash)
            scalars += word
            starts.append(UInt32(scalars.count))
            hasSlips.append(false)
        }
        if isFuzzy { hasSlips[Int(number)] = true }
        return number
    }

    /// Adds the sections that `ListedWords` opens.
    func write(to writer: inout ArchiveWriter) {
        let (buckets, deletions) = index()
        writer.add("list words", Vocabulary.slots(for: hashes))
        writer.add("list hashes", hashes)
        writer.add("list letters", scalars)
        writer.add("list starts", starts)
        writer.add("list buckets", buckets)
        writer.add("list deletions", deletions)
    }

    /// The words by the hashes of what is left of them without some letters, bucket by bucket.
    private func index() -> (buckets: [UInt32], deletions: [UInt32]) {
        var found: [(hash: UInt64, word: UInt32)] = []
        var own: [UInt64] = []
        for word in hasSlips.indices where hasSlips[word] && word < ListedWords.numberMask {
            let range = Int(starts[word])..<Int(starts[word + 1])
            let tolerance = Spelling.tolerance(range.count)
            guard tolerance > 0 else { continue }
            own.removeAll(keepingCapacity: true)
            let letters = scalars.span.extracting(range)
            Spelling.forEachDeletion(letters, deletions: tolerance) { own.append($0) }
            own.sort()
            for i in own.indices where i == 0 || own[i] != own[i - 1] {
                found.append((own[i], UInt32(word)))
            }
        }
        var count = 1
        while count * 4 < found.count { count *= 2 }
        var ends = [UInt32](repeating: 0, count: count + 1)
        for entry in found { ends[ListedWords.bucket(of: entry.hash, count) + 1] += 1 }
        for bucket in 0..<count { ends[bucket + 1] += ends[bucket] }
        var places = ends
        var deletions = [UInt32](repeating: 0, count: found.count)
        for entry in found {
            let bucket = ListedWords.bucket(of: entry.hash, count)
            deletions[Int(places[bucket])] = ListedWords.mark(of: entry.hash) | entry.word
            places[bucket] += 1
        }
        return (ends, deletions)
    }
}

extension Table<UInt32> {
    /// Whether these are ascending places in a table of so many elements, from its start to its end.
    func areBounds(of count: Int) -> Bool {
        let bounds = span
        guard bounds.count > 0, bounds[0] == 0, bounds[bounds.count - 1] == count else {
            return false
        }
        for i in 1..<bounds.count where bounds[i] < bounds[i - 1] { return false }
        return true
    }
}
