// What happened, as a record.

package import JSON

/// One thing that happened in the server.
package struct Event: Equatable, Sendable {
    /// 1, 2, 3… in the order of the log; 0 until the log has it.
    package internal(set) var sequence: UInt64 = 0
    /// Microseconds since 1970.
    package let time: Int
    package let type: EventType
    package let document: String?
    package let session: String?
    package let fields: [EventField]

    package init(
        time: Int, type: EventType, document: String? = nil, session: String? = nil,
        fields: [EventField] = []
    ) {
        self.time = time
        self.type = type
        self.document = document
        self.session = session
        self.fields = fields
    }

    /// Writes the event as one object, its fields beside `sequence`, `time`, `event`, `doc` and
    /// `session`.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(to: &writer)
        writer.endObject()
    }

    /// Writes the members alone, for a message that adds its own.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.field("sequence", Int(sequence))
        writer.field("time", time)
        writer.field("event", type.rawValue)
        if let document { writer.field("doc", document) }
        if let session { writer.field("session", session) }
        for field in fields {
            writer.key(field.name)
            switch field.value {
            case .integer(let value): writer.integer(value)
            case .number(let value): writer.number(value)
            case .boolean(let value): writer.boolean(value)
            case .string(let value): writer.string(value)
            case .strings(let values):
                writer.beginArray()
                for value in values {
                    writer.nextElement()
                    writer.string(value)
                }
                writer.endArray()
            }
        }
    }
}

/// One named value of an event; names are in lowerCamelCase and none of an event's own.
package struct EventField: Equatable, Sendable {
    package let name: StaticString
    package let value: EventValue

    package init(_ name: StaticString, _ value: EventValue) {
        self.name = name
        self.value = value
    }

    package static func == (a: EventField, b: EventField) -> Bool {
        a.name.description == b.name.description && a.value == b.value
    }
}

/// A value of a field.
package enum EventValue: Equatable, Sendable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case string(String)
    case strings([String])
}

extension EventValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringLiteral
{
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(stringLiteral value: String) { self = .string(value) }
}
