// What can be recommended, and its form in a file.

package import JSON

/// One entity of a corpus.
///
/// Of its fields the stages know `title`, `text`, `tags` and `published` (seconds since 1970); all
/// others are kept as they came, for those who show the item and for caps by a field.
package struct Item: Equatable, Sendable {
    package let corpus: Corpus
    package let id: String
    package let fields: JSONValue
    package let title: String
    package let text: String
    package let tags: [String]
    package let published: Double?

    /// Checks the types of the fields that the stages know; each of them may be absent.
    package init(corpus: Corpus, id: String, fields: JSONValue) throws(FieldError) {
        try self.init(corpus: corpus, id: id, place: JSONPlace(fields, path: "fields"))
    }

    /// Reads `{"corpus", "item", "fields"}`.
    package init(_ value: JSONValue) throws(FieldError) {
        let root = JSONPlace(value)
        try root.check(keys: ["corpus", "item", "fields"])
        let corpus = Corpus(rawValue: try root.required("corpus").string())
        let id = try root.required("item").string()
        try self.init(corpus: corpus, id: id, place: root.required("fields"))
    }

    private init(corpus: Corpus, id: String, place: JSONPlace) throws(FieldError) {
        guard place.value.object != nil else { throw place.error(.wrongType(wanted: .object)) }
        self.corpus = corpus
        self.id = id
        fields = place.value
        title = try place.member("title")?.string() ?? ""
        text = try place.member("text")?.string() ?? ""
        tags = try place.member("tags")?.strings() ?? []
        published = try place.member("published")?.number(in: -1e12...1e12)
    }

    /// The item as it stands in a file.
    package var json: JSONValue {
        ["corpus": .string(corpus.rawValue), "item": .string(id), "fields": fields]
    }
}

extension Item {
    /// Reads items from JSON lines; blank lines are skipped.
    package static func parse(lines bytes: [UInt8]) throws(ItemFileError) -> [Item] {
        var items: [Item] = []
        try forEachLine(of: bytes) { value throws(FieldError) in items.append(try Item(value)) }
        return items
    }
}
