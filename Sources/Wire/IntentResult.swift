// Results of the kind `intent`.

internal import JSON

/// What somebody wants to be done, with how sure the model is.
package struct IntentResult: Equatable, Sendable, ResultPart {
    package struct Score: Equatable, Sendable, MessagePart {
        package var intent: String
        package var confidence: Float

        package init(intent: String, confidence: Float) {
            self.intent = intent
            self.confidence = confidence
        }
    }

    /// A part of the text that means something on its own: a date, a place, an amount.
    package struct Entity: Equatable, Sendable, MessagePart {
        package var entity: String
        /// Counted from the start of the block, or of the text.
        package var range: Range<Int>
        /// The value in a normal form, where there is one.
        package var value: String?
        package var confidence: Float

        package init(entity: String, range: Range<Int>, value: String? = nil, confidence: Float) {
            self.entity = entity
            self.range = range
            self.value = value
            self.confidence = confidence
        }
    }

    /// `out_of_scope` where no intent is likely enough.
    package var intent: String
    package var confidence: Float
    /// The likeliest intents, the first of them the likeliest.
    package var ranking: [Score]
    package var entities: [Entity]
    /// The rule that gave the answer, where one has fired.
    package var rule: String?
    /// Whether it is the answer to a whole text, not to one that is being typed.
    package var isSettled: Bool

    package init(
        intent: String, confidence: Float, ranking: [Score], entities: [Entity] = [],
        rule: String? = nil, isSettled: Bool = false
    ) {
        self.isSettled = isSettled
        self.rule = rule
        self.intent = intent
        self.confidence = confidence
        self.ranking = ranking
        self.entities = entities
    }

    struct Fields: ResultFields {
        fileprivate var intent: String?
        fileprivate var confidence: Float?
        fileprivate var ranking: [Score]?
        fileprivate var entities: [Entity]?
        fileprivate var rule: String?
        fileprivate var isSettled = false

        init() {}

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "intent": intent = try reader.string()
            case "confidence": confidence = try reader.float()
            case "ranking": ranking = try reader.array(of: Score.self)
            case "entities": entities = try reader.array(of: Entity.self)
            case "rule": rule = try reader.string()
            case "settled": isSettled = try reader.boolean()
            default: return false
            }
            return true
        }
    }

    init(_ fields: Fields, at reader: borrowing JSONReader) throws(JSONError) {
        intent = try reader.require(fields.intent, "intent")
        confidence = try reader.require(fields.confidence, "confidence")
        ranking = try reader.require(fields.ranking, "ranking")
        entities = try reader.require(fields.entities, "entities")
        rule = fields.rule
        isSettled = fields.isSettled
    }

    func writeFields(to writer: inout JSONWriter) {
        writer.field("intent", intent)
        writer.field("confidence", confidence)
        writer.array("ranking", ranking)
        writer.array("entities", entities)
        writer.field("rule", rule)
        if isSettled { writer.field("settled", true) }
    }
}

extension IntentResult.Score {
    init(from reader: inout JSONReader) throws(JSONError) {
        var intent: String?
        var confidence: Float?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "intent": intent = try reader.string()
            case "confidence": confidence = try reader.float()
            default: try reader.skipValue()
            }
        }
        self.intent = try reader.require(intent, "intent")
        self.confidence = try reader.require(confidence, "confidence")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("intent", intent)
        writer.field("confidence", confidence)
        writer.endObject()
    }
}

extension IntentResult.Entity {
    init(from reader: inout JSONReader) throws(JSONError) {
        var entity: String?
        var range: Range<Int>?
        var confidence: Float?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "entity": entity = try reader.string()
            case "range": range = try reader.range()
            case "value": value = try reader.string()
            case "confidence": confidence = try reader.float()
            default: try reader.skipValue()
            }
        }
        self.entity = try reader.require(entity, "entity")
        self.range = try reader.require(range, "range")
        self.confidence = try reader.require(confidence, "confidence")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("entity", entity)
        writer.range("range", range)
        writer.field("value", value)
        writer.field("confidence", confidence)
        writer.endObject()
    }
}
