// A light stemmer for English that leaves other words nearly as they are.

extension TextAnalyzer {
    /// Cuts a lower-cased word to a form that its inflections share.
    ///
    /// After step 1 of Porter's algorithm ("An algorithm for suffix stripping", Program 14, 1980):
    /// plural, -ed and -ing, then -ion and -at(e); at the end double letters and a final e or y are
    /// levelled for all words alike, so that refund, refunds, refunded and refunding are one term,
    /// and so are ship and shipping, invoice and invoicing, cancel and cancellation. What is left
    /// need not be a word.
    package static func stem(_ word: inout [UInt8]) {
        guard word.count > 3 else { return }
        stripPlural(&word)
        if !strip("ing", from: &word, leaving: 3) { _ = strip("ed", from: &word, leaving: 3) }
        if word.hasSuffix("tion") || word.hasSuffix("sion") {
            _ = strip("ion", from: &word, leaving: 4)
        }
        level(&word)
        if strip("at", from: &word, leaving: 5) { level(&word) }
    }

    private static func stripPlural(_ word: inout [UInt8]) {
        if word.count > 4, word.hasSuffix("ies") {
            word.removeLast(3)
            word.append(UInt8(ascii: "y"))
        } else if word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"),
            !word.hasSuffix("is")
        {
            word.removeLast()
        }
    }

    /// Takes a suffix off where at least `least` bytes with a vowel stay.
    private static func strip(
        _ suffix: StaticString, from word: inout [UInt8], leaving least: Int
    ) -> Bool {
        let count = word.count - suffix.utf8CodeUnitCount
        guard count >= least, word.hasSuffix(suffix), word[..<count].contains(where: isVowel) else {
            return false
        }
        word.removeLast(suffix.utf8CodeUnitCount)
        return true
    }

    private static func level(_ word: inout [UInt8]) {
        guard word.count > 3, let last = word.last else { return }
        if last == UInt8(ascii: "e") {
            word.removeLast()
        } else if last == UInt8(ascii: "y") {
            word[word.count - 1] = UInt8(ascii: "i")
        }
        let end = word.count - 1
        if end > 2, word[end] == word[end - 1], word[end] < 0x80, !isVowel(word[end]),
            word[end] > UInt8(ascii: "9")
        {
            word.removeLast()
        }
    }

    private static func isVowel(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"),
            UInt8(ascii: "u"), UInt8(ascii: "y"):
            true
        default: false
        }
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        guard count >= length else { return false }
        for i in 0..<length where self[count - length + i] != suffix.utf8Start[i] { return false }
        return true
    }
}
