// Marks joined with the letters before them, as Unicode's normal form C has it.

extension [UInt32] {
    /// Appends a combining mark or a jamo to a word that begins at `start`, composed where it can be.
    ///
    /// So a word has the same scalars whether its accents came with their letters or on their own. All of
    /// the word must have come this way. Gives the place from which on the word is another.
    @discardableResult
    mutating func appendComposing(_ mark: UInt32, wordStart start: Int) -> Int {
        if let syllable = last.flatMap({ Self.syllable($0, mark) }), count > start {
            self[count - 1] = syllable
            return count - 1
        }
        // A dozen marks on one letter are a drawing: they stay as they are, and cost no more than others.
        var first = count
        while first > start, count - first < 12 {
            first -= 1
            if Self.combiningClass(self[first]) == 0 { break }
        }
        guard first < count, count - first < 12 else {
            append(mark)
            return count - 1
        }
        let cluster = self[first...].flatMap(Self.decomposed) + Self.decomposed(mark)
        removeSubrange(first...)
        append(contentsOf: Self.composed(Self.ordered(cluster)))
        return first
    }

    /// Appends a letter that the normal form does not have.
    mutating func appendDecomposing(_ scalar: UInt32) {
        append(contentsOf: Self.composed(Self.decomposed(scalar)))
    }

    /// Marks in the order of their classes; those of one class keep theirs, as they touch each other.
    private static func ordered(_ cluster: [UInt32]) -> [UInt32] {
        var ordered = cluster
        for i in ordered.indices.dropFirst() {
            let own = combiningClass(ordered[i])
            var place = i
            while own > 0, place > 0, combiningClass(ordered[place - 1]) > own {
                ordered.swapAt(place, place - 1)
                place -= 1
            }
        }
        return ordered
    }

    /// Joins each mark with the letter before it, unless another mark of its class stands between.
    private static func composed(_ cluster: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        var lastClass: UInt8 = 0
        for scalar in cluster {
            let own = combiningClass(scalar)
            let isBlocked = result.count > 1 && lastClass >= own
            if let letter = result.first, !isBlocked, let pair = composition(letter, scalar) {
                result[0] = pair
                continue
            }
            result.append(scalar)
            lastClass = own
        }
        return result
    }

    private static func combiningClass(_ scalar: UInt32) -> UInt8 {
        guard scalar >= 0x300, let scalar = Unicode.Scalar(scalar) else { return 0 }
        return scalar.properties.canonicalCombiningClass.rawValue
    }

    /// Whether a scalar is joined with what stands before it: a mark, or a jamo behind another.
    static func isJoining(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x300 else { return false }
        return switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: (0x1161..<0x11C3).contains(scalar.value)
        }
    }

    /// Whether a letter is none of the normal form; compatibility ideographs and forms of letters stay.
    static func isDecomposing(_ letter: Unicode.Scalar) -> Bool {
        letter.value < 0xF900 && letter.properties.isFullCompositionExclusion
    }

    // MARK: Pairs

    private static func composition(_ letter: UInt32, _ mark: UInt32) -> UInt32? {
        let key = UInt64(letter) << 20 | UInt64(mark)
        var (low, high) = (0, compositionPairs.count)
        while low < high {
            let middle = (low + high) / 2
            if compositionPairs[middle] >> 20 < key { low = middle + 1 } else { high = middle }
        }
        guard low < compositionPairs.count, compositionPairs[low] >> 20 == key else { return nil }
        return UInt32(compositionPairs[low] & 0xF_FFFF)
    }

    private static func decomposed(_ scalar: UInt32) -> [UInt32] {
        guard scalar >= 0xC0, let pair = decompositions[scalar] else { return [scalar] }
        let mark = UInt32(pair & 0xF_FFFF)
        return decomposed(UInt32(pair >> 20)) + (mark == 0 ? [] : [mark])
    }

    /// The pair, 20 bits each, of every scalar that has one.
    private static let decompositions = Dictionary(
        uniqueKeysWithValues: (compositionPairs + compositionExclusions).map {
            (UInt32($0 & 0xF_FFFF), $0 >> 20)
        })

    /// A Hangul syllable of a leading consonant and a vowel, or of such a one and a trailing consonant.
    ///
    /// The Unicode Standard, section 3.12.
    private static func syllable(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
            return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
        }
        guard (0xAC00..<0xD7A4).contains(first), (first - 0xAC00).isMultiple(of: 28),
            (0x11A8..<0x11C3).contains(second)
        else { return nil }
        return first + (second - 0x11A7)
    }
}
