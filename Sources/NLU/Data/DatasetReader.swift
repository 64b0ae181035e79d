// Examples from CSV and JSON lines.

import JSON

extension Dataset {
    /// Reads a file: JSON lines where it begins with `{`, CSV otherwise.
    ///
    /// CSV has a header that names the columns `text` and `intent`, in any order and among others.
    /// A line of JSON is an object with the strings `text` and `intent`. Blank lines count for
    /// nothing, nor does a byte order mark.
    package init(reading bytes: [UInt8]) throws(DatasetError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes[3...] : bytes[...]
        let first = content.first { $0 > 0x20 }
        let isJSON = first == UInt8(ascii: "{")
        let examples = isJSON ? try Self.readJSONLines(content) : try Self.readCSV(content)
        guard !examples.isEmpty else { throw DatasetError(line: 1, reason: .noExamples) }
        self.init(examples)
    }

    private static func readCSV(_ bytes: ArraySlice<UInt8>) throws(DatasetError) -> [Example] {
        var reader = CSVReader(bytes)
        guard let header = try reader.next() else { return [] }
        let names = header.fields.map { String(decoding: $0, as: UTF8.self) }
        func column(_ name: String) throws(DatasetError) -> Int {
            guard let index = names.firstIndex(of: name) else {
                throw DatasetError(line: header.line, reason: .missingColumn(name))
            }
            return index
        }
        let (text, intent) = (try column("text"), try column("intent"))
        var examples: [Example] = []
        while let record = try reader.next() {
            guard record.fields.count == names.count else {
                let reason = DatasetError.Reason.fieldCount(
                    record.fields.count, expected: names.count)
                throw DatasetError(line: record.line, reason: reason)
            }
            examples.append(
                try example(record.fields[text], record.fields[intent], line: record.line))
        }
        return examples
    }

    private static func readJSONLines(
        _ bytes: ArraySlice<UInt8>
    ) throws(DatasetError) -> [Example] {
        var examples: [Example] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (i, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            let object: JSONValue
            do throws(JSONError) {
                object = try JSONValue(parsing: Array(line))
            } catch {
                throw DatasetError(line: i + 1, reason: .notJSON(error.description))
            }
            func member(_ name: String) throws(DatasetError) -> [UInt8] {
                guard let string = object[name]?.string else {
                    throw DatasetError(line: i + 1, reason: .missingMember(name))
                }
                return Array(string.utf8)
            }
            examples.append(try example(try member("text"), try member("intent"), line: i + 1))
        }
        return examples
    }

    private static func example(
        _ text: [UInt8], _ intent: [UInt8], line: Int
    ) throws(DatasetError) -> Example {
        guard let text = String(validating: text, as: UTF8.self),
            let intent = String(validating: intent, as: UTF8.self)
        else { throw DatasetError(line: line, reason: .notUTF8) }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw DatasetError(line: line, reason: .emptyText)
        }
        guard !intent.isEmpty else { throw DatasetError(line: line, reason: .emptyIntent) }
        return Example(text: text, intent: intent)
    }
}

/// Records of comma-separated values as in RFC 4180, with LF or CRLF.
struct CSVReader {
    struct Record: Equatable {
        let line: Int
        let fields: [[UInt8]]
    }

    private let bytes: ArraySlice<UInt8>
    private var at: Int
    private var line = 1

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    /// The next record that is not a blank line; nil at the end.
    mutating func next() throws(DatasetError) -> Record? {
        while at < bytes.endIndex {
            let start = line
            var fields = [try field()]
            while at < bytes.endIndex, bytes[at] == UInt8(ascii: ",") {
                at += 1
                fields.append(try field())
            }
            endLine()
            if fields != [[]] { return Record(line: start, fields: fields) }
        }
        return nil
    }

    private mutating func field() throws(DatasetError) -> [UInt8] {
        guard at < bytes.endIndex, bytes[at] == UInt8(ascii: "\"") else {
            let start = at
            while at < bytes.endIndex, !endsField(at) { at += 1 }
            return Array(bytes[start..<at])
        }
        let field = try quotedField()
        guard at == bytes.endIndex || endsField(at) else {
            throw DatasetError(line: line, reason: .textAfterQuote)
        }
        return field
    }

    private mutating func quotedField() throws(DatasetError) -> [UInt8] {
        let start = line
        var field: [UInt8] = []
        at += 1
        while at < bytes.endIndex {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") {
                // Doubled, it is a quote of the text; alone, it closes the field.
                guard at < bytes.endIndex, bytes[at] == byte else { return field }
                at += 1
            }
            if byte == UInt8(ascii: "\n") { line += 1 }
            field.append(byte)
        }
        throw DatasetError(line: start, reason: .unterminatedQuote)
    }

    /// Whether a comma or a line end (LF, or CR before LF or the end of the file) stands at `at`.
    private func endsField(_ at: Int) -> Bool {
        switch bytes[at] {
        case UInt8(ascii: ","), UInt8(ascii: "\n"): true
        case UInt8(ascii: "\r"):
            at + 1 == bytes.endIndex || bytes[at + 1] == UInt8(ascii: "\n")
        default: false
        }
    }

    private mutating func endLine() {
        if at < bytes.endIndex, bytes[at] == UInt8(ascii: "\r") { at += 1 }
        if at < bytes.endIndex { at += 1 }
        line += 1
    }
}
