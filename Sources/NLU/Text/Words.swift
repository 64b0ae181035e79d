// An utterance cut into words.

import Numerics

/// The words of a text in lower case, with one space before, between and after them.
///
/// A word is a run of letters, marks and digits, with apostrophes inside it; any other sign that is
/// not white space is a word of its own, and so is an ideograph. Reading starts over without giving
/// up its memory, so that a buffer in use for a while allocates no more.
struct Words {
    /// How much of an utterance is read: an intent shows at its beginning, and the time per text is bounded.
    static let limit = 4096

    /// Unicode scalars: a space, the first word, a space, the second word, …, a space.
    private(set) var scalars: [UInt32] = []
    /// Where each word lies in `scalars`, and its hash.
    private(set) var words: [Word] = []

    struct Word {
        let start: Int
        let end: Int
        let hash: UInt64
    }

    private var wordStart = 1

    /// Those of its words, and a space after each.
    var characterCount: Int { scalars.count - 1 }

    init() {}

    /// Reads the first `limit` bytes of a text in UTF-8; what is not UTF-8 counts as U+FFFD.
    mutating func read(_ text: Span<UInt8>, limit: Int = Words.limit) {
        clear()
        let end = Self.cut(text, limit)
        var at = 0
        while at < end { at += readNext(text, at, end) }
        endWord()
    }

    private mutating func clear() {
        scalars.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        scalars.append(Self.space)
        wordStart = 1
    }

    /// Reads the scalar at `at`; gives how many bytes it takes.
    @inline(__always)
    private mutating func readNext(_ text: Span<UInt8>, _ at: Int, _ end: Int) -> Int {
        let byte = text[at]
        guard byte < 0x80 else {
            let (scalar, length) = decodeUTF8(text, at, end)
            readScalar(scalar)
            return length
        }
        readASCII(byte, next: at + 1 < end ? text[at + 1] : 0)
        return 1
    }

    static let space: UInt32 = 0x20

    /// The end of what is read: no scalar is cut in two.
    static func cut(_ text: Span<UInt8>, _ limit: Int = Words.limit) -> Int {
        guard text.count > limit else { return text.count }
        var end = limit
        while end > limit - 4, text[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    private mutating func readASCII(_ byte: UInt8, next: UInt8) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            scalars.append(UInt32(byte))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            scalars.append(UInt32(byte | 0x20))
        case UInt8(ascii: "'") where scalars.count > wordStart && isWordByte(next):
            scalars.append(UInt32(byte))
        case 0...0x20, 0x7F:
            endWord()
        default:
            standAlone(UInt32(byte))
        }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    private mutating func readScalar(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if properties.isIdeographic { return standAlone(scalar.value) }
        if [UInt32].isJoining(scalar) {
            scalars.appendComposing(scalar.value, wordStart: wordStart)
            return
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter:
            for lower in properties.lowercaseMapping.unicodeScalars { scalars.append(lower.value) }
        case .decimalNumber, .letterNumber, .otherNumber:
            scalars.append(scalar.value)
        case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .enclosingMark:
            appendLetter(scalar)
        case .format, .surrogate, .unassigned:
            // Joiners and direction marks stand inside words without belonging to them.
            break
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .privateUse:
            endWord()
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
            .modifierSymbol, .otherSymbol:
            standAlone(scalar.value)
        case .finalPunctuation:
            // U+2019 is the apostrophe that editors put in by themselves.
            let isApostrophe = scalar.value == 0x2019 && scalars.count > wordStart
            if isApostrophe { scalars.append(0x27) } else { standAlone(scalar.value) }
        @unknown default:
            standAlone(scalar.value)
        }
    }

    /// Appends a letter as the normal form has it.
    private mutating func appendLetter(_ letter: Unicode.Scalar) {
        if [UInt32].isDecomposing(letter) {
            scalars.appendDecomposing(letter.value)
        } else {
            scalars.append(letter.value)
        }
    }

    private mutating func standAlone(_ scalar: UInt32) {
        endWord()
        scalars.append(scalar)
        endWord()
    }

    private mutating func endWord() {
        let end = scalars.count
        guard end > wordStart else { return }
        var hash: UInt64 = 0
        for i in wordStart..<end { hash = foldedMultiply(hash ^ UInt64(scalars[i]), Self.wordKey) }
        words.append(Word(start: wordStart, end: end, hash: hash))
        scalars.append(Self.space)
        wordStart = end + 1
    }

    private static let wordKey: UInt64 = 0x9E37_79B9_7F4A_7C15
}

// MARK: Places

extension Words {
    /// Reads a text and gives where each of its words stands in it, in UTF-16 units.
    ///
    /// Joiners and direction marks behind the first letter of a word are in its place. For explanations:
    /// a key that somebody types needs no places.
    mutating func readPlaces(_ text: Span<UInt8>) -> [Range<Int>] {
        clear()
        var places: [Range<Int>] = []
        var open: Range<Int>?
        var (at, offset) = (0, 0)
        let end = Self.cut(text)
        while at < end {
            let known = (words: words.count, scalars: scalars.count)
            let length = readNext(text, at, end)
            let units = offset..<offset + (length == 4 ? 2 : 1)
            at += length
            offset = units.upperBound
            if words.count > known.words {
                // The word before has ended, or the sign is a word of its own, or both.
                places += [open, units].compactMap { $0 }.prefix(words.count - known.words)
                open = nil
            } else if open != nil || scalars.count > known.scalars {
                open = (open?.lowerBound ?? units.lowerBound)..<units.upperBound
            }
        }
        endWord()
        return places + [open].compactMap { $0 }
    }
}

/// One scalar and how many bytes it takes; a byte that begins none counts as U+FFFD.
func decodeUTF8(_ text: Span<UInt8>, _ at: Int, _ end: Int) -> (Unicode.Scalar, Int) {
    let bad: (Unicode.Scalar, Int) = ("\u{FFFD}", 1)
    let first = text[at]
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first < 0xF5, at + length <= end else { return bad }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for i in 1..<length {
        guard text[at + i] & 0xC0 == 0x80 else { return bad }
        value = value << 6 | UInt32(text[at + i] & 0x3F)
    }
    let least: UInt32 = length == 4 ? 0x1_0000 : length == 3 ? 0x800 : 0x80
    guard value >= least, let scalar = Unicode.Scalar(value) else { return bad }
    return (scalar, length)
}
