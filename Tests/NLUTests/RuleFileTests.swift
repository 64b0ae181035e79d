import NLU
import Testing

@Suite struct RuleFileTests {
    private func parsed(_ text: String) throws(RuleError) -> RuleFile {
        try RuleFile(parsing: Array(text.utf8))
    }

    @Test func `a file gives rules and tests in its order`() throws {
        let file = try parsed(
            """
            {"format": 1, "comment": "first come, first served",
             "rules": [
               {"name": "a", "intent": "x", "phrase": "one two", "comment": ["why", "so"]},
               {"name": "b", "intent": "y", "confidence": 0.5, "pattern": ["p", "q"],
                "any": ["k"], "all": "l", "none": ["m", "n"]}],
             "tests": [{"text": "one two", "intent": "x", "rule": "a"}]}
            """)
        let rules = [
            Rule(name: "a", intent: "x", phrases: ["one two"]),
            Rule(
                name: "b", intent: "y", confidence: 0.5, patterns: ["p", "q"], any: ["k"],
                all: ["l"], none: ["m", "n"]),
        ]
        let tests = [RuleFile.Test(text: "one two", intent: "x", rule: "a")]
        #expect(file == RuleFile(rules: rules, tests: tests))
        #expect(try RuleFile(parsing: file.serialized).rules == rules)
    }

    @Test(
        arguments: [
            ("[]", .file(.wrongType("value", wanted: "an object"))),
            (#"{"format": 2}"#, .file(.unknownFormat)),
            (#"{"rule": []}"#, .file(.unknownMember("rule"))),
            (#"{"rules": {}}"#, .file(.wrongType("rules", wanted: "a list"))),
            (#"{"rules": [{"intent": "x"}]}"#, .rule("1", .missing("name"))),
            (#"{"rules": [{"name": "a"}]}"#, .rule("a", .missing("intent"))),
            (
                #"{"rules": [{"name": "a", "intent": ""}]}"#,
                .rule("a", .wrongType("intent", wanted: "a string that is not empty"))
            ),
            (
                #"{"rules": [{"name": "a", "intent": "x", "any": [1]}]}"#,
                .rule("a", .wrongType("any", wanted: "a string or a list of strings"))
            ),
            (
                #"{"rules": [{"name": "a", "intent": "x", "phrases": "y"}]}"#,
                .rule("a", .unknownMember("phrases"))
            ),
            (#"{"tests": [{"text": "a"}]}"#, .test(1, .missing("intent"))),
            (
                #"{"tests": [{"text": "a", "intent": "x", "rule": "r"}]}"#,
                .test(1, .unknownRule("r"))
            ),
        ] as [(String, RuleError)])
    func `a mistake is named with its place`(text: String, error: RuleError) {
        #expect(throws: error) { try parsed(text) }
    }

    @Test func `what is not JSON says where`() {
        #expect(throws: RuleError.file(.notJSON("unexpected '}' at byte 11"))) {
            try parsed(#"{"rules": [}"#)
        }
    }

    @Test func `a test that fails is named with what fired`() throws {
        let rules = [
            Rule(name: "a", intent: "x", phrases: ["one"]),
            Rule(name: "b", intent: "x", phrases: ["two"]),
        ]
        let tests: [RuleFile.Test] = [
            .init(text: "one", intent: "x"), .init(text: "none", intent: "out_of_scope"),
            .init(text: "two", intent: "x", rule: "a"), .init(text: "three", intent: "x"),
            .init(text: "one", intent: "out_of_scope"),
        ]
        let failures = try RuleFile(rules: rules, tests: tests).failures(of: RuleSet(rules))
        #expect(failures.map(\.number) == [3, 4, 5])
        #expect(failures.map(\.fired?.name) == ["b", nil, "a"])
        #expect(
            failures[0].description
                == "test 3, 'two': x by rule a expected, but x by rule b")
    }
}
