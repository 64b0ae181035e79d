// Writes JSON straight into bytes.

/// Appends JSON to `bytes`; the caller sees to it that brackets and names match.
///
///     writer.beginObject()
///     writer.field("type", "ack")
///     writer.key("items")
///     writer.beginArray()
///     for item in items {
///         writer.nextElement()
///         writer.string(item)
///     }
///     writer.endArray()
///     writer.endObject()
///
/// Commas come by themselves. What is always the same can be written in one piece by `literal`.
/// A writer that is kept and emptied (`removeAll`) allocates nothing once it has grown.
package struct JSONWriter: Sendable {
    package var bytes: [UInt8]

    package init(appendingTo bytes: consuming [UInt8] = []) {
        self.bytes = bytes
    }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    // MARK: Structure

    package mutating func beginObject() { bytes.append(UInt8(ascii: "{")) }
    package mutating func endObject() { bytes.append(UInt8(ascii: "}")) }
    package mutating func beginArray() { bytes.append(UInt8(ascii: "[")) }
    package mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    /// Writes the comma, if one is due, and the name of a member; `name` must need no escapes.
    package mutating func key(_ name: StaticString) {
        let needsComma = bytes.last != UInt8(ascii: "{")
        let count = name.utf8CodeUnitCount
        let start = unsafe name.utf8Start
        bytes.append(addingCapacity: count + 4) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            for i in 0..<count { output.append(unsafe start[i]) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
    }

    /// Writes the comma, if one is due, and a name that is known only at run time.
    package mutating func key(_ name: String) {
        separate(after: UInt8(ascii: "{"))
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Writes the comma, if one is due, before an element of an array.
    package mutating func nextElement() {
        separate(after: UInt8(ascii: "["))
    }

    /// The last byte tells the first item from the others: no value ends with an opening bracket.
    private mutating func separate(after bracket: UInt8) {
        if bytes.last != bracket { bytes.append(UInt8(ascii: ",")) }
    }

    /// Appends bytes that are JSON already.
    package mutating func literal(_ json: StaticString) {
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount))
    }

    // MARK: Values

    package mutating func null() { literal("null") }

    package mutating func boolean(_ value: Bool) {
        literal(value ? "true" : "false")
    }

    package mutating func integer(_ value: Int) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        var rest = value.magnitude
        repeat {
            start &-= 1
            digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        if value < 0 {
            start &-= 1
            digits[start] = UInt8(ascii: "-")
        }
        bytes.append(addingCapacity: 20) { output in
            for i in start..<20 { output.append(digits[i]) }
        }
    }

    /// Writes the shortest text that reads back as the same double; JSON has no NaN and no infinity,
    /// they become `null`, as in JavaScript.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        if let integer = Self.integer(value) { return self.integer(integer) }
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Writes the shortest text that reads back as the same float: 0.9, not 0.8999999761581421.
    package mutating func number(_ value: Float) {
        guard value.isFinite else { return null() }
        if let integer = Self.integer(Double(value)) { return self.integer(integer) }
        bytes.append(contentsOf: value.description.utf8)
    }

    /// The integer to write without a point; negative zero has none.
    private static func integer(_ value: Double) -> Int? {
        guard value.magnitude <= 0x1p53, !(value == 0 && value.sign == .minus) else { return nil }
        return Int(exactly: value)
    }

    /// Writes a string with quotes, escaping what RFC 8259 asks for and nothing else.
    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            var start = 0
            bytes.append(UInt8(ascii: "\""))
            while true {
                let end = unsafe JSONBytes.endOfPlain(utf8.span, from: start)
                unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<end]))
                guard end < utf8.count else { break }
                escape(unsafe utf8[end])
                start = end + 1
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): literal("\\\"")
        case UInt8(ascii: "\\"): literal("\\\\")
        case UInt8(ascii: "\n"): literal("\\n")
        case UInt8(ascii: "\r"): literal("\\r")
        case UInt8(ascii: "\t"): literal("\\t")
        default:
            literal("\\u00")
            let digits: StaticString = "0123456789abcdef"
            bytes.append(unsafe digits.utf8Start[Int(byte >> 4)])
            bytes.append(unsafe digits.utf8Start[Int(byte & 15)])
        }
    }
}

// MARK: Members in one call

/// Each writes a name and its value, or nothing where the value is `nil`.
extension JSONWriter {
    package mutating func field(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }

    package mutating func field(_ name: StaticString, _ value: Int?) {
        guard let value else { return }
        key(name)
        integer(value)
    }

    package mutating func field(_ name: StaticString, _ value: Double?) {
        guard let value else { return }
        key(name)
        number(value)
    }

    package mutating func field(_ name: StaticString, _ value: Float?) {
        guard let value else { return }
        key(name)
        number(value)
    }

    package mutating func field(_ name: StaticString, _ value: Bool?) {
        guard let value else { return }
        key(name)
        boolean(value)
    }

    package mutating func field(_ name: StaticString, _ value: JSONValue?) {
        guard let value else { return }
        key(name)
        self.value(value)
    }
}
