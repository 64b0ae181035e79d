// Rules in a project: alone, or before what is learned.

import JSON
import NLU
import Reactor
import Registry

extension Project {
    /// The files of a new project of rules.
    static func ruleFiles(_ name: String) -> [(path: String, bytes: [UInt8])] {
        let definition: JSONValue = [
            "name": .string(name), "kind": "rules", "rules": "rules.json",
        ]
        return [
            ("model.json", definition.serialized(pretty: true)),
            ("rules.json", asset("demo/rules.json")),
            ("README.md", readme(name, ruleText)),
        ]
    }

    private static let ruleText = """
        Says what somebody wants by rules that you write. `rules.json` holds them, the first that fires wins,
        and tests that must hold. No rule, no answer: `out_of_scope`. To ask rules before a learned model,
        name their file in its model.json: `"rules": "rules.json"`.

        A phrase is a run of words. A pattern is searched in the text in lower case with single spaces:

            a .            the letter in either case; any character
            [a-z] [^0-9]   one of these; one that is none of these
            \\d \\w \\s       a digit 0–9; a letter, mark, digit or _; a space (\\D \\W \\S: none of these)
            xy x|y (x)     one after the other; one of both; a group
            ? * + {2,5}    at most once; any number; at least once; two to five times
            ^ $ \\b         the start and end of the text; the border of a word
            \\. \\\\          the sign itself
        """

    /// The rules that model.json names, their tests passed; nil where it names none.
    func rules(report: (String) -> Void = { _ in }) throws -> RuleSet? {
        guard let name = definition["rules"]?.string else { return nil }
        let path = file(name)
        let bytes = try FileSystem.read(path)
        let rules: RuleFile
        let set: RuleSet
        do throws(RuleError) {
            rules = try RuleFile(parsing: bytes)
            set = try RuleSet(rules.rules)
        } catch {
            throw Failure("\(path): \(error)")
        }
        let failures = rules.failures(of: set)
        guard failures.isEmpty else {
            let list = failures.prefix(10).map { "\n  \($0)" }.joined()
            throw Failure("\(path): \(failures.count) of \(rules.tests.count) tests fail\(list)")
        }
        report("\(path): \(set.rules.count) rules, \(rules.tests.count) tests hold")
        return set
    }

    func packRules(in registry: Registry, report: (String) -> Void) throws -> Manifest {
        guard let rules = try rules(report: report), !rules.rules.isEmpty else {
            throw Failure(
                "\(name): model.json must name a file with rules: \"rules\": \"rules.json\"")
        }
        let recogniser = try entityRecogniser(Dataset([]), seed: 1, report: report)
        let model = IntentModel(nil, rules: rules, recogniser: recogniser)
        var intents: [String] = []
        for rule in rules.rules where !intents.contains(rule.intent) { intents.append(rule.intent) }
        return try registry.publish(
            name, kind: kind.rawValue, artifact: model.encoded(),
            details: [
                "rules": .number(Double(rules.rules.count)),
                "intents": .array(intents.map { .string($0) }),
            ], time: Int(wallClockMicroseconds()))
    }
}
