import Numerics
import Registry
import Testing

@Suite struct ScheduleTests {
    private func time(_ text: String) throws -> Int {
        try #require(Timestamp(text)).microseconds
    }

    @Test(arguments: [
        ("daily 03:00", "2026-11-01T02:59:59Z", "2026-11-01T03:00:00Z"),
        ("daily 03:00", "2026-11-01T03:00:00Z", "2026-11-02T03:00:00Z"),
        ("daily 00:00", "2026-12-31T12:00:00Z", "2027-01-01T00:00:00Z"),
        ("weekly mon 03:30", "2026-11-01T12:00:00Z", "2026-11-02T03:30:00Z"),
        ("weekly sun 00:00", "2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"),
        ("hourly :15", "2026-11-01T12:14:59.9Z", "2026-11-01T12:15:00Z"),
        ("every 6h", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"),
        ("every 30m", "2026-11-01T23:31:00Z", "2026-11-02T00:00:00Z"),
        ("every 1d", "1969-12-30T12:00:00Z", "1969-12-31T00:00:00Z"),
    ])
    func `the next time is the first after another`(
        text: String, now: String, next: String
    ) throws {
        let schedule = try #require(Schedule(text))
        #expect(schedule.next(after: try time(now)) == (try time(next)))
        #expect(schedule.description == text)
    }

    @Test(arguments: [
        "", "daily", "daily 3:00", "daily 24:00", "daily 03:60", "daily 03:00 ", "weekly 03:00",
        "weekly monday 03:00", "hourly 15", "hourly :60", "every", "every 0m", "every 29d",
        "every 6", "every h", "every -6h", "every +6h", "every 9999999999999999999h", "6h", "never",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Schedule(text) == nil)
    }

    /// Schedules of every form.
    private func schedule(_ random: inout SplitMix64) throws -> Schedule {
        func digits(_ range: Range<Int>) -> String {
            let number = Int.random(in: range, using: &random)
            return number < 10 ? "0\(number)" : "\(number)"
        }
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        let forms = [
            "daily \(digits(0..<24)):\(digits(0..<60))",
            "weekly \(days[Int.random(in: 0..<7, using: &random)]) \(digits(0..<24)):00",
            "hourly :\(digits(0..<60))", "every \(Int.random(in: 1...600, using: &random))m",
            "every \(Int.random(in: 1...48, using: &random))h",
        ]
        let text = forms[Int.random(in: 0..<forms.count, using: &random)]
        return try #require(Schedule(text), "\(text)")
    }

    @Test(arguments: UInt64(0)..<200)
    func `the next time is later by one period at most, and the steps are regular`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let schedule = try schedule(&random)
        let now = Int.random(in: -4_000_000_000_000_000...4_000_000_000_000_000, using: &random)
        let period = schedule.period * 1_000_000
        let next = schedule.next(after: now)
        #expect(now < next && next <= now + period)
        #expect(schedule.next(after: next) == next + period)
        #expect(schedule.next(after: next - 1) == next)
    }

    @Test(arguments: UInt64(0)..<50)
    func `what is due is told once for each time, however often one asks`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let schedules = ["a": try schedule(&random), "b": try schedule(&random)]
        var clock = ScheduleClock(start: 0)
        var told: [String: Int] = [:]
        let end = 3 * 86_400
        for second in stride(from: 60, through: end, by: 60) {
            for name in clock.due(schedules, at: second * 1_000_000) { told[name, default: 0] += 1 }
        }
        for (name, schedule) in schedules {
            var (count, time) = (0, schedule.next(after: 0))
            while time <= end * 1_000_000 {
                (count, time) = (count + 1, schedule.next(after: time))
            }
            #expect(told[name] ?? 0 == count, "\(schedule)")
        }
    }

    @Test func `what was missed is due once, and a clock set back makes nothing due`() throws {
        let schedules = ["a": try #require(Schedule("every 1h"))]
        var clock = ScheduleClock(start: 0)
        #expect(clock.due(schedules, at: 86_400_000_000) == ["a"])
        #expect(clock.due(schedules, at: 1_000_000) == [])
        #expect(clock.due(schedules, at: 3_600_000_000) == ["a"])
    }
}
