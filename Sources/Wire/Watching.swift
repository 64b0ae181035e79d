// Messages for those who watch the event log.

package import Documents
package import JSON

extension ClientMessage {
    /// Asks for the events of the log, as they happen.
    package struct Watch: Equatable, Sendable {
        /// The types of events wanted; all where absent.
        package var events: [String]?
        package var document: String?
        package var session: PeerID?
        /// Past events to begin with: those from this time on, in microseconds since 1970.
        package var since: Int?

        package init(
            events: [String]? = nil, document: String? = nil, session: PeerID? = nil,
            since: Int? = nil
        ) {
            self.events = events
            self.document = document
            self.session = session
            self.since = since
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            while let key = try message.nextField() {
                switch key {
                case "events": events = try message.json.strings()
                case "doc": document = try message.json.documentID()
                case "session": session = try message.json.peerID()
                case "since": since = try message.json.count()
                default: try message.json.skipValue()
                }
            }
        }

        func write(to writer: inout JSONWriter) {
            writer.strings("events", events)
            writer.field("doc", document)
            writer.field("session", session)
            writer.field("since", since)
        }
    }
}

extension ServerMessage {
    /// One event of the log; the message's `id` is that of the watch.
    package struct Event: Equatable, Sendable {
        /// How many events before this one were dropped, because the watcher was too slow.
        package var lost: Int
        /// 1, 2, 3… in the order of the log.
        package var sequence: Int
        /// Microseconds since 1970.
        package var time: Int
        /// The type of the event.
        package var event: String
        package var document: String?
        package var session: String?
        /// Further members, by the type of the event.
        package var fields: [Field]

        package struct Field: Equatable, Sendable {
            package var name: String
            package var value: JSONValue

            package init(_ name: String, _ value: JSONValue) {
                self.name = name
                self.value = value
            }
        }

        package init(
            lost: Int = 0, sequence: Int, time: Int, event: String, document: String? = nil,
            session: String? = nil, fields: [Field] = []
        ) {
            self.lost = lost
            self.sequence = sequence
            self.time = time
            self.event = event
            self.document = document
            self.session = session
            self.fields = fields
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var sequence: Int?
            var time: Int?
            var event: String?
            lost = 0
            fields = []
            while let key = try message.nextField() {
                switch key {
                case "lost": lost = try message.json.count()
                case "sequence": sequence = try message.json.count()
                case "time": time = try message.json.integer()
                case "event": event = try message.json.string()
                case "doc": document = try message.json.string()
                case "session": session = try message.json.string()
                default: fields.append(Field(key.string, try message.json.value()))
                }
            }
            self.sequence = try message.require(sequence, "sequence")
            self.time = try message.require(time, "time")
            self.event = try message.require(event, "event")
        }

        func write(to writer: inout JSONWriter) {
            if lost > 0 { writer.field("lost", lost) }
            writer.field("sequence", sequence)
            writer.field("time", time)
            writer.field("event", event)
            writer.field("doc", document)
            writer.field("session", session)
            for field in fields {
                writer.key(field.name)
                writer.value(field.value)
            }
        }
    }
}
