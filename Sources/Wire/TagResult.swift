// Results of the kind `tags`.

internal import JSON

/// What a text is about.
package struct TagResult: Equatable, Sendable, ResultPart {
    package struct Score: Equatable, Sendable, MessagePart {
        package var tag: String
        package var confidence: Float

        package init(tag: String, confidence: Float) {
            self.tag = tag
            self.confidence = confidence
        }
    }

    /// The likeliest first; empty where none of the approved tags is likely enough.
    package var tags: [Score]

    package init(tags: [Score]) {
        self.tags = tags
    }

    struct Fields: ResultFields {
        fileprivate var tags: [Score]?

        init() {}

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "tags": tags = try reader.array(of: Score.self)
            default: return false
            }
            return true
        }
    }

    init(_ fields: Fields, at reader: borrowing JSONReader) throws(JSONError) {
        tags = try reader.require(fields.tags, "tags")
    }

    func writeFields(to writer: inout JSONWriter) {
        writer.array("tags", tags)
    }
}

extension TagResult.Score {
    init(from reader: inout JSONReader) throws(JSONError) {
        var tag: String?
        var confidence: Float?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "tag": tag = try reader.string()
            case "confidence": confidence = try reader.float()
            default: try reader.skipValue()
            }
        }
        self.tag = try reader.require(tag, "tag")
        self.confidence = try reader.require(confidence, "confidence")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("tag", tag)
        writer.field("confidence", confidence)
        writer.endObject()
    }
}
