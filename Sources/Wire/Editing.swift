// Messages about edits: edit and ack.

package import Documents
import JSON

extension ClientMessage {
    /// Changes a document.
    package struct Edit: Equatable, Sendable {
        package var document: String
        /// The last revision that the client has applied, to whose text the operation fits.
        package var base: Int
        /// 1, 2, 3… in the session's edits of this document.
        package var sequence: Int
        package var operation: Operation

        package init(document: String, base: Int, sequence: Int, operation: Operation) {
            self.document = document
            self.base = base
            self.sequence = sequence
            self.operation = operation
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            var base: Int?
            var sequence: Int?
            var operation: Operation?
            while let key = try message.nextField() {
                switch key {
                case "doc": document = try message.json.documentID()
                case "base": base = try message.json.count()
                case "seq": sequence = try message.json.positive()
                case "ops": operation = try message.json.operation()
                default: try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            self.base = try message.require(base, "base")
            self.sequence = try message.require(sequence, "seq")
            self.operation = try message.require(operation, "ops")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            writer.field("base", base)
            writer.field("seq", sequence)
            writer.operation("ops", operation)
        }
    }
}

extension RelayedEdit: MessagePart {
    init(from reader: inout JSONReader) throws(JSONError) {
        var fields = Fields()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try !fields.read(key, from: &reader) { try reader.skipValue() }
        }
        self = try fields.edit(at: reader)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeFields(to: &writer)
        writer.endObject()
    }

    func writeFields(to writer: inout JSONWriter) {
        writer.field("revision", revision)
        writer.field("peer", peer)
        writer.field("seq", sequence)
        writer.field("user", user)
        writer.operation("ops", operation)
    }

    /// The members, in an object of their own or in that of a message.
    fileprivate struct Fields {
        var revision: Int?
        var peer: PeerID?
        var sequence: Int?
        var user: String?
        var operation: Operation?

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "revision": revision = try reader.positive()
            case "peer": peer = try reader.peerID()
            case "seq": sequence = try reader.positive()
            case "user": user = try reader.string()
            case "ops": operation = try reader.operation()
            default: return false
            }
            return true
        }

        func edit(at reader: borrowing JSONReader) throws(JSONError) -> RelayedEdit {
            RelayedEdit(
                revision: try reader.require(revision, "revision"),
                peer: try reader.require(peer, "peer"),
                user: try reader.require(user, "user"),
                sequence: try reader.require(sequence, "seq"),
                operation: try reader.require(operation, "ops"))
        }
    }
}

extension ServerMessage {
    /// An edit of somebody else's.
    package struct Edit: Equatable, Sendable {
        package var document: String
        package var edit: RelayedEdit

        package init(document: String, edit: RelayedEdit) {
            self.document = document
            self.edit = edit
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            var fields = RelayedEdit.Fields()
            while let key = try message.nextField() {
                if "doc" ~= key {
                    document = try message.json.documentID()
                } else if try !fields.read(key, from: &message.json) {
                    try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            edit = try fields.edit(at: message.json)
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            edit.writeFields(to: &writer)
        }
    }

    /// Says that an edit has its place in the order and is saved.
    package struct Ack: Equatable, Sendable {
        package var document: String
        package var sequence: Int
        /// The revision that the edit led to.
        package var revision: Int

        package init(document: String, sequence: Int, revision: Int) {
            self.document = document
            self.sequence = sequence
            self.revision = revision
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            var sequence: Int?
            var revision: Int?
            while let key = try message.nextField() {
                switch key {
                case "doc": document = try message.json.documentID()
                case "seq": sequence = try message.json.positive()
                case "revision": revision = try message.json.positive()
                default: try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            self.sequence = try message.require(sequence, "seq")
            self.revision = try message.require(revision, "revision")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            writer.field("seq", sequence)
            writer.field("revision", revision)
        }
    }
}
