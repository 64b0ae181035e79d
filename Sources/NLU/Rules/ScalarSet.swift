// Which characters a place in a pattern takes.

/// A set of scalars of folded text: ranges, and whether all of words or all others are in it.
struct ScalarSet: Hashable {
    private(set) var ranges: [ClosedRange<UInt32>] = []
    private var hasWords = false
    private var hasOthers = false
    private var isNegated = false

    init() {}

    init(_ range: ClosedRange<UInt32>) {
        ranges = [range]
    }

    static let any = ScalarSet().negated

    /// What a letter after a backslash stands for; nil where it is no set.
    init?(escape: Unicode.Scalar) {
        switch escape {
        case "d", "D": ranges = [0x30...0x39]
        case "s", "S": ranges = [0x20...0x20]
        case "w", "W": hasWords = true
        default: return nil
        }
        isNegated = escape.value < 0x60
    }

    var isEmpty: Bool { ranges.isEmpty && !hasWords && !hasOthers }

    var negated: ScalarSet {
        var set = self
        set.isNegated.toggle()
        return set
    }

    func contains(_ scalar: UInt32, isWord: Bool) -> Bool {
        let isMember =
            isWord && hasWords || !isWord && hasOthers || ranges.contains { $0.contains(scalar) }
        return isMember != isNegated
    }

    /// Adds a range, with the lower case of the letters in it.
    mutating func insert(_ range: ClosedRange<UInt32>) {
        ranges.append(range)
        // The last letter with a lower case of its own is U+1E921.
        let last = min(range.upperBound, 0x1E921)
        guard range.lowerBound <= last else { return }
        for value in range.lowerBound...last {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let folded = FoldedText.folded(scalar)
            guard folded.count == 1, folded[0] != value else { continue }
            if let end = ranges.last?.upperBound, end + 1 == folded[0] {
                ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound...folded[0]
            } else {
                ranges.append(folded[0]...folded[0])
            }
        }
    }

    /// Adds the set of an escape; `false` where a class cannot hold it (`[\D]`, `[\S]`).
    mutating func insert(_ escape: ScalarSet) -> Bool {
        if escape.hasWords {
            if escape.isNegated { hasOthers = true } else { hasWords = true }
            return true
        }
        guard !escape.isNegated else { return false }
        ranges += escape.ranges
        return true
    }
}
