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
    let intent: String
    let confidence: Float
    let ranking: [IntentResult.Score]
    /// "workspace/name#b17", where the text stands in a document.
    let place: String?

    init(_ answer: IntentResult, to text: String, by name: AnswerName) {
        self.text = Self.start(of: text)
        model = name.model
        intent = answer.intent
        confidence = answer.confidence
        ranking = answer.ranking
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
        let ranking = ranking.map { score -> JSONValue in
            ["intent": .string(score.intent), "confidence": .number(Double(score.confidence))]
        }
        let place = place.map { [(key: "place", value: JSONValue.string($0))] } ?? []
        return [
            (key: "text", value: .string(text)), (key: "model", value: .string(model)),
            (key: "intent", value: .string(intent)),
            (key: "confidence", value: .number(Double(confidence))),
            (key: "ranking", value: .array(ranking)),
        ] + place
    }

    /// Reads what `json` has written; `nil` where it is of a version that is not known here.
    init?(_ json: JSONValue) {
        guard let text = json["text"]?.string, let model = json["model"]?.string,
            let intent = json["intent"]?.string, let confidence = json["confidence"]?.double
        else { return nil }
        self.text = text
        self.model = model
        self.intent = intent
        self.confidence = Float(confidence)
        ranking = (json["ranking"]?.array ?? []).compactMap { score in
            guard let intent = score["intent"]?.string,
                let confidence = score["confidence"]?.double
            else { return nil }
            return .init(intent: intent, confidence: Float(confidence))
        }
        place = json["place"]?.string
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
