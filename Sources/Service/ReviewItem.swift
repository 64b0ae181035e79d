// What the journal keeps for the review of answers, and how it is written there.

internal import JSON
internal import Numerics
internal import Wire

/// An answer as it is kept: what was read, by which version, and what it said.
struct ReviewedAnswer: Equatable, Sendable {
    /// In UTF-8, of the text that is kept: no example of an intent is longer.
    static let longest = 4096

    let text: String
    /// "name@version".
    let model: String
    let answer: ReviewItem.Answer
    /// "workspace/name#b17", where the text stands in a document.
    let place: String?

    init(_ answer: ReviewItem.Answer, to text: String, by name: AnswerName) {
        self.text = Self.start(of: text)
        model = name.model
        self.answer = answer
        place = name.place
    }

    /// The text up to a length that the journal keeps, whole characters.
    private static func start(of text: String) -> String {
        guard text.utf8.count > longest else { return text }
        var bytes = 0
        return String(
            text.prefix { character in
                bytes += character.utf8.count
                return bytes <= longest
            })
    }

    var json: [(key: String, value: JSONValue)] {
        let place = place.map { [(key: "place", value: JSONValue.string($0))] } ?? []
        return [
            (key: "text", value: .string(text)), (key: "model", value: .string(model)),
        ] + answer.json + place
    }

    /// Reads what `json` has written; `nil` where it is of a version that is not known here.
    init?(_ json: JSONValue) {
        guard let text = json["text"]?.string, let model = json["model"]?.string,
            let answer = ReviewItem.Answer(json)
        else { return nil }
        self.text = text
        self.model = model
        self.answer = answer
        place = json["place"]?.string
    }
}

extension ReviewItem.Answer {
    fileprivate var json: [(key: String, value: JSONValue)] {
        switch self {
        case .intent(let name, let confidence, let ranking):
            [
                (key: "intent", value: .string(name)),
                (key: "confidence", value: .number(Double(confidence))),
                (
                    key: "ranking",
                    value: Self.json(ranking.map { ($0.intent, $0.confidence) }, "intent")
                ),
            ]
        case .tags(let tags):
            [(key: "tags", value: Self.json(tags.map { ($0.tag, $0.confidence) }, "tag"))]
        }
    }

    fileprivate init?(_ json: JSONValue) {
        if let tags = json["tags"]?.array {
            self = .tags(Self.scores(tags, "tag").map { .init(tag: $0.0, confidence: $0.1) })
            return
        }
        guard let intent = json["intent"]?.string, let confidence = json["confidence"]?.double
        else { return nil }
        let ranking = Self.scores(json["ranking"]?.array ?? [], "intent")
        self = .intent(
            intent, confidence: Float(confidence),
            ranking: ranking.map { .init(intent: $0.0, confidence: $0.1) })
    }

    private static func json(_ scores: [(String, Float)], _ kind: String) -> JSONValue {
        .array(
            scores.map { name, confidence in
                .object([(kind, .string(name)), ("confidence", .number(Double(confidence)))])
            })
    }

    private static func scores(_ list: [JSONValue], _ kind: String) -> [(String, Float)] {
        list.compactMap { score in
            guard let name = score[kind]?.string, let confidence = score["confidence"]?.double
            else { return nil }
            return (name, Float(confidence))
        }
    }
}

/// The names of the three kinds of records that make up the review of a model.
enum ReviewRecord {
    /// Reports of users, of all models.
    static let feedback = "feedback"
    /// Answers that a model was not sure of.
    static func candidates(_ model: String) -> String { "review:\(model)" }
    /// Texts that an operator has decided.
    static func decided(_ model: String) -> String { "reviewed:\(model)" }
}

/// A text under which all its spellings that differ by case and spaces are reviewed as one.
///
/// Its number is the same on every machine: it names the item to an operator.
struct ReviewKey: Hashable, Sendable {
    let rawValue: UInt64

    init(_ text: String) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        let bytes = Array(words.joined(separator: " ").utf8)
        rawValue = Numerics.hash(bytes.span)
    }

    /// 16 hexadecimal digits.
    var name: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension AnswerName {
    /// The block that was read, without the revision.
    var place: String? {
        guard case .block(let block, let document, _) = subject else { return nil }
        return "\(document)#\(block)"
    }

    /// The model without its version.
    var modelName: String { String(model.prefix { $0 != "@" }) }
}
