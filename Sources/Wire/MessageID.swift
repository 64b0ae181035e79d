// The name that a client gives to a request, repeated in the reply.

import JSON

/// A string or an integer of the client's choosing; it is given back as it came.
package enum MessageID: Hashable, Sendable {
    case string(String)
    case integer(Int)

    /// A longer string is refused: the server keeps it for as long as the request lasts.
    static let maximumLength = 128

    init(from reader: inout JSONReader) throws(JSONError) {
        guard reader.peek() == .string else {
            self = .integer(try reader.integer())
            return
        }
        self = .string(try reader.string(maximumLength: Self.maximumLength))
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let value): writer.string(value)
        case .integer(let value): writer.integer(value)
        }
    }
}

extension MessageID: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
}
