// Messages about why a model said what it said.

import JSON

/// What is to be explained: the content of `explain`, and the beginning of its answer.
package enum Explained: Equatable, Sendable {
    /// An intent; or a tag, the likeliest where none is named.
    case prediction(String, tag: String? = nil)
    /// One item of a recommendation; the first where none is named.
    case recommendation(String, item: String?)

    init(_ message: inout MessageReader) throws(JSONError) {
        var fields = Fields()
        while let key = try message.nextField() {
            if try !fields.read(key, from: &message.json) { try message.json.skipValue() }
        }
        self = try fields.explained(at: message.json)
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .prediction(let prediction, let tag):
            writer.field("prediction", prediction)
            writer.field("tag", tag)
        case .recommendation(let recommendation, let item):
            writer.field("recommendation", recommendation)
            writer.field("item", item)
        }
    }

    fileprivate struct Fields {
        private var prediction: String?
        private var recommendation: String?
        private var item: String?
        private var tag: String?

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "prediction": prediction = try reader.reference()
            case "recommendation": recommendation = try reader.reference()
            case "item": item = try reader.name()
            case "tag": tag = try reader.name()
            default: return false
            }
            return true
        }

        func explained(at reader: borrowing JSONReader) throws(JSONError) -> Explained {
            if let recommendation { return .recommendation(recommendation, item: item) }
            return .prediction(try reader.require(prediction, "prediction"), tag: tag)
        }
    }
}

extension ServerMessage {
    /// The answer to `explain`.
    package struct Explanation: Equatable, Sendable {
        package var explained: Explained
        /// The intent, tag or item whose score is taken apart.
        package var label: String
        package var model: String
        /// What the score would be without any feature.
        package var bias: Float
        /// The largest first.
        ///
        /// With `bias` they sum to the score, or to what a longer list would.
        package var contributions: [Contribution]
        /// The intent that the label was weighed against; for predictions of intents.
        package var runnerUp: String?
        /// The words of the text, in its order; empty for recommendations.
        ///
        /// Their weights and the bias sum to the score of the label, and those for the runner-up to its
        /// score.
        package var words: [WordWeight]
        /// The rule that gave the answer, where one has fired.
        package var rule: String?
        /// What of the text made the rule fire; empty without one.
        package var evidence: [String]

        package init(
            explained: Explained, label: String, model: String, bias: Float,
            contributions: [Contribution], runnerUp: String? = nil, words: [WordWeight] = [],
            rule: String? = nil, evidence: [String] = []
        ) {
            self.runnerUp = runnerUp
            self.words = words
            self.rule = rule
            self.evidence = evidence
            self.explained = explained
            self.label = label
            self.model = model
            self.bias = bias
            self.contributions = contributions
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var fields = Explained.Fields()
            var label: String?
            var model: String?
            var bias: Float?
            var contributions: [Contribution]?
            var runnerUp: String?
            var words: [WordWeight] = []
            var evidence: [String] = []
            var rule: String?
            while let key = try message.nextField() {
                switch key {
                case "label": label = try message.json.string()
                case "model": model = try message.json.string()
                case "bias": bias = try message.json.float()
                case "contributions":
                    contributions = try message.json.array(of: Contribution.self)
                case "runnerUp": runnerUp = try message.json.string()
                case "words": words = try message.json.array(of: WordWeight.self)
                case "rule": rule = try message.json.string()
                case "evidence": evidence = try message.json.strings()
                default:
                    if try !fields.read(key, from: &message.json) { try message.json.skipValue() }
                }
            }
            self.explained = try fields.explained(at: message.json)
            self.label = try message.require(label, "label")
            self.model = try message.require(model, "model")
            self.bias = try message.require(bias, "bias")
            self.contributions = try message.require(contributions, "contributions")
            self.runnerUp = runnerUp
            self.words = words
            self.rule = rule
            self.evidence = evidence
        }

        func write(to writer: inout JSONWriter) {
            explained.write(to: &writer)
            writer.field("label", label)
            writer.field("model", model)
            writer.field("bias", bias)
            writer.array("contributions", contributions)
            writer.field("runnerUp", runnerUp)
            if !words.isEmpty { writer.array("words", words) }
            writer.field("rule", rule)
            if !evidence.isEmpty { writer.strings("evidence", evidence) }
        }
    }
}

/// What one feature adds to a score.
package struct Contribution: Equatable, Sendable, MessagePart {
    /// For people: a word, a part of a word, the name of a feature.
    package var feature: String
    package var weight: Float
    /// What the feature was; nil where it was missing, and for texts.
    package var value: Float?

    package init(feature: String, weight: Float, value: Float? = nil) {
        self.feature = feature
        self.weight = weight
        self.value = value
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var feature: String?
        var weight: Float?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "feature": feature = try reader.string()
            case "weight": weight = try reader.float()
            case "value": value = try reader.float()
            default: try reader.skipValue()
            }
        }
        self.feature = try reader.require(feature, "feature")
        self.weight = try reader.require(weight, "weight")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("feature", feature)
        writer.field("weight", weight)
        writer.field("value", value)
        writer.endObject()
    }
}

/// What one word adds to the score of a label and to that of the runner-up.
package struct WordWeight: Equatable, Sendable, MessagePart {
    /// As the model reads it, in lower case.
    package var word: String
    /// Where it stands in the text, in UTF-16 units.
    package var range: Range<Int>
    package var weight: Float
    /// 0 where there is no runner-up.
    package var runnerUp: Float
    /// Its part of the difference that the words make, in −1...1; negative where it speaks for the
    /// runner-up.
    package var share: Float

    package init(
        word: String, range: Range<Int>, weight: Float, runnerUp: Float, share: Float
    ) {
        self.word = word
        self.range = range
        self.weight = weight
        self.runnerUp = runnerUp
        self.share = share
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var word: String?
        var range: Range<Int>?
        var weight: Float?
        var runnerUp: Float?
        var share: Float?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "word": word = try reader.string()
            case "range": range = try reader.range()
            case "weight": weight = try reader.float()
            case "runnerUp": runnerUp = try reader.float()
            case "share": share = try reader.float()
            default: try reader.skipValue()
            }
        }
        self.word = try reader.require(word, "word")
        self.range = try reader.require(range, "range")
        self.weight = try reader.require(weight, "weight")
        self.runnerUp = try reader.require(runnerUp, "runnerUp")
        self.share = try reader.require(share, "share")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("word", word)
        writer.range("range", range)
        writer.field("weight", weight)
        writer.field("runnerUp", runnerUp)
        writer.field("share", share)
        writer.endObject()
    }
}
