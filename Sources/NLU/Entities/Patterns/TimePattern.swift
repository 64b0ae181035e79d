// Times of day.

/// A time of day, as `14:30` or `14:30:15`.
struct TimeOfDay: Equatable {
    let hour: Int
    let minute: Int
    var second: Int?

    var text: String {
        let text = Self.two(hour) + ":" + Self.two(minute)
        return second.map { text + ":" + Self.two($0) } ?? text
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension EntityText {
    /// `14:30`, `2pm`, `2:30 p.m.`, `half past two`, `ten to five`, `5 o'clock`, `noon`.
    ///
    /// Without `am` or `pm` an hour counts as it is written.
    func time(at i: Int) -> Found<TimeOfDay>? {
        guard i < tokens.count, !isInsideWord(i) else { return nil }
        switch lexeme(i).role {
        case .noon: return Found(i + 1, TimeOfDay(hour: 12, minute: 0))
        case .midnight: return Found(i + 1, TimeOfDay(hour: 0, minute: 0))
        default: break
        }
        guard let time = clockTime(at: i) ?? spokenTime(at: i) ?? wholeHour(at: i),
            !isInsideWord(time.end)
        else { return nil }
        return time
    }

    /// `14:30`, `14:30:15`, `2:30pm`, `2.30 pm`.
    private func clockTime(at i: Int) -> Found<TimeOfDay>? {
        guard let hour = digits(i), hour.count <= 2, hour.value < 24 else { return nil }
        guard let next = glued(":", i + 1) ?? glued(".", i + 1), let minute = digits(next),
            minute.count == 2, minute.value < 60
        else { return nil }
        let isDotted = isSign(".", i + 1)
        var time = TimeOfDay(hour: hour.value, minute: minute.value)
        var end = next + 1
        if !isDotted, let last = glued(":", end), let second = digits(last) {
            guard second.count == 2, second.value < 60 else { return nil }
            time.second = second.value
            end = last + 1
        }
        if let half = meridiem(at: end), let hour = hour12(time.hour, half.value) {
            let time = TimeOfDay(hour: hour, minute: time.minute, second: time.second)
            return Found(half.end, time)
        }
        return isDotted || glued(":", end) != nil ? nil : Found(end, time)
    }

    /// `half past two`, `quarter to 3`, `ten minutes past five pm`.
    private func spokenTime(at i: Int) -> Found<TimeOfDay>? {
        let start = isRole(.a, i) && isRole(.quarter, i + 1) ? i + 1 : i
        let minutes: Found<Int>
        switch lexeme(start).role {
        case .half: minutes = Found(start + 1, 30)
        case .quarter: minutes = Found(start + 1, 15)
        default:
            guard let number = small(at: start, in: 1...59) else { return nil }
            minutes = Found(number.end + (lexeme(number.end).unit == .minute ? 1 : 0), number.value)
        }
        let isPast = isRole(.past, minutes.end) || isRole(.after, minutes.end)
        guard isPast || (isRole(.to, minutes.end) && minutes.value != 30),
            let hour = small(at: minutes.end + 1, in: 1...12)
        else { return nil }
        let half = meridiem(at: hour.end)
        let base = half.flatMap { hour12(hour.value, $0.value) } ?? hour.value
        let total = (base * 60 + (isPast ? minutes.value : -minutes.value) + 1440) % 1440
        let time = TimeOfDay(hour: total / 60, minute: total % 60)
        return Found(half?.end ?? hour.end, time)
    }

    /// `2pm`, `two pm`, `5 o'clock`.
    private func wholeHour(at i: Int) -> Found<TimeOfDay>? {
        guard let hour = small(at: i, in: 0...23) else { return nil }
        var end = hour.end
        let isClock =
            isRole(.oclock, end) || isRole(.o, end) && isRole(.clock, end + 1)
        if isClock { end += isRole(.oclock, end) ? 1 : 2 }
        if let half = meridiem(at: end), let value = hour12(hour.value, half.value) {
            return Found(half.end, TimeOfDay(hour: value, minute: 0))
        }
        return isClock ? Found(end, TimeOfDay(hour: hour.value, minute: 0)) : nil
    }

    private enum Meridiem { case am, pm }

    private func meridiem(at i: Int) -> Found<Meridiem>? {
        if isRole(.am, i) { return Found(i + 1, .am) }
        if isRole(.pm, i) { return Found(i + 1, .pm) }
        guard i + 2 < tokens.count, tokens[i].kind == .letters, isLetter("m", i + 2),
            glued(".", i + 1) == i + 2
        else { return nil }
        let end = isGlued(i + 3) && isSign(".", i + 3) ? i + 4 : i + 3
        if isLetter("a", i) { return Found(end, .am) }
        return isLetter("p", i) ? Found(end, .pm) : nil
    }

    private func isLetter(_ letter: Unicode.Scalar, _ i: Int) -> Bool {
        tokens[i].end - tokens[i].start == 1 && scalars[tokens[i].start] == letter.value
    }

    private func hour12(_ hour: Int, _ half: Meridiem) -> Int? {
        guard (1...12).contains(hour) else { return nil }
        return hour % 12 + (half == .pm ? 12 : 0)
    }
}
