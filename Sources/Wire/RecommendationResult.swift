// Results of the kind `recommendations`.

internal import JSON

/// What may be wanted next.
package struct RecommendationResult: Equatable, Sendable, ResultPart {
    package struct Item: Equatable, Sendable, MessagePart {
        package var item: String
        package var score: Float
        /// What to show to people, where the corpus has it.
        package var title: String?
        /// Why it is recommended, for people; the most important first.
        package var reasons: [String]?
        /// How likely it was to come to its place, where some of it was left to chance.
        package var propensity: Float?

        package init(
            item: String, score: Float, title: String? = nil, reasons: [String]? = nil,
            propensity: Float? = nil
        ) {
            self.item = item
            self.score = score
            self.title = title
            self.reasons = reasons
            self.propensity = propensity
        }
    }

    /// The place in the product that asks.
    package var source: String
    /// The kind of entity that is recommended.
    package var corpus: String
    /// The best first; empty if there is nothing to recommend.
    package var items: [Item]
    /// Stages that had no effect, as they failed or were late: "fetch/vector"; none where all went well.
    package var degraded: [String]?

    package init(source: String, corpus: String, items: [Item], degraded: [String]? = nil) {
        self.source = source
        self.corpus = corpus
        self.items = items
        self.degraded = degraded
    }

    struct Fields: ResultFields {
        fileprivate var source: String?
        fileprivate var corpus: String?
        fileprivate var items: [Item]?
        fileprivate var degraded: [String]?

        init() {}

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "source": source = try reader.string()
            case "corpus": corpus = try reader.string()
            case "items": items = try reader.array(of: Item.self)
            case "degraded": degraded = try reader.strings()
            default: return false
            }
            return true
        }
    }

    init(_ fields: Fields, at reader: borrowing JSONReader) throws(JSONError) {
        source = try reader.require(fields.source, "source")
        corpus = try reader.require(fields.corpus, "corpus")
        items = try reader.require(fields.items, "items")
        degraded = fields.degraded
    }

    func writeFields(to writer: inout JSONWriter) {
        writer.field("source", source)
        writer.field("corpus", corpus)
        writer.array("items", items)
        writer.strings("degraded", degraded)
    }
}

extension RecommendationResult.Item {
    init(from reader: inout JSONReader) throws(JSONError) {
        var item: String?
        var score: Float?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "item": item = try reader.string()
            case "score": score = try reader.float()
            case "title": title = try reader.string()
            case "reasons": reasons = try reader.strings()
            case "propensity": propensity = try reader.float()
            default: try reader.skipValue()
            }
        }
        self.item = try reader.require(item, "item")
        self.score = try reader.require(score, "score")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("item", item)
        writer.field("score", score)
        writer.field("title", title)
        writer.strings("reasons", reasons)
        writer.field("propensity", propensity)
        writer.endObject()
    }
}
