// From text to the terms that the index knows.

internal import Numerics

/// Cuts text into words and gives each as a 64-bit term.
///
/// A word is a run of letters, marks and digits, lower-cased; an ideograph is a word by itself; an
/// apostrophe inside a word is left out. The commonest English words are dropped, and endings cut
/// (`stem`), unless the settings say otherwise. Two words are one term if their hashes are equal,
/// which for different words happens once in 2^64.
package struct TextAnalyzer: Equatable, Sendable {
    package let stems: Bool
    package let dropsStopwords: Bool

    package init(stems: Bool = true, dropsStopwords: Bool = true) {
        self.stems = stems
        self.dropsStopwords = dropsStopwords
    }

    /// A term, and where the word stands in the text, in UTF-8 units.
    package struct Word: Equatable, Sendable {
        package let term: UInt64
        package let range: Range<Int>
    }

    /// Appends the words of `text`, in their order, until `words` holds `limit` of them.
    package func analyze(_ text: String, into words: inout [Word], limit: Int = .max) {
        let bytes = text.utf8.span
        var word: [UInt8] = []
        word.reserveCapacity(32)
        var (start, end) = (0, 0)
        var i = 0
        while i < bytes.count, words.count < limit {
            let byte = bytes[i]
            if byte < 0x80 {
                if let letter = Self.lowercased(byte) {
                    if word.isEmpty { start = i }
                    word.append(letter)
                    end = i + 1
                } else if byte != UInt8(ascii: "'") || word.isEmpty {
                    finish(&word, start..<end, &words)
                }
                i += 1
                continue
            }
            let (scalar, length) = Self.scalar(bytes, at: i)
            switch Self.kind(scalar) {
            case .letter:
                if word.isEmpty { start = i }
                word.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
                end = i + length
            case .ideograph:
                finish(&word, start..<end, &words)
                word.append(contentsOf: String(scalar).utf8)
                finish(&word, i..<i + length, &words)
            case .apostrophe where !word.isEmpty: break
            case .apostrophe, .separator: finish(&word, start..<end, &words)
            }
            i += length
        }
        if words.count < limit { finish(&word, start..<end, &words) }
    }

    /// The terms of `text`, each once, in ascending order.
    package func terms(of text: String) -> [UInt64] {
        var words: [Word] = []
        analyze(text, into: &words)
        return words.map(\.term).sortedUnique()
    }

    private func finish(_ word: inout [UInt8], _ range: Range<Int>, _ words: inout [Word]) {
        guard !word.isEmpty else { return }
        defer { word.removeAll(keepingCapacity: true) }
        if dropsStopwords, word.count <= Stopwords.longest,
            Stopwords.terms.contains(hash(word.span))
        {
            return
        }
        if stems { Self.stem(&word) }
        words.append(Word(term: hash(word.span), range: range))
    }

    private static func lowercased(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        default: nil
        }
    }

    /// Decodes one scalar; a string holds only valid UTF-8.
    private static func scalar(_ bytes: Span<UInt8>, at i: Int) -> (Unicode.Scalar, Int) {
        let first = UInt32(bytes[i])
        let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
        var value = first & (0x7f >> UInt32(length))
        for j in 1..<length { value = value << 6 | UInt32(bytes[i + j] & 0x3f) }
        return (Unicode.Scalar(value) ?? "\u{fffd}", length)
    }

    private enum Kind { case letter, ideograph, apostrophe, separator }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if scalar == "\u{2019}" { return .apostrophe }
        if scalar.properties.isIdeographic { return .ideograph }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
            .otherNumber:
            .letter
        default: .separator
        }
    }
}

/// English words that say nothing about what a text is about.
private enum Stopwords {
    static let longest = 10

    static let terms = Set(
        """
        a about after again all also always am an and any are arent as ask asked asks at be \
        because been before being both but by can cannot cant could couldnt did didnt do does \
        doesnt doing done dont during each either else ever every few for from further get gets \
        getting give gives go goes going got had hadnt has hasnt have havent having he her here \
        hers him his how however i id if ill im in into is isnt it its ive just keep later let \
        lets like lot lots make many may me might more most much must my never no nor not now of \
        off ok on once one only onto or other our ours out over own per please put quite rather \
        really same say says see shall she should shouldnt since so some somebody someone \
        something still such take takes tell tells than that thats the their theirs them then \
        there theres these they theyre thing things this those through to too under until up \
        upon us use used uses using very want wants was wasnt way we well went were werent weve \
        what whats when where whether which while who whom whose why will with within without \
        wont would wouldnt yet you your youre yours
        """.split(separator: " ").map { hash(Array($0.utf8).span) })
}

extension [UInt64] {
    /// The elements in ascending order, each once.
    func sortedUnique() -> [UInt64] {
        var result: [UInt64] = []
        result.reserveCapacity(count)
        for element in sorted() where element != result.last { result.append(element) }
        return result
    }

    /// How many elements two ascending lists without repetition have in common.
    func commonCount(with other: [UInt64]) -> Int {
        let (a, b) = (span, other.span)
        var (i, j, common) = (0, 0, 0)
        while i < a.count, j < b.count {
            let (x, y) = (a[i], b[j])
            // Sums instead of branches: which list goes on is a coin toss.
            common += x == y ? 1 : 0
            i += x <= y ? 1 : 0
            j += y <= x ? 1 : 0
        }
        return common
    }
}
