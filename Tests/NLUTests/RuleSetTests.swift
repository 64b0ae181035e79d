import NLU
import Numerics
import Testing

@Suite struct RuleSetTests {
    private func fired(_ rules: [Rule], _ text: String) throws -> String? {
        let set = try RuleSet(rules)
        var scratch = RuleSet.Scratch()
        return set.firstMatch(text.utf8.span, scratch: &scratch).map { set.rules[$0].name }
    }

    @Test(arguments: [
        ("Can I TALK  to a Person?", true), ("i'd talk to\ta person", true),
        ("talk to a personable", false), ("talk to persons", false), ("talk a to person", false),
        ("talk, to a person", false),
    ])
    func `a phrase is found word by word`(text: String, fires: Bool) throws {
        let rule = Rule(name: "r", intent: "i", phrases: ["talk to a person", "Agent!"])
        #expect(try fired([rule], text) == (fires ? "r" : nil))
    }

    @Test(arguments: [
        ("cancel my plan", true), ("please stop the plan now", true), ("cancel it", false),
        ("my plan", false), ("do not cancel my plan", false), ("don't stop the plan", false),
        ("plan? cancel!", true), ("cancel plan as soon as you can", true),
        ("cancel plan, as soon as possible", false),
    ])
    func `any, all and none hold together`(text: String, fires: Bool) throws {
        let rule = Rule(
            name: "r", intent: "i", any: ["cancel", "stop"], all: ["plan"],
            none: ["not", "don't", "as soon as possible"])
        #expect(try fired([rule], text) == (fires ? "r" : nil))
    }

    @Test func `a pattern is one condition among others`() throws {
        let rule = Rule(
            name: "r", intent: "i", patterns: ["\\d{4}", "#\\d"], all: ["order"], none: ["old"])
        #expect(try fired([rule], "order 1234") == "r")
        #expect(try fired([rule], "order #1") == "r")
        #expect(try fired([rule], "1234") == nil)
        #expect(try fired([rule], "order") == nil)
        #expect(try fired([rule], "old order 1234") == nil)
    }

    @Test func `of two rules the first in the file wins`() throws {
        let one = Rule(name: "one", intent: "a", any: ["plan"])
        let two = Rule(name: "two", intent: "b", phrases: ["my plan"])
        #expect(try fired([one, two], "my plan") == "one")
        #expect(try fired([two, one], "my plan") == "two")
        #expect(try fired([two, one], "the plan") == "one")
    }

    @Test(
        arguments: [
            (Rule(name: "r", intent: "i"), .noCondition),
            (Rule(name: "r", intent: "i", none: ["a"]), .noCondition),
            (Rule(name: "r", intent: "i", phrases: [" "]), .noWord(" ")),
            (Rule(name: "r", intent: "i", confidence: 0, phrases: ["a"]), .confidence),
            (Rule(name: "r", intent: "i", confidence: .nan, phrases: ["a"]), .confidence),
            (Rule(name: "r", intent: "i", confidence: 1.5, phrases: ["a"]), .confidence),
            (
                Rule(name: "r", intent: "i", all: (0...64).map { "w\($0)" }),
                .tooManyConditions(limit: 64)
            ),
        ] as [(Rule, RuleError.Reason)])
    func `a rule that cannot be meant is refused`(rule: Rule, reason: RuleError.Reason) {
        #expect(throws: RuleError.rule("r", reason)) { try RuleSet([rule]) }
    }

    @Test func `64 conditions are as good as one`() throws {
        let words = (0..<64).map { "w\($0)" }
        let rule = Rule(name: "r", intent: "i", all: words)
        #expect(try fired([rule], words.joined(separator: " ")) == "r")
        #expect(try fired([rule], words.dropLast().joined(separator: " ")) == nil)
    }

    @Test func `two rules of one name are refused`() {
        let rule = Rule(name: "r", intent: "i", phrases: ["a"])
        #expect(throws: RuleError.rule("r", .nameTaken)) { try RuleSet([rule, rule]) }
    }

