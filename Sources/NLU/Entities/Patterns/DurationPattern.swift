// Lengths of time.

/// A length of time in the units it was written with.
struct Duration: Equatable {
    /// Years, months, weeks, days, hours, minutes, seconds.
    private var amounts: [7 of DecimalNumber] = .init(repeating: DecimalNumber(0))

    static func == (a: Duration, b: Duration) -> Bool { a.text == b.text }

    /// Sets the amount of a unit; the part of it that is not whole goes into smaller units.
    mutating func add(_ amount: DecimalNumber, _ unit: Lexeme.Unit) {
        guard let first = Self.place(of: unit) else { return }
        var (amount, place) = (amount.withoutZeros, first)
        while amount.whole == nil, Self.factors[place] > 0 {
            let (whole, rest) = amount.parts
            amounts[place] = amounts[place].plus(DecimalNumber(whole)) ?? amounts[place]
            guard let smaller = rest.times(Self.factors[place]) else { break }
            (amount, place) = (smaller, place + 1)
        }
        amounts[place] = amounts[place].plus(amount) ?? amounts[place]
    }

    /// ISO 8601, such as `PT2H` or `P1DT12H`.
    var text: String {
        var amounts = self.amounts
        let isWeeks = (0..<7).allSatisfy { $0 == 2 || amounts[$0].mantissa == 0 }
        if !isWeeks, let days = amounts[2].times(7) {
            amounts[3] = amounts[3].plus(days) ?? amounts[3]
            amounts[2] = DecimalNumber(0)
        }
        var (date, time) = ("", "")
        for (place, letter) in ["Y", "M", "W", "D", "H", "M", "S"].enumerated()
        where amounts[place].mantissa != 0 {
            let part = amounts[place].withoutZeros.text + letter
            if place < 4 { date += part } else { time += part }
        }
        if date.isEmpty, time.isEmpty { return "PT0S" }
        return "P" + date + (time.isEmpty ? "" : "T" + time)
    }

    static func place(of unit: Lexeme.Unit) -> Int? {
        switch unit {
        case .year: 0
        case .month: 1
        case .week: 2
        case .day: 3
        case .hour: 4
        case .minute: 5
        case .second: 6
        case .none, .weekend: nil
        }
    }

    /// How many of the next smaller unit make one; 0 where none do exactly.
    private static let factors = [12, 0, 7, 24, 60, 60, 0]
}

extension EntityText {
    /// `two hours`, `1h 30min`, `half an hour`, `an hour and a half`, `2 days and 3 hours`.
    func duration(at i: Int) -> Found<Duration>? {
        guard !isInsideWord(i), var part = durationPart(at: i, after: nil) else { return nil }
        var duration = Duration()
        duration.add(part.value.amount, part.value.unit)
        if let half = andAHalf(part) {
            duration.add(DecimalNumber(5, decimals: 1), part.value.unit)
            return Found(half, duration)
        }
        while let next = nextPart(part) {
            duration.add(next.value.amount, next.value.unit)
            part = next
        }
        return Found(part.end, duration)
    }

    struct DurationPart {
        let amount: DecimalNumber
        let unit: Lexeme.Unit
    }

    /// One number with its unit; `after` is the unit before, as one `m` follows hours only.
    func durationPart(at i: Int, after larger: Lexeme.Unit?) -> Found<DurationPart>? {
        if isRole(.half, i) {
            let next = isRole(.a, i + 1) ? i + 2 : i + 1
            guard let unit = unit(at: next) else { return nil }
            return Found(next + 1, DurationPart(amount: DecimalNumber(5, decimals: 1), unit: unit))
        }
        if isRole(.a, i), let unit = unit(at: i + 1) {
            return Found(i + 2, DurationPart(amount: DecimalNumber(1), unit: unit))
        }
        guard let number = quantity(at: i), number.value.mantissa >= 0 else { return nil }
        let end = number.end
        if isSign("-", end), isGlued(end), isGlued(end + 1), let unit = unit(at: end + 1) {
            return Found(end + 2, DurationPart(amount: number.value, unit: unit))
        }
        let word = lexeme(end)
        if word.isDoubtful, word.unit != .none {
            guard isGlued(end), !isInsideWord(end + 1) || digits(end + 1) != nil,
                word.unit != .minute || larger == .hour
            else { return nil }
            return Found(end + 1, DurationPart(amount: number.value, unit: word.unit))
        }
        guard let unit = unit(at: end) else { return nil }
        return Found(end + 1, DurationPart(amount: number.value, unit: unit))
    }

    private func unit(at i: Int) -> Lexeme.Unit? {
        let word = lexeme(i)
        guard !word.isDoubtful, Duration.place(of: word.unit) != nil, !isInsideWord(i + 1) else {
            return nil
        }
        return word.unit
    }

    private func andAHalf(_ part: Found<DurationPart>) -> Int? {
        let i = part.end
        guard isRole(.and, i), isRole(.a, i + 1), isRole(.half, i + 2), unit(at: i + 3) == nil
        else { return nil }
        return i + 3
    }

    /// A part in a smaller unit, perhaps behind a comma or `and`.
    private func nextPart(_ part: Found<DurationPart>) -> Found<DurationPart>? {
        var i = part.end
        let isJoined = digits(i) != nil && isGlued(i)
        if isSign(",", i) { i += 1 }
        if isRole(.and, i) { i += 1 }
        guard let place = Duration.place(of: part.value.unit) else { return nil }
        let next = isJoined ? joinedPart(at: i, part) : durationPart(at: i, after: part.value.unit)
        guard let next, let smaller = Duration.place(of: next.value.unit), smaller > place else {
            return nil
        }
        return next
    }

    /// A part that follows letters at once, as the minutes in `1h30m` or `1h30`.
    private func joinedPart(at i: Int, _ part: Found<DurationPart>) -> Found<DurationPart>? {
        guard let digits = digits(i) else { return nil }
        let word = lexeme(i + 1)
        guard isGlued(i + 1), word.unit != .none, !isInsideWord(i + 2) || self.digits(i + 2) != nil
        else { return nil }
        return Found(
            i + 2, DurationPart(amount: DecimalNumber(digits.value), unit: word.unit))
    }
}
