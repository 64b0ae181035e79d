// A text cut into the tokens that entities are made of.

import Numerics

/// The characters of a text with their places, and its tokens.
///
/// A token is a run of letters, a run of digits, or one other sign that is not white space: `2pm`,
/// `3rd` and `$12.50` fall into parts. An apostrophe begins a token with the letters behind it, so
/// that `tomorrow's` holds `tomorrow`. Entities begin and end where tokens do.
struct EntityText {
    enum Kind: UInt8 {
        case letters, digits, suffix, sign
    }

    /// How the letters of a token are written.
    enum Capitals: UInt8 {
        case none, first, all, mixed
    }

    struct Token {
        /// The first character and the one behind the last.
        let start: Int
        let end: Int
        let kind: Kind
        let capitals: Capitals
        /// Of the characters in lower case.
        let hash: UInt64
        let lexeme: Lexeme
    }

    /// In lower case, as Unicode's normal form C has them.
    private(set) var scalars: [UInt32] = []
    /// Which of them are written in upper case.
    private(set) var capitals: [Bool] = []
    /// Where each character begins, in UTF-16 units, and where the last one ends.
    ///
    /// Characters that are written as one, or as a letter and marks, begin where the first does.
    private(set) var offsets: [Int32] = []
    /// The same in bytes of `bytes`.
    private var byteOffsets: [Int32] = []
    private var bytes: [UInt8] = []
    private(set) var tokens: [Token] = []
    /// Whether the text has the signs without which there is no address in it.
    private(set) var hasAt = false
    private(set) var hasDot = false

    private var kind: Kind?
    private var start = 0

    init() {}

    /// Reads the first `Words.limit` bytes of a text in UTF-8; what is not UTF-8 counts as U+FFFD.
    ///
    /// Starts over without giving up its memory.
    mutating func read(_ text: Span<UInt8>) {
        scalars.removeAll(keepingCapacity: true)
        capitals.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        byteOffsets.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        (kind, start, hasAt, hasDot) = (nil, 0, false, false)
        var offset: Int32 = 0
        let end = Words.cut(text)
        for i in 0..<end { bytes.append(text[i]) }
        var at = 0
        while at < end {
            let byte = text[at]
            let start = Int32(at)
            if byte < 0x80 {
                at += 1
                readASCII(byte)
                notePlaces(from: offsets.count, offset, start)
                offset += 1
            } else {
                let (scalar, length) = decodeUTF8(text, at, end)
                at += length
                notePlaces(from: read(scalar), offset, start)
                offset += scalar.value > 0xFFFF ? 2 : 1
            }
        }
        offsets.append(offset)
        byteOffsets.append(Int32(end))
        endToken()
    }

    /// Notes where the characters from one on begin: where the first did, or else here.
    private mutating func notePlaces(from first: Int, _ offset: Int32, _ byte: Int32) {
        var (offset, byte) = (offset, byte)
        if first < offsets.count {
            (offset, byte) = (offsets[first], byteOffsets[first])
            offsets.removeSubrange(first...)
            byteOffsets.removeSubrange(first...)
        }
        while offsets.count < scalars.count {
            offsets.append(offset)
            byteOffsets.append(byte)
        }
    }

    /// How long the text is, in UTF-16 units.
    var length: Int { offsets.last.map { Int($0) } ?? 0 }

    /// The place of tokens in the text, in UTF-16 units.
    func range(_ tokens: Range<Int>) -> Range<Int> {
        let first = offsets[self.tokens[tokens.lowerBound].start]
        let last = offsets[self.tokens[tokens.upperBound - 1].end]
        return Int(first)..<Int(last)
    }

    /// The tokens that a place covers; nil where it begins or ends inside of one, or elsewhere.
    ///
    /// The place counts from `offset` units before the text.
    func tokens(in place: Range<Int>, from offset: Int = 0) -> Range<Int>? {
        let (lower, upper) = (place.lowerBound - offset, place.upperBound - offset)
        guard let first = tokens.firstIndex(where: { offsets[$0.start] == lower }),
            let last = tokens.lastIndex(where: { offsets[$0.end] == upper }),
            first <= last
        else { return nil }
        return first..<last + 1
    }

    // MARK: Reading

