// When something is done again and again.

/// A regular time, in UTC: `daily 03:00`, `weekly mon 03:00`, `hourly :15`, `every 6h`, `every 30m`.
///
/// `every` counts from midnight of 1 January 1970: `every 6h` is at 00:00, 06:00, 12:00 and 18:00.
package struct Schedule: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    /// In seconds.
    package let period: Int
    /// Seconds after 1970 of the first time.
    private let offset: Int

    /// From a minute on.
    private static let periods = 60...(28 * 86_400)
    /// 1 January 1970 was a Thursday.
    private static let weekdays = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"]

    /// What may be written, for people.
    package static let forms = "daily 03:00, weekly mon 03:00, hourly :15, every 6h or every 30m"

    /// Reads a schedule; nil for anything else.
    package init?(_ text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        switch (words.first, words.count) {
        case ("daily", 2):
            guard let clock = Self.clock(words[1]) else { return nil }
            (period, offset) = (86_400, clock)
        case ("weekly", 3):
            guard let day = Self.weekdays.firstIndex(of: words[1]), let clock = Self.clock(words[2])
            else { return nil }
            (period, offset) = (7 * 86_400, day * 86_400 + clock)
        case ("hourly", 2):
            guard let minute = Self.clock("00" + words[1]) else { return nil }
            (period, offset) = (3600, minute)
        case ("every", 2):
            guard let length = Self.length(words[1]), Self.periods.contains(length) else {
                return nil
            }
            (period, offset) = (length, 0)
        default: return nil
        }
        description = text
    }

    /// The first time after another; both in microseconds since 1970.
    package func next(after time: Int) -> Int {
        let (period, offset) = (period * 1_000_000, offset * 1_000_000)
        let since = time - offset
        let past = since >= 0 ? since / period : (since - period + 1) / period
        return (past + 1) * period + offset
    }

    /// `03:00` in seconds of the day.
    private static func clock(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = number(parts[0], below: 24),
            let minute = number(parts[1], below: 60)
        else { return nil }
        return hour * 3600 + minute * 60
    }

    /// A number of two digits.
    private static func number(_ text: Substring, below bound: Int) -> Int? {
        guard text.utf8.count == 2, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let number = Int(text), number < bound
        else { return nil }
        return number
    }

    /// `6h`, `30m` or `2d` in seconds.
    private static func length(_ text: String) -> Int? {
        let units: [Character: Int] = ["m": 60, "h": 3600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), digits.utf8.count <= 6,
            digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(digits)
        else { return nil }
        return number * unit
    }
}

/// Tells what has come due since it was asked last.
package struct ScheduleClock: Sendable {
    private var time: Int

    /// What was due before `start`, in microseconds since 1970, was missed and is not made up for.
    package init(start: Int) { time = start }

    /// The names of what is due, sorted; once each, however often its time has come.
    ///
    /// Where the clock was set back, nothing is due and it goes on from there.
    package mutating func due(_ schedules: [String: Schedule], at now: Int) -> [String] {
        defer { time = now }
        return schedules.filter { $0.value.next(after: time) <= now }.keys.sorted()
    }
}
