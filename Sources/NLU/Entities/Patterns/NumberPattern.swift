// Numbers and ordinals, in digits and in English words.

/// What a pattern found: up to which token, and what it stands for.
struct Found<Value> {
    let end: Int
    let value: Value

    init(_ end: Int, _ value: Value) {
        self.end = end
        self.value = value
    }
}

extension EntityText {
    /// A number in digits or words that begins at a token.
    func number(at i: Int) -> Found<DecimalNumber>? {
        guard let number = quantity(at: i), !isInsideWord(number.end) else { return nil }
        return number
    }

    /// A number which letters may follow at once, as in `2h`.
    func quantity(at i: Int) -> Found<DecimalNumber>? {
        guard i < tokens.count, !isInsideWord(i) else { return nil }
        if isSign("-", i), !isGlued(i), isGlued(i + 1), let number = figure(at: i + 1) {
            return Found(number.end, number.value.negated)
        }
        guard let number = figure(at: i) ?? words(at: i) else { return nil }
        return withHalf(number)
    }

    /// A whole number from a range, in digits or words.
    func small(at i: Int, in range: ClosedRange<Int>) -> Found<Int>? {
        guard let number = quantity(at: i), let value = number.value.whole, range.contains(value)
        else { return nil }
        return Found(number.end, value)
    }

    /// `3rd`, `third`, `twenty-first`.
    func ordinal(at i: Int) -> Found<Int>? {
        guard i < tokens.count, !isInsideWord(i) else { return nil }
        if let digits = digits(i) {
            guard isGlued(i + 1), isRole(.ordinalEnding, i + 1), areWhole(i..<i + 2) else {
                return nil
            }
            return Found(i + 2, digits.value)
        }
        let first = lexeme(i)
        if first.ordinal > 0 { return areWhole(i..<i + 1) ? Found(i + 1, first.ordinal) : nil }
        guard first.numberKind == .ten else { return nil }
        let second = isSign("-", i + 1) ? i + 2 : i + 1
        guard (1...9).contains(lexeme(second).ordinal), areWhole(i..<second + 1) else { return nil }
        return Found(second + 1, first.number + lexeme(second).ordinal)
    }

    // MARK: Digits

    /// Digits with groups and decimals, and words such as `million` behind them.
    ///
    /// `1,234.5` and `1.234,5` are grouped; a lone comma before other than three digits, and a
    /// lone point, begin the decimals. Numbers with further points, such as versions, are none.
    private func figure(at i: Int) -> Found<DecimalNumber>? {
        guard digits(i) != nil, i == 0 || !isPartOfFigure(i) else { return nil }
        guard var number = grouped(at: i, ",", ".") ?? grouped(at: i, ".", ",") ?? plain(at: i)
        else { return nil }
        if isGlued(number.end), isSign(".", number.end) || isSign(",", number.end),
            isGlued(number.end + 1), digits(number.end + 1) != nil
        {
            return nil
        }
        while lexeme(number.end).numberKind == .scale || lexeme(number.end).numberKind == .hundred,
            let product = number.value.times(lexeme(number.end).number)
        {
            number = Found(number.end + 1, product)
        }
        return number
    }

    /// Whether digits before a point or comma go on in token `i`.
    private func isPartOfFigure(_ i: Int) -> Bool {
        isGlued(i) && (isSign(".", i - 1) || isSign(",", i - 1)) && isGlued(i - 1)
            && digits(i - 2) != nil
    }

    private func grouped(
        at i: Int, _ separator: Unicode.Scalar, _ point: Unicode.Scalar
    ) -> Found<DecimalNumber>? {
        guard let first = digits(i), first.count <= 3 else { return nil }
        var (value, end, groups) = (first.value, i + 1, 0)
        while groups < 4, let next = glued(separator, end), let group = digits(next),
            group.count == 3
        {
            value = value * 1000 + group.value
            end = next + 1
            groups += 1
        }
        guard groups > 0 else { return nil }
        if let next = glued(point, end), let decimals = digits(next), decimals.count <= 4,
            let power = DecimalNumber.powerOfTen(decimals.count)
        {
            let (product, overflow) = value.multipliedReportingOverflow(by: power)
            guard !overflow else { return nil }
            return Found(
                next + 1,
                DecimalNumber(product + decimals.value, decimals: decimals.count))
        }
        // `1.234` is taken for a decimal number.
        if separator == ".", groups == 1 { return nil }
        return Found(end, DecimalNumber(value))
    }

