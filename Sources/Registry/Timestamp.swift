// Times as people and programs write them: ISO 8601.

/// A time in microseconds since 1970, and its text in UTC.
package struct Timestamp: Hashable, Sendable, CustomStringConvertible {
    package let microseconds: Int

    package init(microseconds: Int) { self.microseconds = microseconds }

    /// Reads a date, or a date and a time; nil for anything else.
    ///
    /// As in `2026-11-01` and `2026-11-01T12:00`, also with seconds and fractions of them, and with `Z` or
    /// an offset such as `+02:00` behind; without one it is UTC.
    package init?(_ text: String) {
        var reader = Digits(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), year > 0, 1...12 ~= month,
            1...Self.days(in: month, of: year) ~= day
        else { return nil }
        var time = Self.days(to: year, month, day) * 86_400_000_000
        if reader.take("T") || reader.take(" ") {
            guard let clock = reader.clock(), let offset = reader.offset() else { return nil }
            time += clock - offset
        }
        guard reader.isAtEnd else { return nil }
        microseconds = time
    }

    /// To the second: 2026-11-01T12:00:00Z.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    package var description: String {
        let seconds = microseconds / 1_000_000
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let day = days - era * 146_097
        let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let date = dayOfYear - (153 * shifted + 2) / 5 + 1
        let clock = seconds % 86_400
        let parts = [month, date, clock / 3600, clock / 60 % 60, clock % 60].map {
            $0 < 10 ? "0\($0)" : "\($0)"
        }
        let full = year + era * 400 + (month <= 2 ? 1 : 0)
        return "\(full)-\(parts[0])-\(parts[1])T\(parts[2]):\(parts[3]):\(parts[4])Z"
    }

    /// Days from 1970 to a date; source as above, days_from_civil.
    private static func days(to year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap =
            year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}

/// The characters of a time that were not read yet.
private struct Digits {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    /// A number of so many digits.
    mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        rest.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// `12:00`, `12:00:30` or `12:00:30.5`, in microseconds.
    mutating func clock() -> Int? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60
        else { return nil }
        var time = (hour * 60 + minute) * 60_000_000
        guard take(":") else { return time }
        guard let second = number(2), second < 60 else { return nil }
        time += second * 1_000_000
        guard take(".") else { return time }
        var (unit, count) = (100_000, 0)
        while let digit = number(1) {
            time += digit * unit
            (unit, count) = (unit / 10, count + 1)
        }
        return count > 0 ? time : nil
    }

    /// `Z`, `+02:00` or nothing, in microseconds to the east.
    mutating func offset() -> Int? {
        if isAtEnd || take("Z") { return 0 }
        let sign = take("+") ? 1 : take("-") ? -1 : 0
        guard sign != 0, let hour = number(2), hour < 24 else { return nil }
        _ = take(":")
        guard let minute = number(2), minute < 60 else { return nil }
        return sign * (hour * 60 + minute) * 60_000_000
    }
}
