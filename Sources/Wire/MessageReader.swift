// Reads the members of a message; what all messages share is taken care of here.

import JSON

/// A message while it is read: `type` first, wherever it stands, then the members one by one.
///
/// Unknown members are skipped by the readers of the types, so that a newer peer can say more. Where a
/// name stands twice the last one counts; only of `type` it is the first.
struct MessageReader: ~Escapable {
    var json: JSONReader
    private(set) var id: MessageID?

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) {
        json = JSONReader(bytes)
    }

    /// Finds the type and stays before the members that follow it, if it is the first as it should be,
    /// or before all of them.
    @_lifetime(copy self)
    mutating func type() throws(JSONError) -> JSONKey {
        try json.beginObject()
        let start = json
        var isFirst = true
        while let key = try json.nextKey() {
            guard "type" ~= key else {
                isFirst = false
                try json.skipValue()
                continue
            }
            let type = try json.keyword()
            if !isFirst { json = start }
            return type
        }
        throw JSONError(.missing("type"), at: start.offset)
    }

    /// Moves to the next member that is the type's own.
    @_lifetime(copy self)
    mutating func nextField() throws(JSONError) -> JSONKey? {
        while let key = try json.nextKey() {
            switch key {
            case "id": id = try MessageID(from: &json)
            case "type": try json.skipValue()
            default: return key
            }
        }
        return nil
    }

    /// The value of a member that must be there.
    func require<Value>(_ value: Value?, _ name: StaticString) throws(JSONError) -> Value {
        try json.require(value, name)
    }
}

/// A part of a message that reads and writes itself.
protocol MessagePart {
    init(from reader: inout JSONReader) throws(JSONError)
    func write(to writer: inout JSONWriter)
}

extension JSONReader {
    func require<Value>(_ value: Value?, _ name: StaticString) throws(JSONError) -> Value {
        guard let value else { throw JSONError(.missing(name.description), at: offset) }
        return value
    }

    mutating func array<Part: MessagePart>(of type: Part.Type) throws(JSONError) -> [Part] {
        var parts: [Part] = []
        try beginArray()
        while try nextElement() { parts.append(try Part(from: &self)) }
        return parts
    }

    mutating func strings() throws(JSONError) -> [String] {
        var strings: [String] = []
        try beginArray()
        while try nextElement() { strings.append(try string()) }
        return strings
    }

    /// Reads an integer that is not negative: an offset, a length, a revision, a count.
    mutating func count() throws(JSONError) -> Int {
        let start = offset
        let value = try integer()
        guard value >= 0 else { throw JSONError(.unsuitable("must not be negative"), at: start) }
        return value
    }

    /// Reads a number of something that counts from one.
    mutating func positive() throws(JSONError) -> Int {
        let start = offset
        let value = try integer()
        guard value > 0 else { throw JSONError(.unsuitable("must be at least 1"), at: start) }
        return value
    }

    /// Reads `[start, end]`.
    mutating func range() throws(JSONError) -> Range<Int> {
        let start = offset
        try beginArray()
        guard try nextElement() else { throw Self.noRange(at: start) }
        let lower = try count()
        guard try nextElement() else { throw Self.noRange(at: start) }
        let upper = try count()
        guard lower <= upper, try !nextElement() else { throw Self.noRange(at: start) }
        return lower..<upper
    }

    private static func noRange(at offset: Int) -> JSONError {
        JSONError(.unsuitable("must be [start, end] with start <= end"), at: offset)
    }

    mutating func float() throws(JSONError) -> Float {
        Float(try double())
    }

    mutating func string(maximumLength: Int) throws(JSONError) -> String {
        let start = offset
        let string = try string()
        guard string.utf8.count <= maximumLength else {
            throw JSONError(
                .unsuitable("must have at most \(maximumLength) bytes in UTF-8"), at: start)
        }
        return string
    }

    /// Reads a name of something: not empty, and short enough to be kept.
    mutating func name() throws(JSONError) -> String {
        let start = offset
        let name = try string(maximumLength: 256)
        guard !name.isEmpty else { throw JSONError(.unsuitable("must not be empty"), at: start) }
        return name
    }

    /// Reads "workspace/name".
    mutating func documentID() throws(JSONError) -> String {
        let start = offset
        let id = try string()
        var copy = id
        guard copy.withUTF8(isDocumentID) else {
            throw JSONError(
                .unsuitable(
                    "must be workspace/name, each of 1 to 100 letters, digits, '-', '.', '_' or '~'"
                ),
                at: start)
        }
        return id
    }
}

/// Whether a text can name a document: what needs no escapes in a URL, a file name or an identifier.
package func isDocumentID(_ text: String) -> Bool {
    var text = text
    return text.withUTF8(isDocumentID)
}

private func isDocumentID(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var workspaceLength: Int?
    var length = 0
    for byte in bytes {
        switch byte {
        case UInt8(ascii: "/"):
            guard workspaceLength == nil else { return false }
            workspaceLength = length
            length = 0
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            length += 1
        default: return false
        }
    }
    guard let workspaceLength else { return false }
    return 1...100 ~= workspaceLength && 1...100 ~= length
}

extension JSONWriter {
    mutating func array<Part: MessagePart>(_ name: StaticString, _ parts: [Part]) {
        key(name)
        beginArray()
        for part in parts {
            nextElement()
            part.write(to: &self)
        }
        endArray()
    }

    mutating func strings(_ name: StaticString, _ strings: [String]?) {
        guard let strings else { return }
        key(name)
        beginArray()
        for string in strings {
            nextElement()
            self.string(string)
        }
        endArray()
    }

    mutating func range(_ name: StaticString, _ range: Range<Int>?) {
        guard let range else { return }
        key(name)
        beginArray()
        integer(range.lowerBound)
        literal(",")
        integer(range.upperBound)
        endArray()
    }
}
