// Telephone numbers.

extension EntityText {
    /// A telephone number that begins at a token: `+49 30 1234567`, `(555) 123-4567`,
    /// `555-123-4567`, `030 1234567`.
    ///
    /// A number counts as one that begins with `+`, with brackets or with a zero that a further
    /// digit follows, or whose groups are of three, three and four digits, or of three and four with
    /// a hyphen. It has 7 to 15 digits (E.164).
    func phone(at i: Int) -> Int? {
        guard i < tokens.count, !isInsideWord(i), !isContinued(i) else { return nil }
        var groups = PhoneGroups()
        var at = i
        if isSign("+", at) {
            groups.isInternational = true
            at += 1
            guard isGlued(at) else { return nil }
        }
        var longest: Int?
        while groups.count < 6, at < tokens.count, let next = group(at, &groups) {
            at = next
            if groups.isPhone, !isInsideWord(at), date(at: i)?.end != at { longest = at }
            at = separator(at, &groups)
        }
        return longest
    }

    /// `+` and the digits, or the digits alone.
    func phoneDigits(_ range: Range<Int>) -> String {
        var text = isSign("+", range.lowerBound) ? "+" : ""
        for i in range where tokens[i].kind == .digits {
            for at in tokens[i].start..<tokens[i].end {
                text.unicodeScalars.append(Unicode.Scalar(UInt8(scalars[at])))
            }
        }
        return text
    }

    /// Whether figures before this token go on in it.
    private func isContinued(_ i: Int) -> Bool {
        guard isGlued(i) else { return false }
        let isSeparated = [",", ".", "-", "/", ":", "+"].contains { isSign($0, i - 1) }
        return isSeparated && (isSign("+", i - 1) || isGlued(i - 1) && digits(i - 2) != nil)
    }

    /// Takes a group of digits, perhaps in brackets.
    private func group(_ i: Int, _ groups: inout PhoneGroups) -> Int? {
        let isBracketed = isSign("(", i) && isGlued(i + 1)
        let place = isBracketed ? i + 1 : i
        guard let digits = digits(place), digits.count <= 15 else { return nil }
        if isBracketed {
            guard isGlued(place + 1), isSign(")", place + 1), groups.count < 2 else {
                return nil
            }
            groups.isBracketed = true
        }
        if groups.count == 0 {
            let start = tokens[place].start
            groups.hasTrunk = scalars[start] == 0x30 && digits.count >= 3
        }
        groups.append(digits.count)
        return isBracketed ? place + 2 : place + 1
    }

    private func separator(_ i: Int, _ groups: inout PhoneGroups) -> Int {
        for sign in ["-", ".", "/"] as [Unicode.Scalar] {
            if let next = glued(sign, i) {
                groups.isHyphenated = sign == "-"
                return next
            }
        }
        groups.isHyphenated = false
        return i
    }
}

/// What has been read of a telephone number.
private struct PhoneGroups {
    private(set) var count = 0
    private var total = 0
    /// How many digits each group has, as the digits of a hexadecimal number.
    private var lengths: UInt64 = 0
    var isInternational = false
    var isBracketed = false
    var hasTrunk = false
    /// Whether the last group stands behind a hyphen.
    var isHyphenated = false

    mutating func append(_ digits: Int) {
        count += 1
        total += digits
        lengths = lengths << 4 | UInt64(digits)
    }

    var isPhone: Bool {
        guard (7...15).contains(total), count <= 6 else { return false }
        if isInternational { return total >= 8 }
        return isBracketed || hasTrunk || lengths == 0x334 || lengths == 0x1334
            || lengths == 0x34 && isHyphenated
    }
}
