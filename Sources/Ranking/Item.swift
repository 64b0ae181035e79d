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
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (i, line) in lines.enumerated() where !line.allSatisfy(isBlank) {
            items.append(try parse(line: Array(line), number: i + 1))
        }
        return items
    }

    private static func parse(line: [UInt8], number: Int) throws(ItemFileError) -> Item {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw ItemFileError(line: number, reason: .json(error))
        }
        do throws(FieldError) {
            return try Item(value)
        } catch {
            throw ItemFileError(line: number, reason: .field(error))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

/// A line of a file of items that is not an item.
package struct ItemFileError: Error, Equatable, Sendable {
    /// Counted from 1.
    package let line: Int
    package let reason: Reason

    package init(line: Int, reason: Reason) {
        self.line = line
        self.reason = reason
    }

    package enum Reason: Equatable, Sendable {
        case json(JSONError)
        case field(FieldError)
    }
}

extension ItemFileError: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .json(let error): "line \(line): \(error)"
        case .field(let error): "line \(line): \(error)"
        }
    }
}
