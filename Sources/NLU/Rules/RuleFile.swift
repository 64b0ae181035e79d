// Rules as their author writes them.

import JSON

/// The content of `rules.json`: the rules, and texts that show what they are to do.
///
///     {"rules": [{"name": "person", "intent": "talk_to_human", "phrase": "talk to a person"}],
///      "tests": [{"text": "Can I talk to a person?", "intent": "talk_to_human"}]}
///
/// A rule has `name`, `intent`, perhaps a `confidence`, and conditions: `phrase`, `pattern`, `any`,
/// `all`, `none`, each a string or a list of them. A test has `text` and `intent` (`out_of_scope`
/// where no rule is to fire), perhaps the `rule`. A `comment` may stand anywhere. A member that
/// means nothing is an error, not ignored.
package struct RuleFile: Equatable, Sendable {
    package struct Test: Equatable, Sendable {
        package let text: String
        package let intent: String
        /// The rule that must be the one.
        package let rule: String?

        package init(text: String, intent: String, rule: String? = nil) {
            self.text = text
            self.intent = intent
            self.rule = rule
        }
    }

    /// A test that does not hold.
    package struct Failure: Equatable, Sendable, CustomStringConvertible {
        /// Counts from 1.
        package let number: Int
        package let test: Test
        /// The rule that fired; nil where none did.
        package let fired: Rule?

        package var description: String {
            let wanted = test.rule.map { "\(test.intent) by rule \($0)" } ?? test.intent
            let got = fired.map { "\($0.intent) by rule \($0.name)" } ?? "no rule fired"
            return "test \(number), '\(test.text)': \(wanted) expected, but \(got)"
        }
    }

    package let rules: [Rule]
    package let tests: [Test]

    package init(rules: [Rule], tests: [Test] = []) {
        self.rules = rules
        self.tests = tests
    }

    package init(parsing bytes: [UInt8]) throws(RuleError) {
        let file: JSONValue
        do throws(JSONError) {
            file = try JSONValue(parsing: bytes)
        } catch {
            throw .file(.notJSON(error.description))
        }
        do throws(RuleError.Reason) {
            try file.checkMembers(["comment", "format", "rules", "tests"])
            if let format = file["format"], format.int != 1 { throw .unknownFormat }
        } catch {
            throw .file(error)
        }
        rules = try Self.list(file, "rules", Rule.init) { .rule($0["name"]?.string ?? "\($1)", $2) }
        tests = try Self.list(file, "tests", Test.init) { .test($1, $2) }
        for (i, test) in tests.enumerated() {
            guard let name = test.rule, !rules.contains(where: { $0.name == name }) else {
                continue
            }
            throw .test(i + 1, .unknownRule(name))
        }
    }

    /// The tests that the rules do not pass.
    package func failures(of set: RuleSet) -> [Failure] {
        var scratch = RuleSet.Scratch()
        return tests.enumerated().compactMap { i, test in
            let fired = set.firstMatch(test.text.utf8.span, scratch: &scratch).map { set.rules[$0] }
            let isRight =
                fired?.intent ?? IntentClassifier.outOfScope == test.intent
                && (test.rule == nil || test.rule == fired?.name)
            return isRight ? nil : Failure(number: i + 1, test: test, fired: fired)
        }
    }

    /// The text of the rules without tests and comments; equal rules have equal ones.
    package var serialized: [UInt8] {
        let file: JSONValue = ["format": 1, "rules": .array(rules.map(\.json))]
        return file.serialized()
    }

    private static func list<Element>(
        _ file: JSONValue, _ name: String,
        _ read: (JSONValue) throws(RuleError.Reason) -> Element,
        _ place: (JSONValue, Int, RuleError.Reason) -> RuleError
    ) throws(RuleError) -> [Element] {
        guard let member = file[name] else { return [] }
        guard let values = member.array else { throw .file(.wrongType(name, wanted: "a list")) }
        var elements: [Element] = []
        for (i, value) in values.enumerated() {
            do throws(RuleError.Reason) {
                elements.append(try read(value))
            } catch {
                throw place(value, i + 1, error)
            }
        }
        return elements
    }
}

extension Rule {
    fileprivate init(_ value: JSONValue) throws(RuleError.Reason) {
        try value.checkMembers(
            ["comment", "name", "intent", "confidence", "phrase", "pattern", "any", "all", "none"])
        if let confidence = value["confidence"], confidence.double == nil {
            throw .wrongType("confidence", wanted: "a number")
        }
        self.init(
            name: try value.text("name"), intent: try value.text("intent"),
            confidence: Float(value["confidence"]?.double ?? 1),
            phrases: try value.texts("phrase"), patterns: try value.texts("pattern"),
            any: try value.texts("any"), all: try value.texts("all"),
            none: try value.texts("none"))
    }

    fileprivate var json: JSONValue {
        var members = [(key: "name", value: JSONValue.string(name)), ("intent", .string(intent))]
        if confidence != 1 { members.append(("confidence", .number(Double(confidence)))) }
        let lists = [
            ("phrase", phrases), ("pattern", patterns), ("any", any), ("all", all), ("none", none),
        ]
        for (name, texts) in lists where !texts.isEmpty {
            members.append((name, .array(texts.map { .string($0) })))
        }
        return .object(members)
    }
}

extension RuleFile.Test {
    fileprivate init(_ value: JSONValue) throws(RuleError.Reason) {
        try value.checkMembers(["comment", "text", "intent", "rule"])
        self.init(
            text: try value.text("text"), intent: try value.text("intent"),
            rule: try value["rule"] == nil ? nil : value.text("rule"))
    }
}

extension JSONValue {
    fileprivate func checkMembers(_ known: [String]) throws(RuleError.Reason) {
        guard let object else { throw .wrongType("value", wanted: "an object") }
        for member in object where !known.contains(member.key) { throw .unknownMember(member.key) }
    }

    fileprivate func text(_ name: String) throws(RuleError.Reason) -> String {
        guard let value = self[name] else { throw .missing(name) }
        guard let text = value.string, !text.isEmpty else {
            throw .wrongType(name, wanted: "a string that is not empty")
        }
        return text
    }

    /// A string or a list of them; none where there is no such member.
    fileprivate func texts(_ name: String) throws(RuleError.Reason) -> [String] {
        guard let value = self[name] else { return [] }
        if value.string != nil { return [try text(name)] }
        let wanted = "a string or a list of strings"
        guard let array = value.array else { throw .wrongType(name, wanted: wanted) }
        var texts: [String] = []
        for element in array {
            guard let text = element.string, !text.isEmpty else {
                throw .wrongType(name, wanted: wanted)
            }
            texts.append(text)
        }
        return texts
    }
}
