import Registry
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01", 0), ("1970-01-02T00:00:01Z", 86_401_000_000),
        ("2026-11-01T12:00Z", 1_793_534_400_000_000), ("2026-11-01T12:00", 1_793_534_400_000_000),
        ("2026-11-01 14:00:00.25+02:00", 1_793_534_400_250_000),
        ("2026-11-01T06:30:00-0530", 1_793_534_400_000_000),
        ("2024-02-29", 1_709_164_800_000_000), ("1969-12-31T23:59:59Z", -1_000_000),
    ])
    func `a time is read`(text: String, microseconds: Int) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-11-01T", "2026-11-01T24:00",
        "2026-11-01T12:00:60Z", "2026-11-01T12:00:00.Z", "2026-11-01T12:00+2", "2026-11-01Z",
        "2026-11-01T12:00Zulu", "01.11.2026", "2026-11-0١",
    ])
    func `what is no time is not one`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: 0..<200)
    func `the text of a time is read as that time`(seed: Int) {
        let time = Timestamp(microseconds: seed * 47_123_456 * 1_000_000)
        #expect(Timestamp(time.description) == time)
    }
}
