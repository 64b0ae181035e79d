// What commands say of tag models: answers and measures.

import JSON
import Learning
import NLU
import Numerics
import Registry

extension TagModel {
    /// Opens the artifact of a version.
    init(of manifest: Manifest, in registry: Registry) throws {
        let file = try registry.artifact(of: manifest)
        try self.init(Memory(file.unsafeBytes, owner: file))
    }

    /// The answer to a text as `hunch predict` prints it.
    func lines(
        for text: String, isJSON: Bool, isExplaining: Bool, scratch: inout Scratch
    ) -> [String] {
        let answers = answer(text.utf8.span, scratch: &scratch)
        let reasons = isExplaining ? explanations(of: answers, for: text, scratch: &scratch) : []
        guard isJSON else {
            let parts = answers.map { "\($0.tag) \(rounded(Double($0.confidence)))" }
            return [parts.isEmpty ? "no tag" : parts.joined(separator: ", ")]
                + reasons.flatMap(\.lines)
        }
        var members: [(key: String, value: JSONValue)] = [
            ("text", .string(text)), ("tags", .array(answers.map(\.json))),
        ]
        if isExplaining {
            members.append(("explanations", .array(reasons.map { $0.json(as: "tag") })))
        }
        return [JSONValue.object(members).description]
    }

    /// Why each tag was answered; where none was, why the likeliest was not.
    private func explanations(
        of answers: [TagPrediction], for text: String, scratch: inout Scratch
    ) -> [Explanation] {
        guard answers.isEmpty else {
            return answers.compactMap { explain(text, tag: $0.tag, scratch: &scratch) }
        }
        let likeliest = explain(text, approved: ApprovedTags(tags), scratch: &scratch)
        return likeliest.map { [$0] } ?? []
    }
}

extension TagPrediction {
    fileprivate var json: JSONValue {
        ["tag": .string(tag), "confidence": .number(Double(confidence))]
    }
}

/// The measures of a tag model as `hunch evaluate` prints them.
struct TagReport {
    private let evaluation: TagEvaluation
    private let name: String

    /// Measures a version on a file of tagged texts.
    init(_ manifest: Manifest, in registry: Registry, data: String, slices: String?) throws {
        let dataset = try readTags(FileSystem.read(data), data)
        let slices = try readSlices(slices)
        if manifest.kind == "external" {
            evaluation = try TestedProgram(manifest, in: registry).evaluate(on: dataset, slices)
        } else {
            let model = try TagModel(of: manifest, in: registry)
            evaluation = TagEvaluation(model, on: dataset, slices: slices)
        }
        name = manifest.reference.description
    }

    /// One object, or lines of text.
    func text(isJSON: Bool) -> String {
        if isJSON { return json.description }
        let summary = measures.map { name, value in
            padded(name, 16) + (value.string ?? value.int.map(String.init) ?? number(value))
        }
        let header = padded("tag", 24) + "precision  recall  F1      answers  occurrences"
        return (summary + ["", header] + (evaluation.tags + evaluation.slices).map(line))
            .joined(separator: "\n")
    }

    private func number(_ value: JSONValue) -> String { rounded(value.double ?? 0) }

    private func line(_ row: TagEvaluation.Row) -> String {
        let count = row.count
        return padded(row.name, 24) + padded(rounded(count.precision), 11)
            + padded(rounded(count.recall), 8) + padded(rounded(count.f1), 8)
            + padded("\(count.answers)", 9) + "\(count.occurrences)"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(width - text.count, 1))
    }

    private var measures: [(key: String, value: JSONValue)] {
        let micro = evaluation.micro
        let exact = Double(evaluation.exactCount) / Double(max(evaluation.examples, 1))
        return [
            ("model", .string(name)), ("examples", .number(Double(evaluation.examples))),
            ("microPrecision", .number(micro.precision)), ("microRecall", .number(micro.recall)),
            ("microF1", .number(micro.f1)),
            ("macroPrecision", .number(evaluation.macro(\.precision))),
            ("macroRecall", .number(evaluation.macro(\.recall))),
            ("macroF1", .number(evaluation.macro(\.f1))), ("exactMatch", .number(exact)),
            ("ece", .number(evaluation.reliability.expectedError)),
        ]
    }

    private var json: JSONValue {
        let lists: [(key: String, value: JSONValue)] = [
            ("tags", .array(evaluation.tags.map { $0.json(as: "tag") })),
            ("slices", .array(evaluation.slices.map { $0.json(as: "slice") })),
        ]
        return .object(measures + lists)
    }
}

extension TagEvaluation.Row {
    fileprivate func json(as kind: String) -> JSONValue {
        .object([
            (kind, .string(name)), ("precision", .number(count.precision)),
            ("recall", .number(count.recall)), ("f1", .number(count.f1)),
            ("answers", .number(Double(count.answers))),
            ("occurrences", .number(Double(count.occurrences))),
        ])
    }
}
