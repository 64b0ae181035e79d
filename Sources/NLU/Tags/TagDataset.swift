// Texts with their tags, as an author writes them.

import JSON

/// A text and all that it is about; perhaps nothing of the list.
package struct TaggedExample: Equatable, Sendable {
    package let text: String
    /// Each once, in the order of the file.
    package let tags: [String]

    package init(text: String, tags: [String]) {
        self.text = text
        var seen: Set<String> = []
        self.tags = tags.filter { seen.insert($0).inserted }
    }
}

/// Tagged examples in the order of their file.
package struct TagDataset: Equatable, Sendable {
    package let examples: [TaggedExample]

    package init(_ examples: [TaggedExample]) {
        self.examples = examples
    }

    /// The tags with how many examples each has, in order of their names.
    package var tagCounts: [(tag: String, count: Int)] {
        var counts: [String: Int] = [:]
        for example in examples { for tag in example.tags { counts[tag, default: 0] += 1 } }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Reads a file: JSON lines where it begins with `{`, separated values otherwise.
    ///
    /// Separated values have a header that names the columns `text` and `tags`; in it `|` or `;`
    /// parts one tag from the next. A line of JSON is an object with the string `text` and the list
    /// `tags`. A text without tags is an example of none of them.
    package init(reading bytes: [UInt8]) throws(DatasetError) {
        let content = bytes[...].withoutMark
        let isJSON = content.first { $0 > 0x20 } == UInt8(ascii: "{")
        examples = isJSON ? try Self.readJSONLines(content) : try Self.readTable(bytes)
        guard !examples.isEmpty else { throw DatasetError(line: 1, reason: .noExamples) }
    }

    private static func readTable(_ bytes: [UInt8]) throws(DatasetError) -> [TaggedExample] {
        var examples: [TaggedExample] = []
        for row in try SeparatedTable(reading: bytes, columns: ["text", "tags"]).rows {
            let tags = row.fields[1].split { $0 == "|" || $0 == ";" }.map { trimmed(String($0)) }
            examples.append(try example(row.fields[0], tags, line: row.line))
        }
        return examples
    }

    private static func readJSONLines(
        _ bytes: ArraySlice<UInt8>
    ) throws(DatasetError) -> [TaggedExample] {
        var examples: [TaggedExample] = []
        for (line, object) in try jsonObjects(inLines: bytes) {
            guard let text = object["text"]?.string else {
                throw DatasetError(line: line, reason: .missingMember("text"))
            }
            guard let list = object["tags"]?.array else {
                throw DatasetError(line: line, reason: .expected("a list of strings “tags”"))
            }
            let tags = list.compactMap(\.string)
            guard tags.count == list.count else {
                throw DatasetError(line: line, reason: .expected("a list of strings “tags”"))
            }
            examples.append(try example(text, tags, line: line))
        }
        return examples
    }

    private static func example(
        _ text: String, _ tags: [String], line: Int
    ) throws(DatasetError) -> TaggedExample {
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw DatasetError(line: line, reason: .emptyText)
        }
        return TaggedExample(text: text, tags: tags.filter { !$0.isEmpty })
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
