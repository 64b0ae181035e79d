// How a file of examples is written, told by its content.

import JSON

/// The formats that are read.
enum DatasetFormat: Equatable {
    case separated(by: UInt8)
    case jsonLines
    /// One object or one array.
    case jsonDocument
    case rasaYAML
    case fastText

    /// Tells the format by the first characters and the first line.
    init(of bytes: ArraySlice<UInt8>) {
        let content = bytes.drop { $0 <= 0x20 }
        let firstLine = content.prefix { $0 != UInt8(ascii: "\n") }
        if content.first == UInt8(ascii: "{") {
            self = Self.isLine(firstLine, of: content) ? .jsonLines : .jsonDocument
        } else if content.first == UInt8(ascii: "[") {
            self = .jsonDocument
        } else if content.starts(with: ExampleList.fastTextLabel) {
            self = .fastText
        } else if let separator = Self.separator(of: content, columns: ["text", "intent"]) {
            self = .separated(by: separator)
        } else {
            self = Self.looksLikeYAML(content) ? .rasaYAML : .separated(by: UInt8(ascii: ","))
        }
    }

    /// Whether an object that ends with its line is an example, or the first of several objects.
    private static func isLine(
        _ line: ArraySlice<UInt8>, of content: ArraySlice<UInt8>
    ) -> Bool {
        guard let object = try? JSONValue(parsing: Array(line)) else { return false }
        if object["text"] != nil || object["intent"] != nil { return true }
        return content[line.endIndex...].contains { $0 > 0x20 }
    }

    /// The separator under which the header names all of `columns`.
    static func separator(of content: ArraySlice<UInt8>, columns: [String]) -> UInt8? {
        let line = content.drop { $0 <= 0x20 }.prefix { $0 != UInt8(ascii: "\n") }
        return [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: ";")].first { separator in
            var reader = SeparatedReader(line, separator: separator)
            guard let header = try? reader.next() else { return false }
            let names = header.fields.map { String(decoding: $0, as: UTF8.self) }
            return columns.allSatisfy(names.contains)
        }
    }

    /// Whether the first line that is no comment opens a document or is a key without a comma.
    private static func looksLikeYAML(_ content: ArraySlice<UInt8>) -> Bool {
        for line in content.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self).trimmed
            if text.isEmpty || text.hasPrefix("#") { continue }
            if text.hasPrefix("---") || text.hasPrefix("%") { return true }
            let key = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
            let rest = text[key.endIndex...]
            return !key.isEmpty && (rest == ":" || rest.hasPrefix(": "))
        }
        return false
    }
}

extension ArraySlice<UInt8> {
    /// Without a byte order mark.
    var withoutMark: Self { starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self }
}
