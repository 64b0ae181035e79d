// What a date stands for, with and without knowing today.

/// A date of the calendar, or one that is counted from today.
enum DateValue: Equatable {
    /// Parts that are not known are nil.
    case calendar(year: Int?, month: Int?, day: Int?)
    /// So many units from now.
    case relative(Lexeme.Unit, Int)
    /// A day of the week or a month, perhaps of this, the next or the last week or year.
    case weekday(Int, week: Int?)
    case month(Int, year: Int)

    /// The value in a normal form.
    ///
    /// ISO 8601 where the date is of the calendar (`2026-05-03`, `2026-05`, without a year
    /// `--05-03`), and else what it is counted by: `day+1`, `week-2`, `weekday=1`,
    /// `weekday=1,week+1`, `month=5,year+1`. Weeks begin on Monday, which is 1.
    var text: String {
        switch self {
        case .calendar(let year, let month, let day):
            var text = year.map { Self.four($0) } ?? "-"
            if let month { text += "-" + TimeOfDay.two(month) }
            if let day { text += "-" + TimeOfDay.two(day) }
            return text
        case .relative(let unit, let count): return Self.counted(unit, count)
        case .weekday(let day, nil): return "weekday=\(day)"
        case .weekday(let day, let week?): return "weekday=\(day)," + Self.counted(.week, week)
        case .month(let month, let year): return "month=\(month)," + Self.counted(.year, year)
        }
    }

    /// A calendar date; nil where there is no such day.
    static func checked(_ year: Int?, _ month: Int, _ day: Int) -> DateValue? {
        guard (1...12).contains(month), day >= 1, day <= days(in: month, of: year) else {
            return nil
        }
        return .calendar(year: year, month: month, day: day)
    }

    private static func days(in month: Int, of year: Int?) -> Int {
        switch month {
        case 4, 6, 9, 11: return 30
        case 2:
            guard let year else { return 29 }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            return isLeap ? 29 : 28
        default: return 31
        }
    }

    private static func four(_ year: Int) -> String {
        let digits = String(year)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static func counted(_ unit: Lexeme.Unit, _ count: Int) -> String {
        "\(unit)" + (count < 0 ? "\(count)" : "+\(count)")
    }
}
