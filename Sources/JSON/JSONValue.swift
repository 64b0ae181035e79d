// Any JSON value as a small tree, for files and for parts whose shape is not ours.

/// A JSON value; objects keep the order of their members.
///
/// Numbers are doubles: an integer beyond 2^53 loses its last digits here, though not in `JSONReader`.
package enum JSONValue: Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])

    /// Reads one JSON text.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes.span)
        self = try reader.value()
        try reader.finish()
    }

    /// Reads one JSON text.
    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: [UInt8](text.utf8))
    }

    /// The JSON text; pretty means two spaces of indentation and a line end at the end.
    package func serialized(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter()
        if pretty {
            writer.prettyValue(self, indentation: 0)
            writer.bytes.append(UInt8(ascii: "\n"))
        } else {
            writer.value(self)
        }
        return writer.bytes
    }
}

// MARK: Access

extension JSONValue {
    /// The member of that name; the last one counts where a name stands twice.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    package var bool: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    package var double: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    /// The number, if it is an integer.
    package var int: Int? {
        double.flatMap(Int.init(exactly:))
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: [(key: String, value: JSONValue)]? {
        if case .object(let members) = self { members } else { nil }
    }
}

extension JSONValue: Equatable {
    /// Equality of what is written: members in order, strings byte by byte (Swift's own equality of
    /// strings would hold `é` composed and decomposed to be the same).
    package static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)):
            a.elementsEqual(b) { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
        default: false
        }
    }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(nilLiteral: ()) { self = .null }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(integerLiteral value: Int) { self = .number(Double(value)) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { (key: $0.0, value: $0.1) })
    }
}

extension JSONValue: CustomStringConvertible {
    package var description: String { String(decoding: serialized(), as: UTF8.self) }
}

// MARK: Reading and writing

extension JSONReader {
    /// Reads the next value as a tree; `maximumDepth` bounds the recursion.
    package mutating func value() throws(JSONError) -> JSONValue {
        switch peek() {
        case .null:
            guard try takeNull() else { throw unexpected() }
            return .null
        case .boolean: return .boolean(try boolean())
        case .number: return .number(try double())
        case .string: return .string(try string())
        case .array:
            var values: [JSONValue] = []
            try beginArray()
            while try nextElement() { values.append(try value()) }
            return .array(values)
        case .object:
            var members: [(key: String, value: JSONValue)] = []
            try beginObject()
            while let key = try nextKey() { members.append((key.string, try value())) }
            return .object(members)
        case nil: throw unexpected()
        }
    }
}

extension JSONWriter {
    /// Writes a tree without spaces.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let values):
            beginArray()
            for value in values {
                nextElement()
                self.value(value)
            }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    fileprivate mutating func prettyValue(_ value: JSONValue, indentation: Int) {
        switch value {
        case .array(let values) where !values.isEmpty:
            beginArray()
            for value in values {
                nextElement()
                newline(indentation + 1)
                prettyValue(value, indentation: indentation + 1)
            }
            newline(indentation)
            endArray()
        case .object(let members) where !members.isEmpty:
            beginObject()
            for (i, member) in members.enumerated() {
                if i > 0 { literal(",") }
                newline(indentation + 1)
                string(member.key)
                literal(": ")
                prettyValue(member.value, indentation: indentation + 1)
            }
            newline(indentation)
            endObject()
        case .null, .boolean, .number, .string, .array, .object: self.value(value)
        }
    }

    private mutating func newline(_ indentation: Int) {
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<indentation { literal("  ") }
    }
}
