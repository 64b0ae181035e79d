// Records of fields parted by commas, semicolons or tabs.

extension ExampleList {
    /// Reads a file with a header that names the columns `text` and `intent`.
    init(
        separatedBy separator: UInt8, _ bytes: ArraySlice<UInt8>
    ) throws(DatasetError) {
        self.init()
        let table = try SeparatedTable(bytes, separator: separator, columns: ["text", "intent"])
        for row in table.rows {
            try append(text: row.fields[0], intent: row.fields[1], line: row.line)
        }
    }
}

/// Named columns of a file of separated values, in UTF-8.
package struct SeparatedTable: Equatable, Sendable {
    package struct Row: Equatable, Sendable {
        /// The line at which the record begins.
        package let line: Int
        /// In the order of the columns that were asked for.
        package let fields: [String]
    }

    package let rows: [Row]

    /// Reads the columns of these names; the others are passed over.
    package init(reading bytes: [UInt8], columns: [String]) throws(DatasetError) {
        let content = bytes[...].withoutMark
        let separator = DatasetFormat.separator(of: content, columns: columns)
        try self.init(content, separator: separator ?? UInt8(ascii: ","), columns: columns)
    }

    init(
        _ bytes: ArraySlice<UInt8>, separator: UInt8, columns: [String]
    ) throws(DatasetError) {
        var reader = SeparatedReader(bytes, separator: separator)
        var rows: [Row] = []
        guard let header = try reader.next() else {
            self.rows = []
            return
        }
        let names = header.fields.map { String(decoding: $0, as: UTF8.self) }
        var places: [Int] = []
        for column in columns {
            guard let place = names.firstIndex(of: column) else {
                throw DatasetError(line: header.line, reason: .missingColumn(column))
            }
            places.append(place)
        }
        while let record = try reader.next() {
            guard record.fields.count == names.count else {
                let reason = DatasetError.Reason.fieldCount(
                    record.fields.count, expected: names.count)
                throw DatasetError(line: record.line, reason: reason)
            }
            var fields: [String] = []
            for place in places {
                guard let field = String(validating: record.fields[place], as: UTF8.self) else {
                    throw DatasetError(line: record.line, reason: .notUTF8)
                }
                fields.append(field)
            }
            rows.append(Row(line: record.line, fields: fields))
        }
        self.rows = rows
    }
}

/// Records as in RFC 4180, with LF or CRLF, also with another separator than the comma.
///
/// Between tabs, quotes mean something only where they enclose a whole field on one line: most
/// writers of such files do not quote.
struct SeparatedReader {
    struct Record: Equatable {
        let line: Int
        let fields: [[UInt8]]
    }

    private let bytes: ArraySlice<UInt8>
    private let separator: UInt8
    private var at: Int
    private var line = 1

    init(_ bytes: ArraySlice<UInt8>, separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        at = bytes.startIndex
    }

    /// The next record that is not a blank line; nil at the end.
    mutating func next() throws(DatasetError) -> Record? {
        while at < bytes.endIndex {
            let start = line
            var fields = [try field()]
            while at < bytes.endIndex, bytes[at] == separator {
                at += 1
                fields.append(try field())
            }
            endLine()
            if fields != [[]] { return Record(line: start, fields: fields) }
        }
        return nil
    }

    private mutating func field() throws(DatasetError) -> [UInt8] {
        guard at < bytes.endIndex, bytes[at] == UInt8(ascii: "\"") else { return plainField() }
        let (start, startLine) = (at, line)
        guard separator == UInt8(ascii: "\t") else {
            let field = try quotedField()
            guard isAtEndOfField else { throw DatasetError(line: line, reason: .textAfterQuote) }
            return field
        }
        if let field = try? quotedField(), isAtEndOfField, line == startLine { return field }
        (at, line) = (start, startLine)
        return plainField()
    }

    private mutating func plainField() -> [UInt8] {
        let start = at
        while !isAtEndOfField { at += 1 }
        return Array(bytes[start..<at])
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

    /// Whether a separator or a line end (LF, or CR before LF or the end of the file) stands here.
    private var isAtEndOfField: Bool {
        guard at < bytes.endIndex else { return true }
        switch bytes[at] {
        case separator, UInt8(ascii: "\n"): return true
        case UInt8(ascii: "\r"):
            return at + 1 == bytes.endIndex || bytes[at + 1] == UInt8(ascii: "\n")
        default: return false
        }
    }

    private mutating func endLine() {
        if at < bytes.endIndex, bytes[at] == UInt8(ascii: "\r") { at += 1 }
        if at < bytes.endIndex { at += 1 }
        line += 1
    }
}
