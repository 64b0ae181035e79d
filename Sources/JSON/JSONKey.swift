// A name of a member or another known word, compared where it stands.

/// A word as it stands in the input; comparing it with a literal allocates nothing.
package struct JSONKey: ~Escapable {
    @usableFromInline let bytes: Span<UInt8>
    @usableFromInline let isEscaped: Bool

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>, isEscaped: Bool) {
        self.bytes = bytes
        self.isEscaped = isEscaped
    }

    /// Lets a key stand in a `switch` over literals.
    ///
    /// Inlined, so that the literal's length is a constant and nearly all words fail by theirs.
    @inlinable @inline(__always)
    package static func ~= (name: StaticString, key: borrowing JSONKey) -> Bool {
        (key.bytes.count == name.utf8CodeUnitCount || key.isEscaped) && key.hasBytes(of: name)
    }

    @usableFromInline
    func hasBytes(of name: StaticString) -> Bool {
        if isEscaped { return string == name.description }
        let start = unsafe name.utf8Start
        var i = 0
        while i < bytes.count {
            guard unsafe bytes[i] == start[i] else { return false }
            i &+= 1
        }
        return true
    }

    /// The word as a string, escapes resolved.
    package var string: String {
        isEscaped ? JSONReader.unescaped(bytes) : String(valid: bytes)
    }
}
