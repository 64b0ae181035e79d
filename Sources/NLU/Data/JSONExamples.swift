// Examples in JSON: a line each, or one document as CLINC or Rasa publish it.

import JSON

/// A part of a data set that was split for training and measuring.
package enum DataSplit: String, CaseIterable, Sendable {
    case training = "train"
    case validation
    case test

    /// The lists of a document that belong to the split, in scope and out of scope.
    fileprivate var members: [String] {
        let names =
            switch self {
            case .training: ["train"]
            case .validation: ["val", "valid", "validation"]
            case .test: ["test"]
            }
        return names + names.map { "oos_" + $0 }
    }
}

extension ExampleList {
    /// Reads a file with an object in each line, with the strings `text` and `intent`.
    init(jsonLines bytes: ArraySlice<UInt8>) throws(DatasetError) {
        self.init()
        for (line, object) in try jsonObjects(inLines: bytes) { try append(object, line: line) }
    }

    /// Reads one document: an array of examples, CLINC's object of splits, or Rasa's object.
    init(jsonDocument bytes: ArraySlice<UInt8>, split: DataSplit) throws(DatasetError) {
        self.init()
        let document = try JSONDocument(bytes)
        switch document.content {
        case .list(let items): try append(items)
        case .lists(let lists):
            if lists.contains(where: { $0.name == "rasa_nlu_data" }) {
                try append(rasa: lists)
                return
            }
            let wanted = lists.filter { split.members.contains($0.name) }
            guard !wanted.isEmpty else {
                throw DatasetError(line: document.line, reason: .missingSplit(split.members[0]))
            }
            for list in wanted { try append(list.items) }
        }
    }

    /// Takes examples that are objects or pairs of text and intent.
    private mutating func append(_ items: [JSONDocument.Item]) throws(DatasetError) {
        for item in items {
            guard let pair = item.value.array else {
                try append(item.value, line: item.line)
                continue
            }
            guard pair.count == 2, let text = pair[0].string, let intent = pair[1].string else {
                let reason = DatasetError.Reason.expected("a pair of strings, text and intent")
                throw DatasetError(line: item.line, reason: reason)
            }
            try append(text: text, intent: intent, line: item.line)
        }
    }

    private mutating func append(_ object: JSONValue, line: Int) throws(DatasetError) {
        try append(
            text: try object.text("text", line), intent: try object.text("intent", line),
            line: line)
    }
}

extension JSONValue {
    /// The string that a member must be.
    func text(_ name: String, _ line: Int) throws(DatasetError) -> String {
        guard let string = self[name]?.string else {
            throw DatasetError(line: line, reason: .missingMember(name))
        }
        return string
    }
}

/// A document as lists whose items know their lines.
struct JSONDocument {
    struct Item {
        let line: Int
        let value: JSONValue
    }

    struct List {
        let name: String
        let items: [Item]
    }

    enum Content {
        case list([Item])
        /// The members of an object that are lists, and those of its object `rasa_nlu_data`,
        /// for which there is an empty list of this name.
        case lists([List])
    }

    let content: Content
    /// Where the document begins.
    let line: Int

    init(_ bytes: ArraySlice<UInt8>) throws(DatasetError) {
        let text = Array(bytes)
        var reader = JSONReader(text.span)
        var lines = LineCounter(text[...])
        do throws(JSONError) {
            let isArray = reader.peek() == .array
            line = lines.line(at: reader.offset)
            if isArray {
                content = .list(try Self.items(&reader, &lines))
            } else {
                var lists: [List] = []
                try Self.readLists(&reader, &lines, into: &lists)
                content = .lists(lists)
            }
            try reader.finish()
        } catch {
            var lines = LineCounter(text[...])
            throw DatasetError(
                line: lines.line(at: error.offset), reason: .notJSON(error.reason.description))
        }
    }

    /// Reads an object; members that are no lists are passed over.
    private static func readLists(
        _ reader: inout JSONReader, _ lines: inout LineCounter, into lists: inout [List]
    ) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let name = key.string
            if name == "rasa_nlu_data" {
                lists.append(List(name: name, items: []))
                try readLists(&reader, &lines, into: &lists)
            } else if reader.peek() == .array {
                lists.append(List(name: name, items: try items(&reader, &lines)))
            } else {
                try reader.skipValue()
            }
        }
    }

    private static func items(
        _ reader: inout JSONReader, _ lines: inout LineCounter
    ) throws(JSONError) -> [Item] {
        var items: [Item] = []
        try reader.beginArray()
        while try reader.nextElement() {
            _ = reader.peek()
            let line = lines.line(at: reader.offset)
            items.append(Item(line: line, value: try reader.value()))
        }
        return items
    }
}

extension Dataset {
    /// Whether a file is one document that holds this split beside others.
    package static func holds(_ split: DataSplit, in bytes: [UInt8]) -> Bool {
        let content = bytes[...].withoutMark
        guard DatasetFormat(of: content) == .jsonDocument,
            let document = try? JSONDocument(content), case .lists(let lists) = document.content
        else { return false }
        return lists.contains { split.members.contains($0.name) }
    }
}

/// The values of a file with one in each line, with the numbers of the lines; blank ones count for nothing.
func jsonObjects(
    inLines bytes: ArraySlice<UInt8>
) throws(DatasetError) -> [(line: Int, value: JSONValue)] {
    var values: [(line: Int, value: JSONValue)] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (i, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
        do throws(JSONError) {
            values.append((i + 1, try JSONValue(parsing: Array(line))))
        } catch {
            throw DatasetError(line: i + 1, reason: .notJSON(error.description))
        }
    }
    return values
}
