// What somebody says that a text means.

package import JSON

/// An intent, or all tags of a text: a string or an array of strings on the wire.
package enum Label: Hashable, Sendable {
    case intent(String)
    case tags(TagSet)

    /// Tags, each once and in order of their names, so that equal sets are equal; perhaps none.
    package struct TagSet: Hashable, Sendable {
        package let tags: [String]

        package init(_ tags: some Sequence<String>) {
            self.tags = Set(tags).sorted()
        }
    }

    package static func tags(_ tags: some Sequence<String>) -> Label { .tags(TagSet(tags)) }

    /// For people, and for a cell of a table: tags with `|` between them.
    package var text: String {
        switch self {
        case .intent(let name): name
        case .tags(let set): set.tags.joined(separator: "|")
        }
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        guard reader.peek() == .array else {
            self = .intent(try reader.name())
            return
        }
        var tags: [String] = []
        let start = reader.offset
        try reader.beginArray()
        while try reader.nextElement() {
            guard tags.count < Self.mostTags else {
                throw JSONError(.unsuitable("must be at most \(Self.mostTags) tags"), at: start)
            }
            tags.append(try reader.name())
        }
        self = .tags(tags)
    }

    /// No text has more of a list that people approve.
    private static let mostTags = 256

    func write(to writer: inout JSONWriter) {
        switch self {
        case .intent(let name): writer.field("label", name)
        case .tags(let set): writer.strings("label", set.tags)
        }
    }

    /// As a record of the journal holds it.
    package var json: JSONValue {
        switch self {
        case .intent(let name): .string(name)
        case .tags(let set): .array(set.tags.map { .string($0) })
        }
    }

    /// Reads what `json` gave; `nil` for anything else.
    package init?(_ json: JSONValue?) {
        if let name = json?.string {
            self = .intent(name)
        } else if let list = json?.array {
            let tags = list.compactMap(\.string)
            guard tags.count == list.count else { return nil }
            self = .tags(tags)
        } else {
            return nil
        }
    }
}
