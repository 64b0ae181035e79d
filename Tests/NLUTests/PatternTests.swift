import Numerics
import Testing

@testable import NLU

@Suite struct PatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        let set = try RuleSet([Rule(name: "p", intent: "i", patterns: [pattern])])
        var scratch = RuleSet.Scratch()
        return set.firstMatch(text.utf8.span, scratch: &scratch) != nil
    }

    @Test(arguments: [
        ("order #?\\d{5,}", "Where is ORDER 12345?", true),
        ("order #?\\d{5,}", "order 1234", false),
        ("order #\\d+", "my  order\t#7", true), ("^hello$", "  Hello ", true),
        ("^hello$", "hello there", false), ("\\bcat\\b", "a cat.", true),
        ("\\bcat\\b", "concatenate", false), ("[^a-z ]", "abc def", false),
        ("[^a-z ]", "abc, def", true), ("[A-C]x", "bX", true), ("ÉTÉ", "l’été", true),
        ("l'été", "l’Été", true), ("[À-Ý]t", "ét", true), ("a.c", "a🙂c", true),
        ("a{2,3}b", "caaab", true), ("^a{2,3}b", "aaaab", false), ("(ab|cd){2}", "xcdabx", true),
        ("(?:ab)+c", "ababc", true), ("\\w+@\\w+\\.com", "write me@host.com", true),
        ("[\\w.]+@", "a.b@c", true), ("[a-]x", "-x", true), ("\\$\\d", "$5", true), ("", "", true),
        ("x*", "", true), ("^$", "", true),
    ])
    func `a pattern means what its table says`(pattern: String, text: String, isMatch: Bool) throws
    {
        #expect(try matches(pattern, text) == isMatch)
    }

    @Test(
        arguments: [
            ("*a", .nothingToRepeat, 1), ("a**", .repeatedTwice, 3), ("a+?", .repeatedTwice, 3),
            ("x(a|b", .unclosedGroup, 2), ("a)", .unopenedGroup, 2), ("(?=a)", .unknownGroup, 1),
            ("ab[cd", .unclosedClass, 3), ("[]", .emptyClass, 1), ("[z-a]", .backwardRange, 2),
            ("\\q", .unknownEscape, 1), ("\\1", .unknownEscape, 1), ("[\\D]", .unknownEscape, 2),
            ("ab\\", .trailingEscape, 3), ("a{x}", .badCount, 2), ("a{3,2}", .badCount, 2),
            ("a{1001}", .tooLarge, 3), ("((a{90}){90}){90}", .tooLarge, 1),
            ("(((){999}){999}){999}", .tooLarge, 1),
            (String(repeating: "(", count: 65), .tooLarge, 65),
        ] as [(String, PatternError.Reason, Int)])
    func `a mistake is named with its place`(
        pattern: String, reason: PatternError.Reason, column: Int
    ) {
        let error = PatternError(reason: reason, column: column)
        #expect(throws: RuleError.rule("p", .pattern(pattern, error))) {
            try matches(pattern, "")
        }
    }

    /// `(a+)+b` and its kind take exponential time where a search goes back.
    @Test(arguments: ["(a+)+b", "(a|a)*b", "(a*)*b", "(a|aa)+$b", "(.*)(.*)(.*)(.*)x"])
    func `what makes a search go back takes linear time`(pattern: String) throws {
        let program = try PatternProgram([PatternParser.parse(pattern)])
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 10_000)
        var search = PatternSearch()
        var occurs = false
        search.find(program, in: text.span) { _ in occurs = true }
        #expect(!occurs)
        // The states of so even a text are few, so that nearly every character is one look-up.
        #expect(search.stateCount < 10)
    }

    @Test func `a program of many states forgets some and finds the same`() throws {
        // The tenth character from the end decides: 1,024 states.
        let program = try PatternProgram([PatternParser.parse("a.{9}$")])
        var random = SplitMix64(seed: 1)
        var small = PatternSearch(stateLimit: 5)
        var large = PatternSearch()
        for _ in 0..<50 {
            let text = Array(randomText(40, "ab", using: &random).utf8)
            var found = (false, false)
            small.find(program, in: text.span) { _ in found.0 = true }
            large.find(program, in: text.span) { _ in found.1 = true }
            #expect(found.0 == (text[text.count - 10] == UInt8(ascii: "a")))
            #expect(found.0 == found.1)
            #expect(small.stateCount <= 5)
        }
        #expect(large.stateCount > 100)
    }

    @Test func `a search that has served one program serves another`() throws {
        let (a, b) = (
            try PatternProgram([PatternParser.parse("x")]),
            try PatternProgram([PatternParser.parse("y")])
        )
        var search = PatternSearch()
        for (program, text, isMatch) in [(a, "x", true), (b, "x", false), (b, "y", true)] {
            var occurs = false
            search.find(program, in: text.utf8.span) { _ in occurs = true }
            #expect(occurs == isMatch)
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func `patterns match what a naive search finds`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let patterns = (0..<3).map { _ in RandomPattern.random(depth: 3, using: &random) }
        let program = try PatternProgram(patterns.map { try PatternParser.parse($0.text) })
        var search = PatternSearch(stateLimit: Int.random(in: 2...20, using: &random))
        for _ in 0..<5 {
            let text = randomText(Int.random(in: 0...8, using: &random), "ab-", using: &random)
            var found: Set<Int> = []
            search.find(program, in: text.utf8.span) { found.insert($0) }
            let expected = patterns.indices.filter { patterns[$0].occurs(in: Array(text)) }
            #expect(found.sorted() == expected, "\(patterns.map(\.text)) in '\(text)'")
        }
    }

    private func randomText(
        _ count: Int, _ letters: String, using random: inout SplitMix64
    ) -> String {
        String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
    }
}
