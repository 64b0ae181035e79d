// The kinds of models, as behavioural tests ask them.

import JSON
import NLU
import Numerics
import Ranking
import Registry

/// A model that answers questions with labels.
protocol TestedModel {
    /// Two answers are the same by so many labels at their beginnings.
    var sameness: Int { get }

    /// Intents, tags or items, the best first.
    mutating func labels(_ question: BehaviouralTest.Question) throws -> [String]

    /// How sure it is of a label, in a measure that grows with it.
    mutating func confidence(
        of label: String, _ question: BehaviouralTest.Question
    ) throws -> Double

    /// How often it is right on a file, by slice where there are slices, else in all.
    func counts(
        data: String, slices: String?
    ) throws -> [(slice: String?, count: TagCount)]
}

extension TestedModel {
    var sameness: Int { .max }

    func counts(data: String, slices: String?) throws -> [(slice: String?, count: TagCount)] {
        throw TestError("this kind of model has no precision on a file")
    }
}

/// Opens a version for its tests; `texts` are all that stand in them.
func openForTests(
    _ manifest: Manifest, in registry: Registry, texts: [String]
) throws -> any TestedModel {
    let file = try registry.artifact(of: manifest)
    let memory = Memory(file.unsafeBytes, owner: file)
    switch manifest.kind {
    case "intents", "rules": return TestedIntents(model: try IntentModel(memory))
    case "tags": return TestedTags(model: try TagModel(memory))
    case "ranker":
        let recommender = try Recommender(artifact: Array(file.unsafeBytes))
        return TestedRecommender(recommender: recommender, now: Double(manifest.time) / 1e6)
    case "duplicates":
        let settings = try DuplicateSettings(JSONValue(parsing: Array(file.unsafeBytes)))
        return TestedDuplicates(texts, settings)
    case "external":
        return try TestedProgram(manifest, in: registry)
    default: throw Failure("\(manifest.reference) is of the kind \(manifest.kind), unknown here")
    }
}

private struct TestedIntents: TestedModel {
    let model: IntentModel

    private func answer(_ text: String) -> IntentPrediction {
        var scratch = IntentModel.Scratch()
        return model.answer(text, ranking: max(model.intents.count, 1), scratch: &scratch)
    }

    func labels(_ question: BehaviouralTest.Question) -> [String] {
        [answer(question.text).intent]
    }

    func confidence(of label: String, _ question: BehaviouralTest.Question) throws -> Double {
        let answer = answer(question.text)
        if label == IntentPrediction.outOfScope { return 1 - Double(answer.certainty) }
        guard model.intents.contains(label) else {
            throw TestError("there is no intent '\(label)'")
        }
        if answer.rule != nil { return answer.intent == label ? Double(answer.confidence) : 0 }
        return Double(answer.ranking.first { $0.intent == label }?.confidence ?? 0)
    }

    func counts(data: String, slices: String?) throws -> [(slice: String?, count: TagCount)] {
        let bytes = try FileSystem.read(data)
        let dataset = try readDataset(bytes, data, split: .of(.test, in: bytes))
        let intents = dataset.examples.map { answer($0.text).intent }
        return try intentCounts(intents, on: dataset, slices: slices)
    }
}

/// How often the intents that were answered to examples are right, by slice where there are slices.
func intentCounts(
    _ intents: [String], on dataset: Dataset, slices: String?
) throws -> [(slice: String?, count: TagCount)] {
    let isRight = zip(dataset.examples, intents).map { example, intent -> Bool? in
        guard intent != IntentPrediction.outOfScope else { return nil }
        return intent == example.intent
    }
    let count = { (places: [Int]) in
        let answers = places.compactMap { isRight[$0] }
        let occurrences = places.count { !dataset.examples[$0].isOutOfScope }
        return TagCount(
            answers: answers.count, hits: answers.count { $0 }, occurrences: occurrences)
    }
    let parts = try readSlices(slices)
    guard slices != nil else { return [(nil, count(Array(isRight.indices)))] }
    return parts.names.map { ($0, count(parts.examples(of: $0, in: dataset))) }
}

private struct TestedTags: TestedModel {
    let model: TagModel

    func labels(_ question: BehaviouralTest.Question) -> [String] {
        var scratch = TagModel.Scratch()
        return model.answer(question.text.utf8.span, scratch: &scratch).map(\.tag)
    }

    func confidence(of label: String, _ question: BehaviouralTest.Question) throws -> Double {
        guard let place = model.tags.firstIndex(of: label) else {
            throw TestError("there is no tag '\(label)'")
        }
        var scratch = TagModel.Scratch()
        model.score(question.text.utf8.span, scratch: &scratch)
        return Double(scratch.confidences[place])
    }

    func counts(data: String, slices: String?) throws -> [(slice: String?, count: TagCount)] {
        let evaluation = TagEvaluation(
            model, on: try readTags(FileSystem.read(data), data), slices: try readSlices(slices))
        guard slices != nil else { return [(nil, evaluation.micro)] }
        return evaluation.slices.map { ($0.name, $0.count) }
    }
}

private struct TestedRecommender: TestedModel {
    var recommender: Recommender
    /// When it is asked, in seconds since 1970: when the version was made, so that a test that holds goes
    /// on holding.
    let now: Double

    var sameness: Int { 1 }

    mutating func labels(_ question: BehaviouralTest.Question) throws -> [String] {
        try recommend(question).map(\.item)
    }

    mutating func confidence(
        of label: String, _ question: BehaviouralTest.Question
    ) throws -> Double {
        try recommend(question).first { $0.item == label }?.score ?? -.infinity
    }

    private mutating func recommend(
        _ question: BehaviouralTest.Question
    ) throws -> [Recommendation] {
        let source =
            question.source.map { Source(rawValue: $0) } ?? recommender.definition.sources[0]
        guard recommender.definition.sources.contains(source) else {
            throw TestError("there is no source '\(source.rawValue)'")
        }
        var request = Request(source: source, query: question.text, now: now)
        request.user = question.user
        request.viewer = Viewer(user: question.user, groups: question.groups)
        return try recommender.recommend(request).items
    }
}

/// Every text of the tests stands in a block of one document; those like a text are its labels.
private struct TestedDuplicates: TestedModel {
    private let texts: [String]
    private var index: DuplicateIndex

    init(_ texts: [String], _ settings: DuplicateSettings) {
        self.texts = texts
        index = DuplicateIndex(settings: settings)
        var fingerprinter = Fingerprinter()
        for (i, text) in texts.enumerated() {
            let bytes = text.utf8.span
            _ = index.put(fingerprinter.fingerprint(of: bytes), at: Self.place(i))
        }
    }

    private static func place(_ number: Int) -> DuplicateIndex.Place {
        DuplicateIndex.Place(document: "tests", block: UInt32(number + 1))
    }

    mutating func labels(_ question: BehaviouralTest.Question) -> [String] {
        guard let number = texts.firstIndex(of: question.text) else { return [] }
        let matches = Set(index.matches(of: Self.place(number)).map(\.place))
        return texts.indices.filter { matches.contains(Self.place($0)) }.map { texts[$0] }
    }

    mutating func confidence(of label: String, _ question: BehaviouralTest.Question) -> Double { 0 }
}
