// The lines that a program and the server exchange.

internal import JSON
internal import Wire

extension ExternalDefinition {
    /// The line that asks for answers to texts.
    func line(asking texts: [String], number: Int) -> [UInt8] {
        let message: JSONValue = [
            "id": .number(Double(number)), "texts": .array(texts.map { .string($0) }),
        ]
        return message.serialized() + [UInt8(ascii: "\n")]
    }

    /// Reads one answer; nil where it is none, or not of the kind that the model gives.
    func content(_ answer: JSONValue) -> ResultContent? {
        switch answers {
        case .intent: return Self.intent(answer).map { .intent($0) }
        case .tags:
            guard let tags = Self.scores(answer["tags"], name: "tag") else { return nil }
            let scores = tags.map { TagResult.Score(tag: $0.name, confidence: $0.confidence) }
            return .tags(TagResult(tags: scores))
        }
    }

    /// What is wrong with an answer that `content` does not read.
    func complaint(_ answer: JSONValue) -> String {
        let wanted =
            answers == .intent
            ? #"an "intent" with a "confidence" from 0 to 1"#
            : #""tags", each a "tag" with a "confidence" from 0 to 1"#
        return "an answer is not \(wanted): \(answer.description.prefix(80))"
    }

    private static func intent(_ answer: JSONValue) -> IntentResult? {
        guard let best = score(answer, name: "intent") else { return nil }
        var ranking = [best]
        if let list = answer["ranking"] {
            guard let others = scores(list, name: "intent") else { return nil }
            ranking = others
        }
        return IntentResult(
            intent: best.name, confidence: best.confidence,
            ranking: ranking.map { .init(intent: $0.name, confidence: $0.confidence) },
            isSettled: true)
    }

    /// The members of a list, the likeliest first; nil unless all of them are scores.
    private static func scores(
        _ list: JSONValue?, name: String
    ) -> [(name: String, confidence: Float)]? {
        guard let list = list?.array else { return nil }
        let scores = list.compactMap { score($0, name: name) }
        guard scores.count == list.count else { return nil }
        return scores.enumerated()
            .sorted { ($1.element.confidence, $0.offset) < ($0.element.confidence, $1.offset) }
            .map(\.element)
    }

    private static func score(
        _ value: JSONValue, name: String
    ) -> (name: String, confidence: Float)? {
        guard let text = value[name]?.string, !text.isEmpty,
            let confidence = value["confidence"]?.double, 0...1 ~= confidence
        else { return nil }
        return (text, Float(confidence))
    }
}

/// What a line of a program says.
enum ProgramLine {
    case ready
    /// The answers to the batch of that number, in the order of its texts.
    case answers([JSONValue], number: Int)
    /// None of these; what it begins with.
    case unknown(String)

    init(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes) else {
            self = .unknown(Self.beginning(of: bytes))
            return
        }
        if let number = value["id"]?.int, let answers = value["answers"]?.array {
            self = .answers(answers, number: number)
        } else {
            self =
                value["ready"]?.bool == true ? .ready : .unknown(Self.beginning(of: bytes))
        }
    }

    private static func beginning(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(80), as: UTF8.self)
        return bytes.count > 80 ? text + "…" : text
    }
}
