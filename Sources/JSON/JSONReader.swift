// A pull reader: the caller asks for the values that it expects, in order.

/// Reads one JSON text value by value, without a tree and without allocation except for strings.
///
/// Strict RFC 8259, on UTF-8. The caller asks for what it wants:
///
///     var reader = JSONReader(bytes)
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///         switch key {
///         case "doc": doc = try reader.string()
///         case "base": base = try reader.integer()
///         default: try reader.skipValue()
///         }
///     }
///     try reader.finish()
///
/// Between `nextKey` and the next `nextKey` exactly one value is read or skipped; in arrays the same
/// holds with `nextElement`. After an error the reader must not be used further.
package struct JSONReader: ~Escapable {
    /// Deeper nesting is refused; it bounds the stack of whoever reads recursively.
    @inlinable package static var maximumDepth: Int { 128 }

    @usableFromInline let bytes: Span<UInt8>
    @usableFromInline var position: Int
    @usableFromInline var depth = 0
    /// Whether an array or object was just entered, so that no comma comes before what is next.
    @usableFromInline var isFirst = false

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
        position = 0
    }

    /// The next byte to be read.
    package var offset: Int { position }

    /// A reader that stands before a value that this one has skipped.
    @_lifetime(copy self)
    package func rewound(to offset: Int) -> JSONReader {
        precondition(offset <= position)
        var reader = self
        reader.position = offset
        return reader
    }

    /// The type of the next value; `nil` where no value can begin.
    package mutating func peek() -> JSONType? {
        skipWhitespace()
        guard position < bytes.count else { return nil }
        return switch bytes[position] {
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: nil
        }
    }

    /// Checks that nothing but white space follows.
    package mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
    }

    // MARK: Objects and arrays

    @inlinable
    package mutating func beginObject() throws(JSONError) {
        try begin(UInt8(ascii: "{"), .object)
    }

    @inlinable
    package mutating func beginArray() throws(JSONError) {
        try begin(UInt8(ascii: "["), .array)
    }

    /// Reads the next name and its colon, or the end of the object (`nil`).
    @inlinable
    @_lifetime(copy self)
    package mutating func nextKey() throws(JSONError) -> JSONKey? {
        guard try advance(to: UInt8(ascii: "}")) else { return nil }
        let key = try keyword()
        skipWhitespace()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Moves to the next element; gives `false` at the end of the array.
    @inlinable
    package mutating func nextElement() throws(JSONError) -> Bool {
        try advance(to: UInt8(ascii: "]"))
    }

    @inlinable
    mutating func begin(_ bracket: UInt8, _ type: JSONType) throws(JSONError) {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == bracket else { throw mismatch(type) }
        guard depth < Self.maximumDepth else {
            throw JSONError(.tooDeep(limit: Self.maximumDepth), at: position)
        }
        position &+= 1
        depth &+= 1
        isFirst = true
    }

    /// Takes the comma before the next item, or the closing bracket (`false`).
    @inlinable
    mutating func advance(to bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        if bytes[position] == bracket {
            position &+= 1
            depth &-= 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        try expect(UInt8(ascii: ","))
        return true
    }

    // MARK: Scalars

    package mutating func boolean() throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        switch bytes[position] {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default: throw mismatch(.boolean)
        }
    }

    /// Takes a `null` if it is next; otherwise reads nothing and gives `false`.
    package mutating func takeNull() throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "n") else { return false }
        try literal("null")
        return true
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        for i in 0..<word.utf8CodeUnitCount {
            try expect(word.utf8Start[i])
        }
    }

    // MARK: Skipping

    /// Reads over the next value, whatever it is, and checks that it is JSON.
    ///
    /// What is JSON and yet of no use to a reader, a number beyond all doubles or half a surrogate
    /// pair, is let through.
    ///
    /// - Complexity: O(bytes), in constant space: no recursion.
    package mutating func skipValue() throws(JSONError) {
        let outside = depth
        // One bit a level: whether it is an object. `maximumDepth` levels fit.
        var isObject: UInt128 = 0
        repeat {
            try skipScalarOrBegin(&isObject)
            while depth > outside, try !skipToNextItem(isObject & 1 == 1) { isObject >>= 1 }
        } while depth > outside
    }

    private mutating func skipScalarOrBegin(_ isObject: inout UInt128) throws(JSONError) {
        switch peek() {
        case .object:
            try beginObject()
            isObject = isObject << 1 | 1
        case .array:
            try beginArray()
            isObject <<= 1
        case .string: try skipString()
        case .number: _ = try scanNumber()
        case .boolean: _ = try boolean()
        case .null: _ = try takeNull()
        case nil: throw unexpected()
        }
    }

    private mutating func skipToNextItem(_ inObject: Bool) throws(JSONError) -> Bool {
        inObject ? try nextKey() != nil : try nextElement()
    }

    // MARK: Bytes

    @inlinable @inline(__always)
    mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    @inlinable @inline(__always)
    mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard position < bytes.count, bytes[position] == byte else { throw unexpected() }
        position += 1
    }

    @usableFromInline
    func unexpected() -> JSONError {
        position < bytes.count
            ? JSONError(.unexpectedByte(bytes[position]), at: position)
            : JSONError(.unexpectedEnd, at: position)
    }

    /// The error where the next value is not of the type that was asked for.
    @usableFromInline
    func mismatch(_ wanted: JSONType) -> JSONError {
        var ahead = self
        guard let found = ahead.peek(), found != wanted else { return unexpected() }
        return JSONError(.unexpectedType(found, wanted: wanted), at: ahead.position)
    }
}
