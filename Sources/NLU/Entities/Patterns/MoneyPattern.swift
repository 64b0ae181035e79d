// Amounts of money.

/// An amount in a currency.
struct Money: Equatable {
    let amount: DecimalNumber
    /// Place in `Lexicon.currencies`.
    let currency: Int8

    /// The code of ISO 4217 and the amount, such as `USD 12.50`.
    var text: String { Lexicon.currencies[Int(currency)] + " " + amount.text }
}

extension EntityText {
    /// `$12.50`, `12 €`, `EUR 12`, `five dollars and fifty cents`, `$3 million`.
    ///
    /// `$` and dollars are of the United States, pounds of the United Kingdom.
    func money(at i: Int) -> Found<Money>? {
        guard i < tokens.count, !isInsideWord(i) else { return nil }
        if let currency = mark(at: i) ?? code(at: i), let amount = quantity(at: i + 1),
            amount.value.mantissa >= 0, digits(i + 1) != nil
        {
            let amount = shortened(amount)
            guard !isInsideWord(amount.end) else { return nil }
            return Found(amount.end, Money(amount: amount.value, currency: currency))
        }
        guard let part = amount(at: i) else { return nil }
        guard part.value.currency > 0, isRole(.and, part.end), part.value.amount.whole != nil,
            let cents = amount(at: part.end + 1), cents.value.currency == -part.value.currency,
            cents.value.amount.mantissa < 100, let sum = part.value.amount.plus(cents.hundredth)
        else {
            let amount = part.value.currency < 0 ? part.hundredth : part.value.amount
            return Found(part.end, Money(amount: amount, currency: abs(part.value.currency)))
        }
        return Found(cents.end, Money(amount: sum, currency: part.value.currency))
    }

    /// `k`, `m` and `bn` at once behind a figure.
    private func shortened(_ number: Found<DecimalNumber>) -> Found<DecimalNumber> {
        guard isGlued(number.end), tokens[number.end].kind == .letters,
            tokens[number.end].end - tokens[number.end].start == 1
        else { return number }
        let factor: Int
        switch scalars[tokens[number.end].start] {
        case 0x6B: factor = 1000
        case 0x6D: factor = 1_000_000
        case 0x62: factor = 1_000_000_000
        default: return number
        }
        guard let product = number.value.times(factor) else { return number }
        return Found(number.end + 1, product)
    }

    /// A number and the currency behind it; that of hundredths is negative.
    private func amount(at i: Int) -> Found<Money>? {
        if isRole(.a, i), lexeme(i + 1).currency != 0, !lexeme(i + 1).isCode {
            let one = DecimalNumber(1)
            return Found(i + 2, Money(amount: one, currency: lexeme(i + 1).currency))
        }
        guard let number = quantity(at: i), number.value.mantissa >= 0 else { return nil }
        let end = number.end
        // A mark with an amount of its own behind it belongs to that.
        if let currency = mark(at: end), !(isGlued(end + 1) && digits(end + 1) != nil) {
            return Found(end + 1, Money(amount: number.value, currency: currency))
        }
        let word = lexeme(end)
        guard word.currency != 0, !isInsideWord(end + 1), !word.isCode || code(at: end) != nil
        else { return nil }
        return Found(end + 1, Money(amount: number.value, currency: word.currency))
    }

    private func mark(at i: Int) -> Int8? {
        guard i < tokens.count, tokens[i].kind == .sign else { return nil }
        let currency = Lexicon.currency(ofSign: scalars[tokens[i].start])
        return currency == 0 ? nil : currency
    }

    private func code(at i: Int) -> Int8? {
        let word = lexeme(i)
        guard word.isCode, !word.isDoubtful || tokens[i].capitals == .all else { return nil }
        return word.currency
    }
}

extension Found<Money> {
    fileprivate var hundredth: DecimalNumber {
        DecimalNumber(value.amount.mantissa, decimals: value.amount.decimals + 2)
    }
}
