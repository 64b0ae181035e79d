import Numerics
import Testing

@testable import NLU

/// Texts that Unicode calls canonically the same have the same answers.
@Suite struct CanonicalTextTests {
    /// Characters as one scalar and as several.
    private static let characters: [(String, String)] = [
        ("\u{E9}", "e\u{301}"), ("\u{C9}", "E\u{301}"), ("\u{FC}", "u\u{308}"),
        ("\u{C5}", "A\u{30A}"), ("\u{1EC7}", "e\u{323}\u{302}"), ("\u{1EC7}", "e\u{302}\u{323}"),
        ("\u{1EAC}", "A\u{302}\u{323}"), ("\u{D55C}", "\u{1112}\u{1161}\u{11AB}"),
        ("\u{AE00}", "\u{1100}\u{1173}\u{11AF}"), ("\u{304C}", "\u{304B}\u{3099}"),
        ("\u{3AC}", "\u{3B1}\u{301}"), ("\u{439}", "\u{438}\u{306}"), ("\u{130}", "I\u{307}"),
        ("\u{1D6}", "u\u{308}\u{304}"), ("\u{212B}", "\u{C5}"), ("\u{958}", "\u{915}\u{93C}"),
        ("a", "a"), ("b", "b"), ("N", "N"), ("t", "t"), ("o", "o"),
    ]

    /// A word with its other spelling.
    private typealias Pair = (String, String)

    private static func word(_ random: inout SplitMix64) -> Pair {
        (0..<Int.random(in: 1...7, using: &random)).reduce(into: ("", "")) { word, _ in
            let (one, other) = characters.randomElement(using: &random) ?? ("", "")
            word.0 += one
            word.1 += other
        }
    }

    /// Words and what stands between them; the offsets in one spelling by those in the other.
    private static func text(
        _ words: [Pair], _ random: inout SplitMix64
    ) -> (text: Pair, offsets: [Int: Int]) {
        var (text, offsets): (Pair, [Int: Int]) = (("", ""), [0: 0])
        let others = ["2pm", "tomorrow", "-", "😀", "$5", "."].map { ($0, $0) }
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let pool = Bool.random(using: &random) ? words : others
            let (one, other) = pool.randomElement(using: &random) ?? ("", "")
            for part in [(one, other), (" ", " ")] {
                text.0 += part.0
                text.1 += part.1
                offsets[text.0.utf16.count] = text.1.utf16.count
            }
        }
        return (text, offsets)
    }

    private static func recogniser(_ words: [Pair]) throws -> EntityRecogniser {
        func spelled(_ i: Int) -> String { i.isMultiple(of: 2) ? words[i].0 : words[i].1 }
        let list = EntityList(
            type: "list", values: [.init(spelled(0) + " " + spelled(1)), .init(spelled(2))])
        let expressions = [
            EntityExpression(type: "one", pattern: spelled(3)),
            EntityExpression(type: "two", pattern: spelled(4) + #" \S+"#),
        ]
        return EntityRecogniser(
            lists: EntityLists([list]), expressions: try EntityExpressions(expressions),
            patterns: EntityPattern.allCases)
    }

    @Test(arguments: UInt64(0)..<200)
    func `a decomposed text has the same entities, with the ranges mapped`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let words = (0..<6).map { _ in Self.word(&random) }
        let recogniser = try Self.recogniser(words)
        var scratch = EntityRecogniser.Scratch()
        for _ in 0..<6 {
            let (text, offsets) = Self.text(words, &random)
            guard text.1.utf8.count <= Passages.least else { continue }
            let expected = recogniser.recognise(text.0, scratch: &scratch).map { entity in
                let lower = offsets[entity.span.range.lowerBound] ?? -1
                let upper = offsets[entity.span.range.upperBound] ?? -1
                return "\(entity.span.type) \(lower) \(upper) \(entity.span.value ?? "")"
            }
            let found = recogniser.recognise(text.1, scratch: &scratch).map { entity in
                let range = entity.span.range
                return "\(entity.span.type) \(range.lowerBound) \(range.upperBound) "
                    + (entity.span.value ?? "")
            }
            #expect(found == expected, "\(text.0)")
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `a rule fires for both spellings, whichever its author wrote`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let words = (0..<3).map { _ in Self.word(&random) }
        let rules = try RuleSet([
            Rule(name: "phrase", intent: "a", phrases: [words[0].0 + " " + words[1].1]),
            Rule(name: "pattern", intent: "b", patterns: [#"\b"# + words[2].1 + #"\b"#]),
        ])
        var scratch = RuleSet.Scratch()
        func fired(_ text: String) -> String? {
            rules.firstMatch(text.utf8.span, scratch: &scratch).map { rules.rules[$0].name }
        }
        #expect(fired("x " + words[0].1 + " " + words[1].0) == "phrase")
        #expect(fired(words[0].0 + "  " + words[1].1) == "phrase")
        for text in [words[2].0, words[2].1] { #expect(fired("x " + text + ".") == "pattern") }
    }

    @Test func `a class has a letter in both spellings`() throws {
        for pattern in ["[e\u{301}x]", "[\u{E9}x]", "E\u{301}", "\u{C9}"] {
            let rules = try RuleSet([Rule(name: "r", intent: "a", patterns: [pattern])])
            var scratch = RuleSet.Scratch()
            for text in ["caf\u{E9}", "cafe\u{301}", "CAFE\u{301}"] {
                #expect(rules.firstMatch(text.utf8.span, scratch: &scratch) == 0)
            }
            #expect(rules.firstMatch("cafe".utf8.span, scratch: &scratch) == nil)
        }
    }
}