    private func plain(at i: Int) -> Found<DecimalNumber>? {
        guard let first = digits(i) else { return nil }
        guard let next = glued(".", i + 1) ?? glued(",", i + 1), let decimals = digits(next),
            first.count + decimals.count <= 18,
            let power = DecimalNumber.powerOfTen(decimals.count)
        else { return Found(i + 1, DecimalNumber(first.value)) }
        let mantissa = first.value * power + decimals.value
        return Found(next + 1, DecimalNumber(mantissa, decimals: decimals.count))
    }

    /// The token behind a sign that stands at `i` with no space on either side.
    func glued(_ sign: Unicode.Scalar, _ i: Int) -> Int? {
        isGlued(i) && isSign(sign, i) && isGlued(i + 1) ? i + 1 : nil
    }

    // MARK: Words

    /// `twenty five`, `a hundred and one`, `two thousand`, `two point five`, `a dozen`.
    private func words(at start: Int) -> Found<DecimalNumber>? {
        var (total, current, end) = (0, 0, start)
        var last = Lexeme.Number.none
        var least = Int.max
        if isRole(.a, start) {
            let next = lexeme(start + 1)
            guard
                next.numberKind == .hundred || next.numberKind == .scale || next.role == .dozen
            else { return nil }
            (current, last, end) = (1, .unit, start + 1)
        }
        while end < tokens.count {
            var i = end
            if last != .none, isSign("-", i), isGlued(i), isGlued(i + 1) { i += 1 }
            if isRole(.and, i), last == .hundred || last == .scale { i += 1 }
            let word = lexeme(i)
            guard !isInsideWord(i) || i > end else { break }
            switch word.numberKind {
            case .unit where last == .none || last == .hundred || last == .scale:
                current += word.number
            case .unit where last == .ten && (1...9).contains(word.number):
                current += word.number
            case .ten where last == .none || last == .hundred || last == .scale:
                current += word.number
            case .hundred where (1...99).contains(current) && last != .hundred:
                current *= 100
            case .scale where current > 0 && word.number < least:
                let (product, overflow) = current.multipliedReportingOverflow(by: word.number)
                guard !overflow else { return nil }
                total += product
                (current, least) = (0, word.number)
            default:
                if word.role == .dozen, last == .unit, total == 0 {
                    return Found(i + 1, DecimalNumber(current * 12))
                }
                return finish(total + current, end, isEmpty: last == .none)
            }
            last = word.numberKind
            end = i + 1
        }
        return finish(total + current, end, isEmpty: last == .none)
    }

    private func finish(_ value: Int, _ end: Int, isEmpty: Bool) -> Found<DecimalNumber>? {
        guard !isEmpty else { return nil }
        guard isRole(.point, end), lexeme(end + 1).numberKind == .unit, lexeme(end + 1).number < 10
        else { return Found(end, DecimalNumber(value)) }
        var (mantissa, decimals, i) = (value, 0, end + 1)
        while decimals < 6, lexeme(i).numberKind == .unit, lexeme(i).number < 10, value < 1 << 32 {
            mantissa = mantissa * 10 + lexeme(i).number
            decimals += 1
            i += 1
        }
        return Found(i, DecimalNumber(mantissa, decimals: decimals))
    }

    /// Adds `and a half`.
    private func withHalf(_ number: Found<DecimalNumber>) -> Found<DecimalNumber> {
        let i = number.end
        guard isRole(.and, i), isRole(.a, i + 1), isRole(.half, i + 2) || isRole(.quarter, i + 2),
            number.value.whole != nil
        else { return number }
        let part =
            isRole(.half, i + 2) ? DecimalNumber(5, decimals: 1) : DecimalNumber(25, decimals: 2)
        guard let sum = number.value.plus(part) else { return number }
        return Found(i + 3, sum)
    }
}
