// The behavioural tests of a project, and running them.

import JSON
import NLU
import Reactor
import Registry

/// The demands of tests.jsonl.
struct BehaviouralTests {
    /// Beside model.json.
    static let name = "tests.jsonl"

    private let tests: [BehaviouralTest]
    private let folder: String
    /// Of the tests and the data they name: equal ones need not be run again.
    private let digest: String

    /// Reads the tests of a model's project; nil where it has none.
    init?(of model: String, in registry: Registry) throws {
        folder = try registry.projectPath(model)
        let path = folder + "/" + Self.name
        guard FileSystem.exists(path) else { return nil }
        let bytes = try FileSystem.read(path)
        let kind = try Project(model, in: registry).kind
        tests = try Self.read(bytes, kind, path: path)
        var content = Digest(of: bytes).bytes
        for name in tests.flatMap(\.files) {
            content += Digest(of: try FileSystem.read(Self.file(name, in: folder))).bytes
        }
        digest = Digest(of: content).hexadecimal
    }

    private static func read(
        _ bytes: [UInt8], _ kind: Project.Kind, path: String
    ) throws -> [BehaviouralTest] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try lines.enumerated().compactMap { index, line in
            guard line.contains(where: { $0 > 0x20 }) else { return nil }
            do {
                let value = try JSONValue(parsing: Array(line))
                return try BehaviouralTest(value, line: index + 1, kind: kind)
            } catch {
                throw Failure("\(path), line \(index + 1): \(error)")
            }
        }
    }

    private static func file(_ name: String, in folder: String) -> String {
        name.hasPrefix("/") ? name : "\(folder)/\(name)"
    }

    /// Runs the tests on a version, unless that was done already, and keeps what came of it beside it.
    @discardableResult
    func run(on reference: ModelReference, in registry: Registry) throws -> TestOutcome {
        if let known = try registry.tests(of: reference), known.digest == digest { return known }
        let manifest = try registry.manifest(of: reference)
        var model = try openForTests(manifest, in: registry, texts: tests.flatMap(\.texts))
        let failures = tests.compactMap { test in
            failure(of: test, &model).map { "\(Self.name), line \(test.line): \($0)" }
        }
        let outcome = TestOutcome(
            time: Int(wallClockMicroseconds()), digest: digest, count: tests.count,
            failures: failures)
        try registry.record(outcome, of: reference)
        return outcome
    }

    // MARK: Checks

    /// What was found instead of what is demanded; nil where the test holds.
    private func failure(of test: BehaviouralTest, _ model: inout any TestedModel) -> String? {
        do {
            return try unmet(test.check, &model)
        } catch {
            return "\(error)"
        }
    }

    private func unmet(
        _ check: BehaviouralTest.Check, _ model: inout any TestedModel
    ) throws -> String? {
        switch check {
        case .label(let question, let label, let isWanted):
            let labels = try model.labels(question)
            guard labels.contains(label) != isWanted else { return nil }
            return "'\(question.text)': \(isWanted ? "" : "not ")\(label) expected, but "
                + listed(labels)
        case .labels(let question, let wanted):
            let labels = try model.labels(question)
            guard Set(labels) != Set(wanted) else { return nil }
            return "'\(question.text)': \(listed(wanted)) expected, but \(listed(labels))"
        case .order(let question, let item, let other):
            let labels = try model.labels(question)
            let place = labels.firstIndex(of: item)
            if let place, place < labels.firstIndex(of: other) ?? .max { return nil }
            return "'\(question.text)': \(item) before \(other) expected, but \(listed(labels))"
        case .rank(let question, let item, let within):
            let labels = try model.labels(question)
            guard !labels.prefix(within).contains(item) else { return nil }
            return "'\(question.text)': \(item) within \(within) expected, but \(listed(labels))"
        case .invariance(let questions, let label):
            return try variance(questions, label, &model)
        case .direction(let question, let added, let label, let raises):
            return try wrongWay(question, added, label, raises, &model)
        case .precision(let minimum, let data, let slices, let slice):
            return try imprecision(minimum, data, slices, slice, model)
        }
    }

    private func variance(
        _ questions: [BehaviouralTest.Question], _ label: String?, _ model: inout any TestedModel
    ) throws -> String? {
        var first: [String]?
        for question in questions {
            let labels = try model.labels(question).prefix(model.sameness)
            if let label, !labels.contains(label) {
                return "'\(question.text)': \(label) expected, but \(listed(Array(labels)))"
            }
            if let first, Set(first) != Set(labels) {
                return "'\(question.text)': \(listed(Array(labels))), but \(listed(first)) for "
                    + "'\(questions[0].text)'"
            }
            first = first ?? Array(labels)
        }
        return nil
    }

    private func wrongWay(
        _ question: BehaviouralTest.Question, _ added: String, _ label: String, _ raises: Bool,
        _ model: inout any TestedModel
    ) throws -> String? {
        var longer = question
        longer.text += " " + added
        let (before, after) = (
            try model.confidence(of: label, question), try model.confidence(of: label, longer)
        )
        guard raises ? after <= before : after >= before else { return nil }
        return "'\(longer.text)': \(label) \(raises ? "likelier" : "less likely") expected than "
            + "without '\(added)', but \(rounded(before)) became \(rounded(after))"
    }

    private func imprecision(
        _ minimum: Double, _ data: String, _ slices: String?, _ slice: String?,
        _ model: any TestedModel
    ) throws -> String? {
        let rows = try model.counts(
            data: Self.file(data, in: folder), slices: slices.map { Self.file($0, in: folder) })
        let judged = rows.filter { slice == nil || slice == $0.slice }
        if let slice, judged.isEmpty { return "there is no slice '\(slice)'" }
        let low = judged.filter { $0.count.precision < minimum }
        guard !low.isEmpty else { return nil }
        let parts = low.map { row in
            let name = row.slice.map { "slice '\($0)': " } ?? ""
            return "\(name)precision \(rounded(row.count.precision)) "
                + "(\(row.count.hits) of \(row.count.answers) answers)"
        }
        return "'\(data)': \(rounded(minimum)) expected, but \(parts.joined(separator: ", "))"
    }

    private func listed(_ labels: [String]) -> String {
        labels.isEmpty ? "nothing" : labels.joined(separator: ", ")
    }
}

extension BehaviouralTest {
    /// The files that it reads.
    fileprivate var files: [String] {
        guard case .precision(_, let data, let slices, _) = check else { return [] }
        return [data, slices].compactMap(\.self)
    }

    /// The texts that stand in it, for models that compare texts.
    fileprivate var texts: [String] {
        switch check {
        case .label(let question, let label, _): [question.text, label]
        case .labels(let question, _), .order(let question, _, _), .rank(let question, _, _),
            .direction(let question, _, _, _):
            [question.text]
        case .invariance(let questions, _): questions.map(\.text)
        case .precision: []
        }
    }
}
