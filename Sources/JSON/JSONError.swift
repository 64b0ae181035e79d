// Why bytes are not the JSON that the reader wanted.

/// A breach of RFC 8259, or a value of another type than the one asked for.
package struct JSONError: Error, Equatable, Sendable {
    package let reason: Reason
    /// The byte at which it was seen, from the start of the input.
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package enum Reason: Equatable, Sendable {
        case unexpectedEnd
        case unexpectedByte(UInt8)
        case unexpectedType(JSONType, wanted: JSONType)
        case trailingBytes
        case controlCharacterInString
        case invalidEscape
        /// A `\u` escape of one half of a surrogate pair: well-formed JSON, but not Unicode text.
        case loneSurrogate
        case invalidUTF8
        case invalidNumber
        case numberOutOfRange
        case notAnInteger
        case tooDeep(limit: Int)
        /// An object lacks a member that its reader needs; thrown by readers of particular objects.
        case missing(String)
        /// The value is of the right type, but not one that its reader takes; says what it must be.
        case unsuitable(String)
    }

    /// Whether the input may be JSON and only the value is not what the reader asked for.
    package var concernsValue: Bool {
        switch reason {
        case .unexpectedType, .loneSurrogate, .numberOutOfRange, .notAnInteger, .missing,
            .unsuitable:
            true
        case .unexpectedEnd, .unexpectedByte, .trailingBytes, .controlCharacterInString,
            .invalidEscape, .invalidUTF8, .invalidNumber, .tooDeep:
            false
        }
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String { "\(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unexpectedEnd: "the input ends too early"
        case .unexpectedByte(let byte): "unexpected \(Self.name(byte))"
        case .unexpectedType(let found, let wanted):
            "\(found.rawValue) instead of \(wanted.rawValue)"
        case .trailingBytes: "something follows the value"
        case .controlCharacterInString: "a control character in a string must be escaped"
        case .invalidEscape: "no such escape"
        case .loneSurrogate: "an escaped surrogate without its other half"
        case .invalidUTF8: "the bytes are not UTF-8"
        case .invalidNumber: "not a number as JSON writes it"
        case .numberOutOfRange: "the number is out of range"
        case .notAnInteger: "the number is not an integer"
        case .missing(let name): "lacks \"\(name)\""
        case .unsuitable(let rule): rule
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7f
            ? "'\(Unicode.Scalar(byte))'" : "byte 0x\(String(byte, radix: 16))"
    }
}

/// The six kinds of values, told apart by their first byte.
package enum JSONType: String, Equatable, Sendable {
    case null, boolean, number, string, array, object
}
