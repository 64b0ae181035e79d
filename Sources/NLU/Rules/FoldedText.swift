// A text as patterns see it.

/// The characters of a text in lower case, each run of white space as one space, none at the ends.
///
/// A typographic apostrophe is `'`; joiners and direction marks are left out. Reads as much as
/// `Words` does, and like it gives up no memory.
struct FoldedText {
    private(set) var scalars: [UInt32] = []
    private var spaceIsDue = false

    init() {}

    /// Reads the first `Words.limit` bytes of a text in UTF-8; what is not UTF-8 counts as U+FFFD.
    mutating func read(_ text: Span<UInt8>) {
        scalars.removeAll(keepingCapacity: true)
        spaceIsDue = false
        let end = Words.cut(text)
        var at = 0
        while at < end {
            let byte = text[at]
            switch byte {
            case 0...0x20, 0x7F:
                spaceIsDue = true
                at += 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                append(UInt32(byte | 0x20))
                at += 1
            case ..<0x80:
                append(UInt32(byte))
                at += 1
            default:
                let (scalar, length) = decodeUTF8(text, at, end)
                read(scalar)
                at += length
            }
        }
    }

    private mutating func read(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter:
            for lower in properties.lowercaseMapping.unicodeScalars { append(lower.value) }
        case .format, .surrogate, .unassigned: break
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .privateUse:
            spaceIsDue = true
        default: append(scalar.value == 0x2019 ? 0x27 : scalar.value)
        }
    }

    private mutating func append(_ scalar: UInt32) {
        if spaceIsDue, !scalars.isEmpty { scalars.append(0x20) }
        spaceIsDue = false
        scalars.append(scalar)
    }

    /// What a character of a pattern becomes, so that it meets itself in a text.
    static func folded(_ scalar: Unicode.Scalar) -> [UInt32] {
        if ("A"..."Z").contains(scalar) { return [scalar.value | 0x20] }
        var text = FoldedText()
        text.read(scalar)
        return text.spaceIsDue ? [0x20] : text.scalars
    }

    /// Whether a character is part of a word: a letter, a mark, a digit or `_`.
    static func isWord(_ value: UInt32) -> Bool {
        if value < 0x80 {
            let letter = value | 0x20
            return letter >= 0x61 && letter <= 0x7A || value >= 0x30 && value <= 0x39
                || value == 0x5F
        }
        return switch Unicode.Scalar(value)?.properties.generalCategory {
        case .lowercaseLetter, .uppercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
            .otherNumber:
            true
        default: false
        }
    }
}
