// The words and labels of a model of fastText, and the rows that a text has.

import Numerics

/// Turns a text into the numbers of rows of the input matrix.
///
/// The strings stay where they are in the file; what is made of them is a table of hashes.
struct FastTextDictionary: Sendable {
    private static let end = Array("</s>".utf8)

    private let memory: Memory
    private let settings: FastTextSettings
    /// Words before labels.
    private let entries: [Entry]
    private let wordCount: Int
    /// Places in `entries`, −1 where free; open addressing by the hash, a power of two many.
    private var slots: [Int32]
    /// What rows are left of the n-grams', where a quantizer has pruned them.
    private let kept: [Int32: Int32]?

    private struct Entry {
        /// In the file; of fewer than 4 GiB.
        let start: UInt32
        let length: UInt32
    }

    /// The names of the labels, and how often each occurred in training.
    let labels: [String]
    let labelCounts: [Int64]

    init(_ reader: inout FastTextReader, _ settings: FastTextSettings) throws(FastTextError) {
        reader.part = "the dictionary"
        self.settings = settings
        memory = reader.memory
        // An entry takes ten bytes at least.
        let most = reader.bytesLeft / 10
        let size = try reader.number(Int32.self, in: 1...max(most, 1), "the number of words")
        wordCount = try reader.number(Int32.self, in: 0...size - 1, "the number of words")
        let labelCount = try reader.number(Int32.self, in: 1...size, "the number of labels")
        guard wordCount + labelCount == size else { throw .unsuitable("the number of words") }
        _ = try reader.skip(8)
        let pruned = try reader.number(
            Int64.self, in: -1...reader.bytesLeft / 8, "the number of n-grams kept")
        var entries: [Entry] = []
        var counts: [Int64] = []
        entries.reserveCapacity(size)
        for place in 0..<size {
            let range = try reader.string()
            entries.append(Entry(start: UInt32(range.lowerBound), length: UInt32(range.count)))
            let count = try reader.number(Int64.self)
            let isLabel = try reader.flag("the kind of a word")
            guard isLabel == (place >= wordCount) else { throw .unsuitable("the order of words") }
            if isLabel { counts.append(count) }
        }
        self.entries = entries
        labelCounts = counts
        labels = try Self.names(entries[wordCount...], in: reader.memory)
        kept = pruned < 0 ? nil : try Self.kept(pruned, &reader)
        slots = []
        try fillSlots()
    }

    private static func names(
        _ entries: ArraySlice<Entry>, in memory: Memory
    ) throws(FastTextError) -> [String] {
        var names: [String] = []
        let bytes = memory.bytes
        for entry in entries {
            let name = (0..<Int(entry.length)).map {
                bytes.unsafeLoad(fromByteOffset: Int(entry.start) + $0, as: UInt8.self)
            }
            guard let text = String(validating: name, as: UTF8.self) else {
                throw .unsuitable("a label is not UTF-8")
            }
            names.append(text)
        }
        // The prefix goes where all have it, which is nearly always.
        let prefix = FastTextSettings.labelPrefix.utf8
        if names.allSatisfy({ $0.utf8.starts(with: prefix) && $0.utf8.count > prefix.count }) {
            names = names.map { String(decoding: $0.utf8.dropFirst(prefix.count), as: UTF8.self) }
        }
        // Alike as strings are, composed or not: two such labels could not be told apart anywhere here.
        guard Set(names).count == names.count, !names.contains("") else {
            throw .unsuitable("two labels are alike")
        }
        return names
    }

    private static func kept(
        _ count: Int, _ reader: inout FastTextReader
    ) throws(FastTextError) -> [Int32: Int32] {
        var kept: [Int32: Int32] = [:]
        kept.reserveCapacity(count)
        for _ in 0..<count {
            let bucket = try reader.number(Int32.self)
            let row = try reader.number(Int32.self, in: 0...Int(Int32.max), "the row of an n-gram")
            kept[bucket] = Int32(row)
        }
        return kept
    }

    /// - Throws: where words were chosen so that their hashes collide: looking them up takes a step or two
    ///   otherwise.
    private mutating func fillSlots() throws(FastTextError) {
        var capacity = 16
        while capacity < 2 * entries.count { capacity *= 2 }
        slots = Array(repeating: -1, count: capacity)
        let memory = memory
        let bytes = memory.bytes
        var steps = 0
        for (place, entry) in entries.enumerated() {
            let start = Int(entry.start)
            let word = Span<UInt8>(
                _bytes: bytes.extracting(start..<start + Int(entry.length)))
            let hash = FastTextHash(of: word).value
            let slot = slot(of: word, hash)
            steps += (slot - Int(hash)) & (capacity - 1)
            guard steps <= 32 * entries.count else { throw .unsuitable("the hashes of the words") }
            slots[slot] = Int32(place)
        }
    }

    /// Whether n-grams were pruned, which only quantized models know.
    var isPruned: Bool { kept != nil }

    /// How many rows the input matrix must have.
    var rowCount: Int {
        guard settings.hasNGrams else { return wordCount }
        return wordCount
            + (kept.map { ($0.values.max()).map { Int($0) + 1 } ?? 0 } ?? settings.buckets)
    }

    // MARK: Looking up