    @Test func `the evidence is what the text has of the rule`() throws {
        let rule = Rule(
            name: "r", intent: "i", patterns: ["x+", "\\d+"], any: ["Stop", "halt"],
            all: ["my plan"])
        let set = try RuleSet([rule])
        #expect(set.evidence(for: 0, in: "stop my plan 7") == ["Stop", "my plan", "\\d+"])
    }

    /// One scratch for all, so that nothing of a text or a set may stay behind in it.
    @Test(arguments: UInt64(0)..<200)
    func `rules fire as by their definition`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var scratch = RuleSet.Scratch()
        for _ in 0..<3 {
            let rules = (0..<Int.random(in: 1...6, using: &random)).map {
                RandomRules.rule("r\($0)", using: &random)
            }
            let set = try RuleSet(rules)
            for _ in 0..<8 {
                let words = RandomRules.words(0...6, using: &random)
                let text = words.joined(separator: Bool.random(using: &random) ? " " : "  ")
                let found = set.firstMatch(text.utf8.span, scratch: &scratch)
                #expect(found == rules.firstIndex { RandomRules.fires($0, words) }, "'\(text)'")
            }
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `a text within other bytes is read like one alone`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let set = try RuleSet((0..<4).map { RandomRules.rule("r\($0)", using: &random) })
        var alone = RuleSet.Scratch()
        var within = RuleSet.Scratch()
        for _ in 0..<20 {
            let parts = (0..<3).map { _ in
                RandomRules.words(0...6, using: &random).joined(separator: " ")
            }
            let all = Array(parts.joined().utf8)
            let range = parts[0].utf8.count..<parts[0].utf8.count + parts[1].utf8.count
            let span = all.span
            #expect(
                set.firstMatch(span.extracting(range), scratch: &within)
                    == set.firstMatch(parts[1].utf8.span, scratch: &alone))
        }
    }

    @Test func `rules survive an artifact`() throws {
        var random = SplitMix64(seed: 1)
        let rules = (0..<50).map { RandomRules.rule("r\($0)", using: &random) }
        let model = IntentModel(nil, rules: try RuleSet(rules))
        #expect(try IntentModel(Memory(copying: model.encoded().span)).rules?.rules == rules)
    }
}

/// Rules over the words a, b and c, and what they mean.
private enum RandomRules {
    static func words(_ count: ClosedRange<Int>, using random: inout SplitMix64) -> [String] {
        (0..<Int.random(in: count, using: &random)).map { _ in
            ["a", "b", "c"].randomElement(using: &random) ?? "a"
        }
    }

    static func rule(_ name: String, using random: inout SplitMix64) -> Rule {
        func list(_ count: ClosedRange<Int>) -> [String] {
            (0..<Int.random(in: count, using: &random)).map { _ in
                words(1...3, using: &random).joined(separator: " ")
            }
        }
        // A pattern of letters and single spaces is a phrase that may begin within no word.
        let patterns = list(0...1).map { "\\b\($0)\\b" }
        let (phrases, any, none) = (list(0...2), list(0...2), list(0...1))
        let isEmpty = phrases.isEmpty && any.isEmpty && patterns.isEmpty
        return Rule(
            name: name, intent: "i", confidence: 0.75, phrases: phrases, patterns: patterns,
            any: any, all: list((isEmpty ? 1 : 0)...2), none: none)
    }

    static func fires(_ rule: Rule, _ words: [String]) -> Bool {
        func has(_ phrase: String) -> Bool {
            let parts = phrase.split(separator: " ").map(String.init)
            return words.indices.contains { words[$0...].starts(with: parts) }
        }
        let patterns = rule.patterns.map { String($0.dropFirst(2).dropLast(2)) }
        return [rule.phrases, rule.any, patterns].allSatisfy {
            $0.isEmpty || $0.contains(where: has)
        }
            && rule.all.allSatisfy(has) && !rule.none.contains(where: has)
    }
}
