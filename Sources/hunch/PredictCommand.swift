// hunch predict: what a model says, here and without a server.

import JSON
import NLU
import Numerics
import Ranking
import Reactor
import Registry

struct PredictCommand {
    static let command = Command(
        name: "predict", summary: "ask a model, without a server",
        help: """
            usage: hunch predict -n NAME[@VERSION] [--explain] [--top 3] [--json] TEXT…

            Answers for each TEXT; without any, for each line of standard input.

              -n NAME       the model, or NAME@VERSION (default version: the newest)
              --explain     also the words that spoke for the answer and for the runner-up, or for each tag;
                            of programs and models of fastText what the confidence loses without each
              --top N       how many intents to rank (default: 3)
              --json        one JSON object a line
            \(Home.help)
            """
    ) { try PredictCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let isJSON: Bool
    private let isExplaining: Bool
    private let ranked: Int
    private let texts: [String]

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "predict")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        isJSON = arguments.flag("--json")
        isExplaining = arguments.flag("--explain")
        ranked = try arguments.integer("--top", in: 1...1_000_000) ?? 3
        texts = try arguments.rest()
    }

    func run() throws {
        let manifest = try home.registry.resolve(model)
        let file = try home.registry.artifact(of: manifest)
        switch manifest.kind {
        case "intents", "rules":
            let model = try IntentModel(Memory(file.unsafeBytes, owner: file))
            var scratch = IntentModel.Scratch()
            try forEachText { text in
                let why = isExplaining ? model.explain(text, scratch: &scratch) : nil
                show(model.answer(text, ranking: ranked, scratch: &scratch), why, of: text)
            }
        case "tags":
            let model = try TagModel(of: manifest, in: home.registry)
            var scratch = TagModel.Scratch()
            try forEachText { text in
                let lines = model.lines(
                    for: text, isJSON: isJSON, isExplaining: isExplaining, scratch: &scratch)
                lines.forEach(Output.line)
            }
        case "ranker":
            var recommender = try Recommender(artifact: Array(file.unsafeBytes))
            try forEachText { show(try recommend($0, &recommender), of: $0) }
        case "external":
            let program = try TestedProgram(manifest, in: home.registry)
            try forEachText { text in
                try program.lines(for: text, isJSON: isJSON, isExplaining: isExplaining)
                    .forEach(Output.line)
            }
        case "duplicates":
            throw Failure("\(manifest.reference) compares the documents of a server")
        default:
            throw Failure("\(manifest.reference) is of the kind \(manifest.kind), unknown here")
        }
    }

    private func forEachText(_ body: (String) throws -> Void) throws {
        if !texts.isEmpty { return try texts.forEach(body) }
        while let line = readLine() { try body(line) }
    }

    private func recommend(
        _ text: String, _ recommender: inout Recommender
    ) throws -> Recommendations {
        let source = recommender.definition.sources[0]
        let now = Double(wallClockMicroseconds()) / 1e6
        return try recommender.recommend(Request(source: source, query: text, now: now))
    }

    private func show(
        _ prediction: IntentPrediction, _ explanation: NLU.Explanation?, of text: String
    ) {
        guard isJSON else {
            let others = prediction.ranking.map { "\($0.intent) \(rounded(Double($0.confidence)))" }
            let why = prediction.rule.map { "rule '\($0)'" } ?? ""
            let entities = prediction.entities.map { named($0, in: text) }
            let parts = [why, others.joined(separator: ", "), entities.joined(separator: ", ")]
                .filter { !$0.isEmpty }
            Output.line("\(prediction.intent)\t\(parts.joined(separator: "; "))")
            explanation?.lines.forEach(Output.line)
            return
        }
        let ranking = prediction.ranking.map { entry -> JSONValue in
            ["intent": .string(entry.intent), "confidence": .number(Double(entry.confidence))]
        }
        var members: [(key: String, value: JSONValue)] = [
            ("text", .string(text)), ("intent", .string(prediction.intent)),
            ("confidence", .number(Double(prediction.confidence))),
            ("certainty", .number(Double(prediction.certainty))), ("ranking", .array(ranking)),
        ]
        if !prediction.entities.isEmpty {
            members.append(("entities", .array(prediction.entities.map(json))))
        }
        if let rule = prediction.rule { members.append(("rule", .string(rule))) }
        if let explanation { members.append(("explanation", explanation.json(as: "intent"))) }
        Output.line(JSONValue.object(members).description)
    }

    /// What an entity is called in a line: `city "NYC" = New York`.
    private func named(_ entity: Entity, in text: String) -> String {
        let words = entity.span.stretch(of: text) ?? ""
        let value = entity.span.value.map { $0 == words ? "" : " = \($0)" } ?? ""
        return "\(entity.span.type) \"\(words)\"\(value)"
    }

    /// As it is on the wire.
    private func json(_ entity: Entity) -> JSONValue {
        let range = entity.span.range
        var members: [(key: String, value: JSONValue)] = [
            ("entity", .string(entity.span.type)),
            ("range", [.number(Double(range.lowerBound)), .number(Double(range.upperBound))]),
        ]
        if let value = entity.span.value { members.append(("value", .string(value))) }
        members.append(("confidence", .number(Double(entity.confidence))))
        return .object(members)
    }

    private func show(_ recommendations: Recommendations, of text: String) {
        guard isJSON else {
            if recommendations.items.isEmpty { Output.line("nothing to recommend") }
            for item in recommendations.items {
                let why = item.reasons.joined(separator: "; ")
                Output.line("\(item.item)\t\(rounded(item.score))\t\(why)")
            }
            return
        }
        let items = recommendations.items.map { item -> JSONValue in
            [
                "item": .string(item.item), "score": .number(item.score),
                "reasons": .array(item.reasons.map { .string($0) }),
            ]
        }
        let value: JSONValue = [
            "text": .string(text), "source": .string(recommendations.source.rawValue),
            "corpus": .string(recommendations.corpus.rawValue), "items": .array(items),
        ]
        Output.line(value.description)
    }
}
