import Numerics
import Testing

@testable import NLU

@Suite struct PatternMatchesTests {
    private static func text(
        _ count: Int, _ letters: String, _ random: inout SplitMix64
    ) -> String {
        String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
    }

    @Test(arguments: UInt64(0)..<400)
    func `from every place the match ends where the longest of a naive search does`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let patterns = (0..<3).map { _ in RandomPattern.random(depth: 3, using: &random) }
        let program = try PatternProgram(patterns.map { try PatternParser.parse($0.text) })
        var (matches, folded) = (PatternMatches(), FoldedText())
        for _ in 0..<4 {
            let text = Self.text(Int.random(in: 0...8, using: &random), "ab-", &random)
            folded.read(text.utf8.span)
            for (number, pattern) in patterns.enumerated() {
                let isOdd = Bool.random(using: &random)
                matches.read(folded.scalars, of: program, pattern: number) {
                    !isOdd || $0.isMultiple(of: 2)
                }
                for start in 0...text.count {
                    let ends = pattern.ends(in: Array(text), from: start).filter {
                        !isOdd || $0.isMultiple(of: 2)
                    }
                    #expect(
                        matches.ends[start] == Int32(ends.max() ?? -1),
                        "\(pattern.text) from \(start) in '\(text)'")
                }
            }
        }
    }

    @Test func `a pattern that makes others try everything takes one walk`() throws {
        let pattern = String(repeating: "(a?a?a?)*", count: 20) + "b"
        let program = try PatternProgram([PatternParser.parse(pattern)])
        var (matches, folded) = (PatternMatches(), FoldedText())
        folded.read(String(repeating: "a", count: 500).utf8.span)
        matches.read(folded.scalars, of: program, pattern: 0) { _ in true }
        #expect(matches.ends.allSatisfy { $0 == -1 })
    }

    // MARK: As entities

    private func found(_ text: String, _ patterns: [(String, String)]) throws -> [EntitySpan] {
        let expressions = patterns.map { EntityExpression(type: $0.0, pattern: $0.1) }
        let recogniser = EntityRecogniser(
            lists: EntityLists([]), expressions: try EntityExpressions(expressions),
            patterns: [.number])
        var scratch = EntityRecogniser.Scratch()
        return recogniser.recognise(text, scratch: &scratch).map(\.span)
    }

    @Test func `a pattern of the author is found at its place, whatever the case and the spaces`()
        throws
    {
        let patterns = [("order", #"[A-Z]{2}-\d{4}"#), ("gate", #"gate [a-f]\d+"#)]
        #expect(
            try found("😀 ship ab-1234 to Gate  \n B22, not ab-12", patterns) == [
                EntitySpan(range: 8..<15, type: "order"),
                EntitySpan(range: 19..<30, type: "gate"),
                EntitySpan(range: 39..<41, type: "number", value: "12"),
            ])
    }

    @Test func `matches begin and end with tokens, the longest from the left`() throws {
        #expect(try found("banana nan", [("x", "nan")]).map(\.range) == [7..<10])
        #expect(try found("a b a b c", [("x", "a b|a|b a b c")]).map(\.range) == [0..<3, 4..<7])
        #expect(try found("12 345", [("x", #"\d+"#)]).map(\.type) == ["x", "x"])
        #expect(try found("ab1", [("x", "[a-z]+"), ("y", #"\d"#)]).map(\.type) == ["x", "y"])
        #expect(try found("ab1", [("x", #"\b[a-z]+\b"#)]) == [])
    }

    @Test func `a pattern that is none or too large is refused by its entity`() {
        for (pattern, reason) in [
            ("a(", PatternError.Reason.unclosedGroup), ("(abc){300}", .tooLarge),
        ] {
            let expression = EntityExpression(type: "x", pattern: pattern)
            let error = #expect(throws: EntityExpressionError.self) {
                try EntityExpressions([expression])
            }
            #expect(error?.expression == expression)
            #expect(error?.error.reason == reason)
        }
    }

    @Test(arguments: UInt64(0)..<60)
    func `entities of a pattern are the matches of a naive search between tokens`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let pattern = RandomPattern.random(depth: 3, using: &random)
        // Letters and hyphens: runs of letters are tokens, and each hyphen is one.
        let text = Self.text(Int.random(in: 0...9, using: &random), "ab-", &random)
        let characters = Array(text)
        func isBorder(_ place: Int) -> Bool {
            place == 0 || place == characters.count
                || characters[place] == "-" || characters[place - 1] == "-"
        }
        var (expected, place) = ([Range<Int>](), 0)
        while place < characters.count {
            let ends = pattern.ends(in: characters, from: place).filter {
                $0 > place && isBorder($0)
            }
            guard isBorder(place), let end = ends.max() else {
                place += 1
                continue
            }
            expected.append(place..<end)
            place = end
        }
        #expect(try found(text, [("x", pattern.text)]).map(\.range) == expected, "\(pattern.text)")
    }
}
