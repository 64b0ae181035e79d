// A model that is a program, asked by commands.

import JSON
import NLU
import Numerics
import Registry
import Service
import Wire

/// A version whose programs run as long as this value is held.
struct TestedProgram: TestedModel {
    let reference: ModelReference
    private let trial: ExternalTrial

    init(_ manifest: Manifest, in registry: Registry) throws {
        reference = manifest.reference
        let file = try registry.artifact(of: manifest)
        trial = try ExternalTrial(
            Memory(file.unsafeBytes, owner: file), of: reference, in: registry)
    }

    private var answersTags: Bool { trial.definition.answers == .tags }

    /// Intents or tags with their confidences, the best first; of tags only those that it may say.
    private func scores(_ content: ResultContent) -> [(label: String, confidence: Float)] {
        content.scores.filter { !answersTags || trial.definition.tags.contains($0.label) }
    }

    private func scores(_ text: String) throws -> [(label: String, confidence: Float)] {
        scores(try trial.answer(to: text))
    }

    // MARK: One text

    /// What it says of a text, as `hunch predict` shows it.
    func lines(for text: String, isJSON: Bool, isExplaining: Bool) throws -> [String] {
        let scores = try scores(text)
        let why = isExplaining ? try explanation(of: text) : nil
        guard isJSON else {
            let line = scores.map { "\($0.label) \(rounded(Double($0.confidence)))" }
                .joined(separator: ", ")
            return [line] + (why?.lines ?? [])
        }
        let name = answersTags ? "tag" : "intent"
        let list = scores.map { score -> JSONValue in
            .object([
                (name, .string(score.label)), ("confidence", .number(Double(score.confidence))),
            ])
        }
        var members: [(key: String, value: JSONValue)] = [("text", .string(text))]
        if answersTags {
            members.append(("tags", .array(list)))
        } else {
            members += [
                ("intent", .string(scores[0].label)),
                ("confidence", .number(Double(scores[0].confidence))), ("ranking", .array(list)),
            ]
        }
        if let why { members.append(("explanation", why.json(as: name))) }
        return [JSONValue.object(members).description]
    }

    /// Which words its answer needs; nil where it gave none that could be explained.
    private func explanation(of text: String) throws -> NLU.Explanation? {
        let occlusion = trial.definition.occlusion(of: text)
        let answers = trial.answers(to: occlusion.texts)
        guard !answers.contains(where: { $0 == nil }) else { throw trial.failure }
        guard let label = try scores(text).first?.label else { return nil }
        return occlusion.explanation(of: answers, label: label)
    }

    func labels(_ question: BehaviouralTest.Question) throws -> [String] {
        let scores = try scores(question.text)
        return answersTags ? scores.map(\.label) : [scores[0].label]
    }

    func confidence(of label: String, _ question: BehaviouralTest.Question) throws -> Double {
        Double(try scores(question.text).first { $0.label == label }?.confidence ?? 0)
    }

    // MARK: A file of them

    /// What it says of each text; nothing where it gave no answer, which is told on standard error.
    private func answers(to texts: [String]) throws -> [ResultContent?] {
        let answers = trial.answers(to: texts)
        let missing = answers.count { $0 == nil }
        guard missing < answers.count || answers.isEmpty else { throw trial.failure }
        if missing > 0 {
            Output.error("\(reference) gave no answer to \(missing) of \(texts.count) texts")
        }
        return answers
    }

    /// Its intents for the examples, as other models give them; without an answer out of scope.
    func predictions(for dataset: Dataset) throws -> [IntentPrediction] {
        try answers(to: dataset.examples.map(\.text)).map { answer in
            guard case .intent(let result) = answer else { return IntentPrediction() }
            return IntentPrediction(result)
        }
    }

    /// The measures of its tags.
    func evaluate(on dataset: TagDataset, _ slices: Slices) throws -> TagEvaluation {
        let answers = try answers(to: dataset.examples.map(\.text)).map { answer in
            answer.map(scores)?.map { TagPrediction(tag: $0.label, confidence: $0.confidence) }
        }
        return TagEvaluation(
            answers.map { $0 ?? [] }, of: trial.definition.tags, on: dataset, slices: slices)
    }

    func counts(data: String, slices: String?) throws -> [(slice: String?, count: TagCount)] {
        let bytes = try FileSystem.read(data)
        guard !answersTags else {
            let evaluation = try evaluate(on: readTags(bytes, data), readSlices(slices))
            guard slices != nil else { return [(nil, evaluation.micro)] }
            return evaluation.slices.map { ($0.name, $0.count) }
        }
        let dataset = try readDataset(bytes, data, split: .of(.test, in: bytes))
        return try intentCounts(
            predictions(for: dataset).map(\.intent), on: dataset, slices: slices)
    }
}

extension IntentPrediction {
    /// What a program says; how sure it is that its intent is right is its confidence.
    fileprivate init(_ result: IntentResult) {
        let ranking = ResultContent.intent(result).scores
            .filter { $0.label != Self.outOfScope }
            .map { Entry(intent: $0.label, confidence: $0.confidence) }
        let isOutOfScope = result.intent == Self.outOfScope
        self.init(
            intent: result.intent, confidence: ranking.first?.confidence ?? 0,
            certainty: isOutOfScope ? 1 - result.confidence : result.confidence, ranking: ranking)
    }
}
