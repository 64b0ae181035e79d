// Dates, in figures and in English words.

extension EntityText {
    /// A date that begins at a token.
    ///
    /// In figures: `2026-05-03`, and with two digits for the day `03/05/2026`, where the month comes
    /// first behind slashes and the day first behind points and hyphens (`03.05.2026`), or the
    /// other way round where no month has such a number. Years of two digits are of this century.
    func date(at i: Int) -> Found<DateValue>? {
        guard i < tokens.count, !isInsideWord(i),
            let date = figures(at: i) ?? longest(at: i), !isInsideWord(date.end)
        else { return nil }
        return date
    }

    private func longest(at i: Int) -> Found<DateValue>? {
        var best: Found<DateValue>?
        for date in [dayAndMonth(at: i), monthFirst(at: i), weekday(at: i), relative(at: i)] {
            if let date, date.end > best?.end ?? i { best = date }
        }
        return best
    }

    // MARK: In figures

    private func figures(at i: Int) -> Found<DateValue>? {
        guard let first = digits(i) else { return nil }
        for separator in ["-", "/", "."] as [Unicode.Scalar] {
            guard let second = glued(separator, i + 1), let third = glued(separator, second + 1),
                let middle = digits(second), let last = digits(third), middle.count <= 2
            else { continue }
            let end = third + 1
            if glued(separator, end).flatMap({ digits($0) }) != nil { return nil }
            if i > 1, glued(separator, i - 1) == i, digits(i - 2) != nil { return nil }
            if first.count == 4, last.count <= 2 {
                return DateValue.checked(first.value, middle.value, last.value)
                    .map { Found(end, $0) }
            }
            guard first.count <= 2, last.count == 4 || last.count == 2 else { return nil }
            let year = last.count == 2 ? 2000 + last.value : last.value
            let dayFirst = DateValue.checked(year, middle.value, first.value)
            let monthFirst = DateValue.checked(year, first.value, middle.value)
            let value = separator == "/" ? monthFirst ?? dayFirst : dayFirst ?? monthFirst
            return value.map { Found(end, $0) }
        }
        return nil
    }

    // MARK: With the name of a month

    /// `3 May 2026`, `the 3rd of May`, `third of may`.
    private func dayAndMonth(at start: Int) -> Found<DateValue>? {
        let i = isRole(.the, start) ? start + 1 : start
        guard let day = day(at: i) else { return nil }
        let month = isRole(.of, day.end) ? day.end + 1 : day.end
        guard lexeme(month).month > 0 else { return nil }
        // `3 mar` is a date, `second march` is none, and `3 may come` is hardly one.
        if lexeme(month).isDoubtful, day.value.isSpoken, month == day.end { return nil }
        return withYear(month + 1, Int(lexeme(month).month), day.value.number)
    }

    /// `May 3rd, 2026`, `May the 4th`, `May 2026`, `january`.
    private func monthFirst(at i: Int) -> Found<DateValue>? {
        let name = lexeme(i)
        guard name.month > 0 else { return nil }
        let month = Int(name.month)
        let next = isSign(".", i + 1) && isGlued(i + 1) ? i + 2 : i + 1
        if let year = year(at: next) {
            return Found(year.end, .calendar(year: year.value, month: month, day: nil))
        }
        let number = isRole(.the, next) ? next + 1 : next
        if let day = day(at: number),
            let date = withYear(day.end, month, day.value.number)
        {
            return date
        }
        if name.isDoubtful, !isAnnounced(i) { return nil }
        return Found(i + 1, .calendar(year: nil, month: month, day: nil))
    }

    private struct Day {
        let number: Int
        let isSpoken: Bool
    }

    private func day(at i: Int) -> Found<Day>? {
        if let ordinal = ordinal(at: i), (1...31).contains(ordinal.value) {
            return Found(ordinal.end, Day(number: ordinal.value, isSpoken: digits(i) == nil))
        }
        guard let digits = digits(i), digits.count <= 2, (1...31).contains(digits.value),
            !isInsideWord(i + 1), glued(":", i + 1) == nil
        else { return nil }
        return Found(i + 1, Day(number: digits.value, isSpoken: false))
    }

