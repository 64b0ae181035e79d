import Numerics
import Testing

@testable import NLU

@Suite struct EntityPatternTests {
    /// What a pattern finds in a text: the words and their value.
    struct Vector: CustomTestStringConvertible, Sendable {
        let text: String
        let type: String
        let words: String
        let value: String

        init(_ text: String, _ type: String, _ words: String, _ value: String) {
            (self.text, self.type, self.words, self.value) = (text, type, words, value)
        }

        var testDescription: String { text }
    }

    @Test(arguments: UInt64(0)..<200)
    func `where a pattern is not looked for none begins`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let parts = [
            "2", "30", "pm", "p", ".", ",", "-", "/", "$", "€", "@", "+", "(", ")", "'", "s", " ",
            " ", " ", "two", "hundred", "and", "a", "half", "hours", "May", "third", "of", "2026",
            "next", "monday", "ago", "é", "https://", "www.", "x.com", "555", "1234", "o'clock",
            "to", "noon", "point", "dozen", "usd", "cents", "m", "word", "漢", "!", "?", ":", "&",
        ]
        let string = (0..<Int.random(in: 0...14, using: &random)).map { _ in
            parts.randomElement(using: &random) ?? ""
        }.joined()
        var text = EntityText()
        text.read(string.utf8.span)
        for i in text.tokens.indices where text.beginnings(at: i) != .all {
            for pattern in EntityPattern.allCases {
                let isLookedFor = pattern.isAddress && text.beginnings(at: i) == .addresses
                #expect(
                    isLookedFor || text.end(of: pattern, at: i) == nil,
                    "\(pattern) at \(i) of '\(string)'")
            }
        }
    }

    private func found(_ text: String) -> [(type: String, words: String, value: String)] {
        let recogniser = EntityRecogniser(lists: EntityLists([]), patterns: EntityPattern.allCases)
        var scratch = EntityRecogniser.Scratch()
        return recogniser.recognise(text, scratch: &scratch).map { entity in
            let words = entity.span.stretch(of: text).map(String.init) ?? "?"
            return (entity.span.type, words, entity.span.value ?? "")
        }
    }

    @Test(arguments: numbers + dates + times + durations + amounts + addresses + phones)
    func `a pattern gives the words and what they stand for`(vector: Vector) {
        let found = found(vector.text)
        #expect(
            found.contains { $0 == (vector.type, vector.words, vector.value) },
            "found \(found)")
    }

    @Test(arguments: [
        "nothing to see here", "version 1.2.3 is out", "we may march on", "the second-hand shop",
        "a4 paper", "x86", "I am here", "sun and sea", "may I ask", "user@", "@home", "and/or",
        "32/13/2026", "v2", "e.g. this", "node.js", "1:2:3:4", "mon ami",
    ])
    func `what only looks like it is not taken for a date, time, address or phone`(text: String) {
        let types = found(text).map(\.type)
        let looks: Set = ["date", "time", "email", "url", "phone", "money", "duration"]
        #expect(types.allSatisfy { !looks.contains($0) }, "found \(found(text))")
    }

    @Test func `one text holds several entities in order`() {
        let found = found("meet me tomorrow at 2:30pm, it costs $12.50 for two hours")
        #expect(found.map(\.type) == ["date", "time", "money", "duration"])
        #expect(found.map(\.value) == ["day+1", "14:30", "USD 12.50", "PT2H"])
    }

    private static let numbers = [
        Vector("take 25 of them", "number", "25", "25"),
        Vector("about 1,234,567 people", "number", "1,234,567", "1234567"),
        Vector("1,234.5 m", "number", "1,234.5", "1234.5"),
        Vector("1.234,5 m", "number", "1.234,5", "1234.5"),
        Vector("3.14 is enough", "number", "3.14", "3.14"),
        Vector("12,5 is half", "number", "12,5", "12.5"),
        Vector("it is -5 outside", "number", "-5", "-5"),
        Vector("Twenty five apples", "number", "Twenty five", "25"),
        Vector("twenty-five apples", "number", "twenty-five", "25"),
        Vector("one hundred and five", "number", "one hundred and five", "105"),
        Vector("two thousand three hundred", "number", "two thousand three hundred", "2300"),
        Vector("1.5 million users", "number", "1.5 million", "1500000"),
        Vector("a hundred times", "number", "a hundred", "100"),
        Vector("two dozen eggs", "number", "two dozen", "24"),
        Vector("two and a half apples", "number", "two and a half", "2.5"),
        Vector("two point five apples", "number", "two point five", "2.5"),
        Vector("one two", "number", "two", "2"),
        Vector("the 3rd one", "ordinal", "3rd", "3"),
        Vector("the first one", "ordinal", "first", "1"),
        Vector("the twenty-first time", "ordinal", "twenty-first", "21"),
        Vector("the twenty first time", "ordinal", "twenty first", "21"),
        Vector("my 112th try", "ordinal", "112th", "112"),
    ]

    private static let dates = [
        Vector("on 2026-05-03 then", "date", "2026-05-03", "2026-05-03"),
        Vector("2026/5/3", "date", "2026/5/3", "2026-05-03"),
        Vector("on 3 May 2026.", "date", "3 May 2026", "2026-05-03"),
        Vector("the 3rd of May", "date", "the 3rd of May", "--05-03"),
        Vector("May 3rd", "date", "May 3rd", "--05-03"),
        Vector("May 3rd, 2026", "date", "May 3rd, 2026", "2026-05-03"),
        Vector("May the 4th", "date", "May the 4th", "--05-04"),
        Vector("dec 24", "date", "dec 24", "--12-24"),
        Vector("24 dec 2025", "date", "24 dec 2025", "2025-12-24"),
        Vector("03/05/2026", "date", "03/05/2026", "2026-03-05"),
        Vector("13/05/2026", "date", "13/05/2026", "2026-05-13"),
        Vector("03.05.2026", "date", "03.05.2026", "2026-05-03"),
        Vector("3.5.26", "date", "3.5.26", "2026-05-03"),
        Vector("in May 2026", "date", "May 2026", "2026-05"),
        Vector("since may", "date", "may", "--05"),
        Vector("january was cold", "date", "january", "--01"),
        Vector("29 february 2024", "date", "29 february 2024", "2024-02-29"),
        Vector("tomorrow morning", "date", "tomorrow", "day+1"),
        Vector("Yesterday's news", "date", "Yesterday", "day-1"),
        Vector("are you free tonight", "date", "tonight", "day+0"),
        Vector("the day after tomorrow", "date", "the day after tomorrow", "day+2"),
        Vector("on monday", "date", "monday", "weekday=1"),
        Vector("next Monday please", "date", "next Monday", "weekday=1,week+1"),
        Vector("last fri", "date", "last fri", "weekday=5,week-1"),
        Vector("this weekend", "date", "this weekend", "weekend+0"),
        Vector("next week", "date", "next week", "week+1"),
        Vector("last year", "date", "last year", "year-1"),
        Vector("next may", "date", "next may", "month=5,year+1"),
        Vector("in two weeks", "date", "in two weeks", "week+2"),
        Vector("three days ago", "date", "three days ago", "day-3"),
        Vector("a week from today", "date", "a week from today", "week+1"),
        Vector("Monday, 4 May 2026", "date", "Monday, 4 May 2026", "2026-05-04"),
    ]

    private static let times = [
        Vector("at 14:30", "time", "14:30", "14:30"),
        Vector("at 14:30:15 sharp", "time", "14:30:15", "14:30:15"),
        Vector("2pm works", "time", "2pm", "14:00"),
        Vector("2 p.m. works", "time", "2 p.m.", "14:00"),
        Vector("at 2:30 pm", "time", "2:30 pm", "14:30"),
        Vector("12am", "time", "12am", "00:00"),
        Vector("12 pm", "time", "12 pm", "12:00"),
        Vector("half past two", "time", "half past two", "02:30"),
        Vector("a quarter to three", "time", "a quarter to three", "02:45"),
        Vector("ten past five pm", "time", "ten past five pm", "17:10"),
        Vector("twenty to one", "time", "twenty to one", "00:40"),
        Vector("5 o'clock", "time", "5 o'clock", "05:00"),
        Vector("five o’clock", "time", "five o’clock", "05:00"),
        Vector("at noon", "time", "noon", "12:00"),
        Vector("until midnight", "time", "midnight", "00:00"),
    ]

    private static let durations = [
        Vector("for two hours", "duration", "two hours", "PT2H"),
        Vector("for 90 minutes", "duration", "90 minutes", "PT90M"),
        Vector("1h30m", "duration", "1h30m", "PT1H30M"),
        Vector("2h 15min later", "duration", "2h 15min", "PT2H15M"),
        Vector("an hour and a half", "duration", "an hour and a half", "PT1H30M"),
        Vector("half an hour", "duration", "half an hour", "PT30M"),
        Vector("1.5 hours", "duration", "1.5 hours", "PT1H30M"),
        Vector("two and a half days", "duration", "two and a half days", "P2DT12H"),
        Vector("three weeks", "duration", "three weeks", "P3W"),
        Vector("a year", "duration", "a year", "P1Y"),
        Vector("2 days and 3 hours", "duration", "2 days and 3 hours", "P2DT3H"),
        Vector("30s", "duration", "30s", "PT30S"),
        Vector("a ten-minute break", "duration", "ten-minute", "PT10M"),
    ]

    private static let amounts = [
        Vector("it costs $12.50.", "money", "$12.50", "USD 12.50"),
        Vector("12 euros each", "money", "12 euros", "EUR 12"),
        Vector("12 €", "money", "12 €", "EUR 12"),
        Vector("€1,234.56", "money", "€1,234.56", "EUR 1234.56"),
        Vector("GBP 20", "money", "GBP 20", "GBP 20"),
        Vector("20 usd", "money", "20 usd", "USD 20"),
        Vector("five dollars and fifty cents", "money", "five dollars and fifty cents", "USD 5.50"),
        Vector("50 cents", "money", "50 cents", "USD 0.50"),
        Vector("$5 million", "money", "$5 million", "USD 5000000"),
        Vector("$20k", "money", "$20k", "USD 20000"),
        Vector("a hundred bucks", "money", "a hundred bucks", "USD 100"),
        Vector("£3", "money", "£3", "GBP 3"),
        Vector("¥500", "money", "¥500", "JPY 500"),
    ]

    private static let addresses = [
        Vector(
            "write to Jo.Doe+x@Example.COM!", "email", "Jo.Doe+x@Example.COM",
            "Jo.Doe+x@example.com"),
        Vector("a_b@mail.example.org.", "email", "a_b@mail.example.org", "a_b@mail.example.org"),
        Vector(
            "see https://Example.com/A?b=C#d.", "url", "https://Example.com/A?b=C#d",
            "https://example.com/A?b=C#d"),
        Vector(
            "(http://example.com/a_(b))", "url", "http://example.com/a_(b)",
            "http://example.com/a_(b)"),
        Vector("www.example.co.uk", "url", "www.example.co.uk", "www.example.co.uk"),
        Vector("go to example.com, now", "url", "example.com", "example.com"),
        Vector(
            "http://example.com:8080/x", "url", "http://example.com:8080/x",
            "http://example.com:8080/x"),
    ]

    private static let phones = [
        Vector("call +49 30 1234567", "phone", "+49 30 1234567", "+49301234567"),
        Vector("+1 (555) 123-4567", "phone", "+1 (555) 123-4567", "+15551234567"),
        Vector("(555) 123-4567 please", "phone", "(555) 123-4567", "5551234567"),
        Vector("555-123-4567", "phone", "555-123-4567", "5551234567"),
        Vector("555-1234", "phone", "555-1234", "5551234"),
        Vector("ring 030 1234567", "phone", "030 1234567", "0301234567"),
        Vector("0171/1234567", "phone", "0171/1234567", "01711234567"),
        Vector("+442079460958", "phone", "+442079460958", "+442079460958"),
    ]
}
