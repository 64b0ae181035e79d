// A text as patterns see it.

/// The characters of a text in lower case, each run of white space as one space, none at the ends.
///
/// A typographic apostrophe is `'`; joiners and direction marks are left out. Letters are as Unicode's
/// normal form C has them. Reads as much as `Words` does, and like it gives up no memory.
struct FoldedText {
    private(set) var scalars: [UInt32] = []
    /// By character, where it stands in the text, in UTF-16 units; empty unless asked for.
    private(set) var places: [Range<Int32>] = []
    private var spaceIsDue = false
    private var keepsPlaces = false
    /// The place of what is being read.
    private var place: Range<Int32> = 0..<0

    init() {}

    /// Reads the first `Words.limit` bytes of a text in UTF-8; what is not UTF-8 counts as U+FFFD.
    mutating func read(_ text: Span<UInt8>, keepingPlaces: Bool = false) {
        scalars.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        (spaceIsDue, keepsPlaces, place) = (false, keepingPlaces, 0..<0)
        let end = Words.cut(text)
        var at = 0
        while at < end {
            let byte = text[at]
            place = place.upperBound..<place.upperBound + 1
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
                if scalar.value > 0xFFFF { place = place.lowerBound..<place.upperBound + 1 }
                read(scalar)
                at += length
            }
        }
    }

    private mutating func read(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if [UInt32].isJoining(scalar) { return join(scalar.value) }
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter:
            for lower in properties.lowercaseMapping.unicodeScalars { append(lower.value) }
        case .format, .surrogate, .unassigned: break
        case .spaceSeparator, .lineSeparator, .paragraphSeparator, .control, .privateUse:
            spaceIsDue = true
        case .lowercaseLetter, .modifierLetter, .otherLetter:
            guard [UInt32].isDecomposing(scalar) else { return append(scalar.value) }
            appendSpace()
            scalars.appendDecomposing(scalar.value)
            notePlaces(from: places.count)
        default: append(scalar.value == 0x2019 ? 0x27 : scalar.value)
        }
    }

    private mutating func append(_ scalar: UInt32) {
        appendSpace()
        scalars.append(scalar)
        if keepsPlaces { places.append(place) }
    }

    private mutating func appendSpace() {
        if spaceIsDue, !scalars.isEmpty {
            scalars.append(0x20)
            if keepsPlaces { places.append(place.lowerBound..<place.lowerBound) }
        }
        spaceIsDue = false
    }

    /// Joins a mark with the letter before it.
    private mutating func join(_ mark: UInt32) {
        appendSpace()
        notePlaces(from: scalars.appendComposing(mark, wordStart: 0))
    }

    /// Notes that the characters from one on stand for all from its place up to here.
    private mutating func notePlaces(from first: Int) {
        guard keepsPlaces else { return }
        let start = first < places.count ? places[first].lowerBound : place.lowerBound
        places.removeSubrange(min(first, places.count)...)
        while places.count < scalars.count { places.append(start..<place.upperBound) }
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
