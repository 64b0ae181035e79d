// A text cut into the passages in which entities are looked for.

/// Cuts texts into passages: whole lines and sentences of together at least 128 bytes, 512 at most.
///
/// No entity goes beyond its passage, and what stands in another passage changes nothing in it. So
/// the answer for a long text is that for its passages one by one, and a key in it costs one of
/// them. Most utterances are one passage.
enum Passages {
    /// From this length on, in bytes, the end of a sentence ends a passage.
    static let least = 128
    /// The longest passage, in bytes.
    static let most = 512
    /// No passage is looked at behind so many tokens, which bounds the time for a text.
    static let tokenLimit = 1024

    /// Where the passage that begins at `start` ends; `end` is the end of what is read of the text.
    ///
    /// Where no sentence ends in time, it ends behind the last white space, or else between two characters.
    static func end(in text: Span<UInt8>, from start: Int, _ end: Int) -> Int {
        guard end - start > least else { return end }
        let last = min(start + most, end)
        var at = start + least - 1
        while at < last {
            if isBorder(text, at, from: start) { return behindSpace(text, at + 1, last) }
            at += 1
        }
        return last == end ? end : lastSpace(text, from: start, last)
    }

    /// Whether a line or a sentence ends with the byte at `at`.
    private static func isBorder(_ text: Span<UInt8>, _ at: Int, from start: Int) -> Bool {
        let byte = text[at]
        if byte == UInt8(ascii: "\n") { return true }
        if byte <= 0x20 { return at > start && isStop(text, at - 1, from: start) }
        guard byte >= 0x80, at >= start + 2 else { return false }
        // 。 and the wide ！ and ？.
        switch (text[at - 2], text[at - 1], byte) {
        case (0xE3, 0x80, 0x82), (0xEF, 0xBC, 0x81), (0xEF, 0xBC, 0x9F): return true
        default: return false
        }
    }

    /// Whether a sentence has ended with the sign at `at`, quotes and brackets behind it apart.
    ///
    /// A point behind a short word or a figure may be that of `Dr.`, `p.m.` or `3.`.
    private static func isStop(_ text: Span<UInt8>, _ at: Int, from start: Int) -> Bool {
        switch text[at] {
        case UInt8(ascii: "!"), UInt8(ascii: "?"): return true
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"):
            return at > start && isStop(text, at - 1, from: start)
        case UInt8(ascii: "."):
            guard at - start >= 4 else { return false }
            for place in at - 4..<at where !isLetter(text[place]) { return false }
            return true
        default: return false
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static func behindSpace(_ text: Span<UInt8>, _ place: Int, _ end: Int) -> Int {
        var at = place
        while at < end, text[at] <= 0x20 { at += 1 }
        return at
    }

    private static func lastSpace(_ text: Span<UInt8>, from start: Int, _ end: Int) -> Int {
        var at = end
        while at > start + least, text[at - 1] > 0x20 { at -= 1 }
        if at > start + least { return at }
        at = end
        while text[at] & 0xC0 == 0x80, at > end - 3 { at -= 1 }
        return at
    }
}

/// What was found in the passages of a text, kept while the text is being typed.
///
/// Belongs to one text and one model; takes some 5 KB, and nothing where the text is one passage.
package struct KnownPassages: Sendable {
    struct Passage: Sendable {
        let text: [UInt8]
        /// Counted from the start of the passage.
        var entities: [Entity] = []
        var tokenCount = 0
        /// In UTF-16 units.
        var length = 0
    }

    private var passages: [Passage] = []
    private var next: [Passage] = []
    /// The first one that is not taken over or passed by yet.
    private var place = 0
    /// How many passages had to be read since the start; for tests.
    private(set) var readCount = 0

    package init() {}

    /// Begins with the first passage of a text.
    mutating func begin() {
        place = 0
        next.removeAll(keepingCapacity: true)
    }

    /// Gives a passage of the same text that was kept, in the order of the text.
    mutating func find(_ text: Span<UInt8>) -> Passage? {
        for i in place..<passages.count where Self.isEqual(passages[i].text, text) {
            place = i + 1
            return passages[i]
        }
        return nil
    }

    private static func isEqual(_ one: [UInt8], _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for i in one.indices where one[i] != other[i] { return false }
        return true
    }

    /// Keeps a passage for the next time.
    mutating func keep(_ passage: Passage, isRead: Bool) {
        next.append(passage)
        if isRead { readCount += 1 }
    }

    /// Ends with the last passage of a text; what it has no more is forgotten.
    mutating func end() {
        swap(&passages, &next)
        next.removeAll(keepingCapacity: true)
    }
}