    private func withYear(_ end: Int, _ month: Int, _ day: Int) -> Found<DateValue>? {
        let comma = isSign(",", end) ? end + 1 : end
        if let year = year(at: comma), let date = DateValue.checked(year.value, month, day) {
            return Found(year.end, date)
        }
        return DateValue.checked(nil, month, day).map { Found(end, $0) }
    }

    private func year(at i: Int) -> Found<Int>? {
        guard let digits = digits(i), digits.count == 4, (1000...2999).contains(digits.value),
            !isInsideWord(i + 1), glued(":", i + 1) == nil
        else { return nil }
        return Found(i + 1, digits.value)
    }

    /// Whether the word before says that a date comes.
    private func isAnnounced(_ i: Int) -> Bool {
        switch lexeme(i - 1).role {
        case .in, .on, .of, .next, .last, .this, .preposition, .before, .after: true
        default: false
        }
    }

    // MARK: Counted from today

    /// `monday`, `next friday`, `Monday, 3 May 2026`.
    private func weekday(at i: Int) -> Found<DateValue>? {
        let word = lexeme(i)
        guard word.weekday > 0 else { return nil }
        let end = isSign(".", i + 1) && isGlued(i + 1) && word.isDoubtful ? i + 2 : i + 1
        let next = isSign(",", end) ? end + 1 : end
        if let date = dayAndMonth(at: next) ?? monthWithDay(at: next) ?? figures(at: next) {
            return date
        }
        guard !word.isDoubtful || isAnnounced(i) else { return nil }
        return Found(i + 1, .weekday(Int(word.weekday), week: nil))
    }

    private func monthWithDay(at i: Int) -> Found<DateValue>? {
        guard let date = monthFirst(at: i), case .calendar(_, _, .some) = date.value else {
            return nil
        }
        return date
    }

    private func relative(at i: Int) -> Found<DateValue>? {
        switch lexeme(i).role {
        case .today: Found(i + 1, .relative(.day, 0))
        case .tomorrow: Found(i + 1, .relative(.day, 1))
        case .yesterday: Found(i + 1, .relative(.day, -1))
        case .next: named(i + 1, 1)
        case .last: named(i + 1, -1)
        case .this: named(i + 1, 0)
        case .the where lexeme(i + 1).unit == .day: dayBeside(i + 1)
        case .in: counted(from: i + 1, isFuture: true)
        default: dayBeside(i) ?? counted(from: i, isFuture: nil)
        }
    }

    /// What follows `next`, `last` or `this`.
    private func named(_ i: Int, _ offset: Int) -> Found<DateValue>? {
        let word = lexeme(i)
        if word.weekday > 0 {
            return Found(i + 1, .weekday(Int(word.weekday), week: offset))
        }
        if word.month > 0 { return Found(i + 1, .month(Int(word.month), year: offset)) }
        guard Self.isCalendar(word.unit) || word.unit == .weekend, word.unit != .day else {
            return nil
        }
        return Found(i + 1, .relative(word.unit, offset))
    }

    /// `day after tomorrow`, `day before yesterday`.
    private func dayBeside(_ i: Int) -> Found<DateValue>? {
        guard lexeme(i).unit == .day else { return nil }
        if isRole(.after, i + 1), isRole(.tomorrow, i + 2) {
            return Found(i + 3, .relative(.day, 2))
        }
        if isRole(.before, i + 1), isRole(.yesterday, i + 2) {
            return Found(i + 3, .relative(.day, -2))
        }
        return nil
    }

    /// `in two weeks`, `three days ago`, `a week from now`, `two weeks from today`.
    private func counted(from i: Int, isFuture: Bool?) -> Found<DateValue>? {
        guard let part = durationPart(at: i, after: nil), let count = part.value.amount.whole,
            Self.isCalendar(part.value.unit), count < 100_000
        else { return nil }
        if isFuture == true { return Found(part.end, .relative(part.value.unit, count)) }
        if isRole(.ago, part.end) {
            return Found(part.end + 1, .relative(part.value.unit, -count))
        }
        guard isRole(.from, part.end),
            isRole(.now, part.end + 1) || isRole(.today, part.end + 1)
        else { return nil }
        return Found(part.end + 2, .relative(part.value.unit, count))
    }

    private static func isCalendar(_ unit: Lexeme.Unit) -> Bool {
        switch unit {
        case .day, .week, .month, .year: true
        case .none, .second, .minute, .hour, .weekend: false
        }
    }
}