    /// Where a word stands in `slots`, or would stand.
    private func slot(of word: Span<UInt8>, _ hash: UInt32) -> Int {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] >= 0, !isEqual(entries[Int(slots[slot])], word) {
            slot = (slot + 1) & mask
        }
        return slot
    }

    private func isEqual(_ entry: Entry, _ word: Span<UInt8>) -> Bool {
        guard Int(entry.length) == word.count else { return false }
        let bytes = memory.bytes
        for i in word.indices
        where bytes.unsafeLoad(fromByteOffset: Int(entry.start) + i, as: UInt8.self) != word[i] {
            return false
        }
        return true
    }

    // MARK: Texts

    /// Writes the rows of a line of text, in fastText's order: of each word and its n-grams, then of
    /// n-grams of words.
    ///
    /// White space of ASCII and zeros part words, a line feed like the others; after the last comes the
    /// word `</s>`, and what stands behind a `</s>` of the text itself is not read. `hashes` is memory.
    func read(_ line: Span<UInt8>, rows: inout [UInt32], hashes: inout [Int32]) {
        rows.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
        var start = 0
        while let word = line.nextWord(from: start) {
            let text = line.extracting(word)
            add(text, &rows, &hashes)
            if text.isEqual(to: Self.end.span) { return addWordNGrams(hashes, &rows) }
            start = word.upperBound
        }
        add(Self.end.span, &rows, &hashes)
        addWordNGrams(hashes, &rows)
    }

    private func add(_ word: Span<UInt8>, _ rows: inout [UInt32], _ hashes: inout [Int32]) {
        let hash = FastTextHash(of: word).value
        let place = Int(slots[slot(of: word, hash)])
        // Labels in a text, be they known or not, say nothing of it.
        if place >= wordCount || (place < 0 && word.hasLabelPrefix) { return }
        if place >= 0 { rows.append(UInt32(place)) }
        if !word.isEqual(to: Self.end.span) { addNGrams(of: word, &rows) }
        hashes.append(Int32(bitPattern: hash))
    }

    /// Adds the n-grams of characters of `<word>`.
    private func addNGrams(of word: Span<UInt8>, _ rows: inout [UInt32]) {
        guard settings.maximumLength > 0 else { return }
        let count = word.count + 2
        for start in 0..<count where !Self.isContinuation(Self.byte(start, of: word)) {
            var hash = FastTextHash()
            var (end, length) = (start, 1)
            while end < count, length <= settings.maximumLength {
                repeat {
                    hash.add(Self.byte(end, of: word))
                    end += 1
                } while end < count && Self.isContinuation(Self.byte(end, of: word))
                // `<` and `>` alone are none.
                let isBracket = length == 1 && (start == 0 || end == count)
                if length >= settings.minimumLength, !isBracket {
                    add(bucket: Int32(hash.value % UInt32(settings.buckets)), &rows)
                }
                length += 1
            }
        }
    }

    /// A byte of `<word>`.
    private static func byte(_ place: Int, of word: Span<UInt8>) -> UInt8 {
        if place == 0 { return UInt8(ascii: "<") }
        return place <= word.count ? word[place - 1] : UInt8(ascii: ">")
    }

    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    private func addWordNGrams(_ hashes: [Int32], _ rows: inout [UInt32]) {
        guard settings.wordNGrams > 1 else { return }
        for start in hashes.indices {
            var hash = UInt64(bitPattern: Int64(hashes[start]))
            for next in hashes[(start + 1)...].prefix(settings.wordNGrams - 1) {
                hash = hash &* 116_049_371 &+ UInt64(bitPattern: Int64(next))
                add(bucket: Int32(hash % UInt64(settings.buckets)), &rows)
            }
        }
    }

    private func add(bucket: Int32, _ rows: inout [UInt32]) {
        guard let kept else { return rows.append(UInt32(wordCount) + UInt32(bucket)) }
        if let row = kept[bucket] { rows.append(UInt32(wordCount) + UInt32(row)) }
    }
}

/// The FNV-1a of fastText, which takes bytes as signed.
private struct FastTextHash {
    private(set) var value: UInt32 = 2_166_136_261

    init() {}

    init(of bytes: Span<UInt8>) {
        for i in bytes.indices { add(bytes[i]) }
    }

    mutating func add(_ byte: UInt8) {
        value = (value ^ UInt32(bitPattern: Int32(Int8(bitPattern: byte)))) &* 16_777_619
    }
}

extension Span<UInt8> {
    /// The next stretch without white space or zeros; nil where none is left.
    fileprivate func nextWord(from start: Int) -> Range<Int>? {
        var start = start
        while start < count, isSpace(start) { start += 1 }
        guard start < count else { return nil }
        var end = start
        while end < count, !isSpace(end) { end += 1 }
        return start..<end
    }

    private func isSpace(_ place: Int) -> Bool {
        let byte = self[place]
        return byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte == 0
    }

    fileprivate func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for i in indices where self[i] != other[i] { return false }
        return true
    }

    fileprivate var hasLabelPrefix: Bool {
        let prefix = ExampleList.fastTextLabel
        guard count >= prefix.count else { return false }
        for (i, byte) in prefix.enumerated() where self[i] != byte { return false }
        return true
    }
}
