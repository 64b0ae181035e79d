// The header fields of a request or a response.

/// Names with values, in order; names are compared without regard to case.
package struct HTTPFields: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    /// One line of a head.
    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package private(set) var all: [Field] = []

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    package var count: Int { all.count }

    /// Adds a field; a second one of a name stands beside the first.
    package mutating func append(_ name: String, _ value: String) {
        precondition(HTTPGrammar.isToken(name.utf8), "not the name of a field")
        precondition(value.utf8.allSatisfy(HTTPGrammar.isFieldContent), "not the value of a field")
        all.append(Field(name: name, value: value))
    }

    /// The values under `name`, in order.
    package func values(_ name: String) -> [String] {
        let name = HTTPGrammar.lowercased(name)
        return all.filter { HTTPGrammar.lowercased($0.name) == name }.map(\.value)
    }

    /// The value under `name`; several are one list (RFC 9110, section 5.3).
    package subscript(name: String) -> String? {
        let values = values(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// The members of the list under `name`, without regard to case where they are keywords.
    package func list(_ name: String) -> [String] {
        values(name).flatMap { $0.utf8.split(separator: UInt8(ascii: ",")) }
            .map { String(decoding: HTTPGrammar.trimmed(ArraySlice($0)), as: UTF8.self) }
            .filter { !$0.isEmpty }
    }

    /// Whether the list under `name` has the keyword.
    package func list(_ name: String, has keyword: String) -> Bool {
        let keyword = HTTPGrammar.lowercased(keyword)
        return list(name).contains { HTTPGrammar.lowercased($0) == keyword }
    }

    /// Reads one line of a head, without its end.
    mutating func append(line: ArraySlice<UInt8>) throws(HTTPError) {
        if let first = line.first, HTTPGrammar.isSpace(first) { throw .foldedField }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .invalidField }
        let name = line[..<colon]
        let value = HTTPGrammar.trimmed(line[(colon + 1)...])
        // A space before the colon is no token, and a known way to smuggle fields.
        guard HTTPGrammar.isToken(name), value.allSatisfy(HTTPGrammar.isFieldContent) else {
            throw .invalidField
        }
        all.append(
            Field(
                name: String(decoding: name, as: UTF8.self),
                value: String(decoding: value, as: UTF8.self)))
    }
}
