// What labels the texts of a model can be given, and how an operator writes them.

import NLU
import Registry
import Wire

/// Reads the labels of one model: an intent each, or any number of its tags.
struct Labelling {
    /// The approved list of model.json, or of the newest version where there is no project; nil for models of intents.
    private let tags: [String]?

    init(of model: String, in registry: Registry) throws {
        if try registry.projects().contains(model) {
            let project = try Project(model, in: registry)
            tags = project.kind == .tags ? try project.approvedTags() : nil
        } else {
            let manifest = try registry.versions(of: model).first
            tags =
                try manifest?.kind == "tags"
                ? manifest.map { try TagModel(of: $0, in: registry).tags } : nil
        }
    }

    var isOfTags: Bool { tags != nil }

    /// What an operator is asked for.
    var question: String {
        isOfTags
            ? "numbers of all its tags, or their names; - for none" : "number, or another intent"
    }

    /// Reads `money|urgent`, or an intent.
    func label(_ text: String) throws -> Label {
        guard isOfTags else {
            guard !text.isEmpty else { throw Failure("a label must not be empty") }
            return .intent(text)
        }
        return try label(text.split(separator: "|").map(String.init))
    }

    private func label(_ names: [String]) throws -> Label {
        let tags = tags ?? []
        if let unknown = names.first(where: { !tags.contains($0) }) {
            throw Failure("no tag '\(unknown)'; the list has: \(tags.joined(separator: ", "))")
        }
        return .tags(names)
    }

    /// Reads what was typed at a terminal, where a number stands for a choice.
    func label(answering line: String, _ choices: [String]) throws -> Label {
        let words = line.split { $0 == " " || $0 == "|" || $0 == "," }.map(String.init)
        let names = try words.map { word in
            guard let number = Int(word) else { return word }
            guard choices.indices.contains(number - 1) else { throw Failure("no \(number)") }
            return choices[number - 1]
        }
        guard isOfTags else { return .intent(names.joined(separator: "_")) }
        return try label(line == "-" ? [] : names)
    }

    /// What users have said that it is, what the model has thought of, and what else there is.
    func choices(for item: ReviewItem) -> [(name: String, confidence: Float?)] {
        var known: [(name: String, confidence: Float?)] = []
        var rest: [String] = []
        switch item.answer {
        case .intent(_, _, let ranking):
            known = ranking.map { ($0.intent, $0.confidence) }
            rest = [IntentPrediction.outOfScope]
        case .tags(let answered):
            known = answered.map { ($0.tag, $0.confidence) }
            rest = tags ?? []
        }
        let said = item.reports.flatMap { report -> [String] in
            switch report.label {
            case .intent(let name): [name]
            case .tags(let set): set.tags
            }
        }
        var seen: Set<String> = []
        return (said + known.map(\.name) + rest).filter { seen.insert($0).inserted }.map { name in
            (name, known.first { $0.name == name }?.confidence)
        }
    }
}
