// Entities marked in brackets, as Rasa writes them.

import JSON

/// A text freed of its marks, and what they said.
///
/// `[Berlin](city)`, `[NYC](city:New York)` and `[NYC]{"entity": "city", "value": "New York"}` each
/// mark the words in square brackets; of `[…][{…}, {…}]` the first object counts. Square brackets
/// that none of these follows belong to the text. White space at both ends falls away.
package struct AnnotatedText: Equatable, Sendable {
    package let text: String
    package let entities: [EntitySpan]

    package init(parsing source: some StringProtocol) throws(AnnotationError) {
        var reader = AnnotationReader(source)
        try reader.read()
        text = reader.text
        entities = reader.entities
    }
}

/// Why the marks of a text cannot be read.
package enum AnnotationError: Error, Equatable, Sendable {
    /// What follows the words has no end.
    case unclosed(String)
    case notJSON(String)
    /// The mark of these words does not name an entity.
    case withoutEntity(String)
}

extension AnnotationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unclosed(let words): "the mark of “\(words)” is not closed"
        case .notJSON(let why): "the mark of an entity is not JSON: \(why)"
        case .withoutEntity(let words): "the mark of “\(words)” names no entity"
        }
    }
}

private struct AnnotationReader {
    private let source: [Unicode.Scalar]
    private var at = 0
    private var output = String.UnicodeScalarView()
    private var length = 0
    private(set) var entities: [EntitySpan] = []

    init(_ source: some StringProtocol) {
        let scalars = Array(source.unicodeScalars)
        let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
        let end = scalars.lastIndex { !$0.properties.isWhitespace } ?? start - 1
        self.source = Array(scalars[start..<end + 1])
    }

    var text: String { String(output) }

    mutating func read() throws(AnnotationError) {
        while at < source.count {
            guard source[at] == "[", let close = index(of: "]", from: at + 1), close > at + 1,
                let opening = mark(at: close + 1)
            else {
                append(source[at...at])
                at += 1
                continue
            }
            let start = length
            let words = source[at + 1..<close]
            append(words)
            at = close + 1
            let (type, value) = try readMark(opening, of: Self.string(words))
            entities.append(EntitySpan(range: start..<length, type: type, value: value))
        }
    }

    private enum Mark { case round, object, list }

    private func mark(at place: Int) -> Mark? {
        guard place < source.count else { return nil }
        switch source[place] {
        case "(": return .round
        case "{": return .object
        case "[": return place + 1 < source.count && source[place + 1] == "{" ? .list : nil
        default: return nil
        }
    }

    private mutating func readMark(
        _ mark: Mark, of words: String
    ) throws(AnnotationError) -> (String, String?) {
        let content: ArraySlice<Unicode.Scalar>
        switch mark {
        case .round:
            content = try take(to: ")", words)
            let parts = content.dropFirst().dropLast()
                .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard !parts[0].isEmpty else { throw .withoutEntity(words) }
            return (Self.string(parts[0]), parts.count > 1 ? Self.string(parts[1]) : nil)
        case .object: content = try take(to: "}", words)
        case .list: content = try take(to: "]", words)
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: Self.string(content))
        } catch {
            throw .notJSON(error.description)
        }
        let object = value.array?.first ?? value
        guard let type = object["entity"]?.string, !type.isEmpty else {
            throw .withoutEntity(words)
        }
        return (type, object["value"].flatMap(Self.value))
    }

    /// A value may be written as a number.
    private static func value(_ value: JSONValue) -> String? {
        switch value {
        case .string(let string): string
        case .number, .boolean: value.description
        case .null, .array, .object: nil
        }
    }

    /// Takes all up to a closing bracket, outside the strings of JSON.
    private mutating func take(
        to closing: Unicode.Scalar, _ words: String
    ) throws(AnnotationError) -> ArraySlice<Unicode.Scalar> {
        let start = at
        var isQuoted = false
        while at < source.count {
            let scalar = source[at]
            at += 1
            if closing != ")" {
                if scalar == "\\", isQuoted { at += 1 }
                if scalar == "\"" { isQuoted.toggle() }
            }
            if scalar == closing, !isQuoted { return source[start..<at] }
        }
        throw .unclosed(words)
    }

    private func index(of scalar: Unicode.Scalar, from start: Int) -> Int? {
        source[start...].firstIndex(of: scalar)
    }

    private mutating func append(_ scalars: ArraySlice<Unicode.Scalar>) {
        output.append(contentsOf: scalars)
        for scalar in scalars { length += UTF16.width(scalar) }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