    private mutating func readASCII(_ byte: UInt8) {
        let scalar = UInt32(byte)
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): take(scalar, .letters)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            take(scalar | 0x20, .letters, isCapital: true)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): take(scalar, .digits)
        case UInt8(ascii: "'"): take(scalar, .suffix)
        case 0...0x20, 0x7F: take(0x20, nil)
        default:
            if byte == UInt8(ascii: "@") { hasAt = true }
            if byte == UInt8(ascii: ".") { hasDot = true }
            take(scalar, .sign)
        }
    }

    /// Reads a character beyond ASCII; gives the place from which on the characters are others.
    private mutating func read(_ scalar: Unicode.Scalar) -> Int {
        let properties = scalar.properties
        let value = scalar.value
        let first = scalars.count
        if properties.isIdeographic {
            take(value, .sign)
            return first
        }
        if [UInt32].isJoining(scalar), kind == .letters || kind == .suffix, start < first {
            let place = scalars.appendComposing(value, wordStart: start)
            capitals.removeSubrange(min(place + 1, first)...)
            capitals += repeatElement(false, count: scalars.count - capitals.count)
            return place
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter:
            for lower in properties.lowercaseMapping.unicodeScalars {
                take(lower.value, .letters, isCapital: scalars.count == first)
            }
        case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
            take(value, .letters)
            guard [UInt32].isDecomposing(scalar) else { return first }
            scalars.removeLast()
            scalars.appendDecomposing(value)
            capitals += repeatElement(false, count: scalars.count - capitals.count)
        case .format, .surrogate, .unassigned:
            // Joiners and direction marks stand inside words.
            take(value, kind == .letters ? .letters : nil)
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .privateUse:
            take(0x20, nil)
        default:
            let isApostrophe = value == 0x2019
            take(isApostrophe ? 0x27 : value, isApostrophe ? .suffix : .sign)
        }
        return first
    }

    /// Takes one character of a kind; nil is white space.
    private mutating func take(_ lower: UInt32, _ next: Kind?, isCapital: Bool = false) {
        let goesOn = next == kind && (next == .letters || next == .digits)
        let follows = next == .letters && kind == .suffix
        if !goesOn, !follows {
            endToken()
            // An apostrophe that follows no word is a sign; letters behind it are a word.
            let isAlone = next == .suffix && (tokens.last?.end != scalars.count || scalars.isEmpty)
            kind = isAlone ? .sign : next
            start = scalars.count
        }
        scalars.append(lower)
        capitals.append(isCapital)
    }

    private mutating func endToken() {
        guard let kind else { return }
        var hash: UInt64 = 0
        for i in start..<scalars.count {
            hash = foldedMultiply(hash ^ UInt64(scalars[i]), Self.tokenKey)
        }
        let lexeme = kind == .letters || kind == .suffix ? Lexicon.lexeme(hash) : Lexeme()
        tokens.append(
            Token(
                start: start, end: scalars.count, kind: kind, capitals: writing(), hash: hash,
                lexeme: lexeme))
        self.kind = nil
    }

    private func writing() -> Capitals {
        guard capitals[start] else {
            for i in start..<scalars.count where capitals[i] { return .mixed }
            return .none
        }
        guard scalars.count - start > 1 else { return .first }
        var count = 0
        for i in start..<scalars.count where capitals[i] { count += 1 }
        return count == 1 ? .first : count == scalars.count - start ? .all : .mixed
    }

    /// The hash that a token of these characters has.
    static func hash(_ scalars: some Sequence<UInt32>) -> UInt64 {
        scalars.reduce(0) { foldedMultiply($0 ^ UInt64($1), tokenKey) }
    }

    private static var tokenKey: UInt64 { 0x9E37_79B9_7F4A_7C15 }
}

// MARK: Looking at tokens

extension EntityText {
    /// Whether nothing stands between a token and the one before.
    func isGlued(_ i: Int) -> Bool {
        i > 0 && i < tokens.count && tokens[i - 1].end == tokens[i].start
    }

    /// Whether a word goes on from the token before into this one, as in `2pm` or `don't`.
    ///
    /// Behind `'s` and a lone apostrophe the word that bears them has ended before.
    func isInsideWord(_ i: Int) -> Bool {
        guard isGlued(i) else { return false }
        switch (tokens[i - 1].kind, tokens[i].kind) {
        case (.sign, _), (_, .sign): return false
        case (_, .suffix):
            let token = tokens[i]
            let isGenitive = token.end - token.start == 2 && scalars[token.start + 1] == 0x73
            return !isGenitive && token.end - token.start > 1
        default: return true
        }
    }

    /// Whether tokens begin and end where words do.
    func areWhole(_ range: Range<Int>) -> Bool {
        !isInsideWord(range.lowerBound) && !isInsideWord(range.upperBound)
    }

    func lexeme(_ i: Int) -> Lexeme {
        i >= 0 && i < tokens.count ? tokens[i].lexeme : Lexeme()
    }

    func isRole(_ role: Lexeme.Role, _ i: Int) -> Bool { lexeme(i).role == role }

    /// Whether token `i` is this sign.
    func isSign(_ sign: Unicode.Scalar, _ i: Int) -> Bool {
        guard i >= 0, i < tokens.count, tokens[i].kind != .letters, tokens[i].kind != .digits
        else { return false }
        return tokens[i].end - tokens[i].start == 1 && scalars[tokens[i].start] == sign.value
    }

    /// The digits of token `i`, how many they are and their value; nil past 18 of them.
    func digits(_ i: Int) -> (count: Int, value: Int)? {
        guard i >= 0, i < tokens.count, tokens[i].kind == .digits else { return nil }
        let token = tokens[i]
        guard token.end - token.start <= 18 else { return nil }
        var value = 0
        for at in token.start..<token.end { value = value * 10 + Int(scalars[at] - 0x30) }
        return (token.end - token.start, value)
    }

    /// What is written from one character up to another, as in the text.
    func written(_ range: Range<Int>) -> String {
        let place = Int(byteOffsets[range.lowerBound])..<Int(byteOffsets[range.upperBound])
        return String(decoding: bytes[place], as: UTF8.self)
    }
}
