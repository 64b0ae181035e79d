// Results of the kind `duplicate`.

internal import JSON
package import Documents

/// Where else the text of a block stands, or one that is nearly the same.
package struct DuplicateResult: Equatable, Sendable {
    /// Another place; the whole document if no block is named.
    package struct Place: Equatable, Sendable {
        package var document: String
        package var block: BlockID?
        /// The share of words and of neighbouring words that both have, above 0 and at most 1.
        package var similarity: Float
        /// Whether the words are the same ones in the same order.
        package var isExact: Bool

        package init(document: String, block: BlockID?, similarity: Float, isExact: Bool) {
            self.document = document
            self.block = block
            self.similarity = similarity
            self.isExact = isExact
        }
    }

    /// The most similar first; empty if the text stands nowhere else.
    package var duplicates: [Place]

    package init(duplicates: [Place]) { self.duplicates = duplicates }
}

extension DuplicateResult: ResultPart {
    struct Fields: ResultFields {
        fileprivate var duplicates: [Place]?

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "duplicates": duplicates = try reader.array(of: Place.self)
            default: return false
            }
            return true
        }
    }

    init(_ fields: Fields, at reader: borrowing JSONReader) throws(JSONError) {
        duplicates = try reader.require(fields.duplicates, "duplicates")
    }

    func writeFields(to writer: inout JSONWriter) {
        writer.array("duplicates", duplicates)
    }
}

extension DuplicateResult.Place: MessagePart {
    init(from reader: inout JSONReader) throws(JSONError) {
        var document: String?
        var similarity: Float?
        var isExact: Bool?
        var block: BlockID?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "doc": document = try reader.documentID()
            case "block": block = try reader.blockID()
            case "similarity": similarity = try reader.float()
            case "exact": isExact = try reader.boolean()
            default: try reader.skipValue()
            }
        }
        self.document = try reader.require(document, "doc")
        self.block = block
        self.similarity = try reader.require(similarity, "similarity")
        self.isExact = try reader.require(isExact, "exact")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("doc", document)
        writer.field("block", block)
        writer.field("similarity", similarity)
        writer.field("exact", isExact)
        writer.endObject()
    }
}
