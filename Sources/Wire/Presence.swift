// Messages about who else is in a document.

package import Documents
package import JSON

/// Where somebody is in a document, and what they do there.
package struct Place: Equatable, Sendable {
    /// The revision whose text `cursor` and `anchor` count.
    package var revision: Int?
    package var cursor: Int?
    /// The other end of a selection.
    package var anchor: Int?
    /// Any small value of the client's own.
    package var state: JSONValue?

    package init(
        revision: Int? = nil, cursor: Int? = nil, anchor: Int? = nil, state: JSONValue? = nil
    ) {
        self.revision = revision
        self.cursor = cursor
        self.anchor = anchor
        self.state = state
    }

    /// `state` goes to everybody in the document and is kept: a longer one is refused.
    package static let maximumStateBytes = 4096

    fileprivate mutating func read(
        _ key: borrowing JSONKey, from reader: inout JSONReader
    ) throws(JSONError) -> Bool {
        switch key {
        case "revision": revision = try reader.count()
        case "cursor": cursor = try reader.count()
        case "anchor": anchor = try reader.count()
        case "state": state = try Self.state(from: &reader)
        default: return false
        }
        return true
    }

    private static func state(from reader: inout JSONReader) throws(JSONError) -> JSONValue {
        let start = reader.offset
        let state = try reader.value()
        guard reader.offset - start <= maximumStateBytes else {
            throw JSONError(.unsuitable("must have at most \(maximumStateBytes) bytes"), at: start)
        }
        return state
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.field("revision", revision)
        writer.field("cursor", cursor)
        writer.field("anchor", anchor)
        writer.field("state", state)
    }
}

extension ClientMessage {
    /// Tells the others where one is; it takes the place of what was told before.
    package struct Presence: Equatable, Sendable {
        package var document: String
        package var place: Place

        package init(document: String, place: Place) {
            self.document = document
            self.place = place
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            place = Place()
            while let key = try message.nextField() {
                if "doc" ~= key {
                    document = try message.json.documentID()
                } else if try !place.read(key, from: &message.json) {
                    try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            _ = try message.require(place.revision, "revision")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            place.write(to: &writer)
        }
    }
}

/// Somebody who has a document open.
package struct Peer: Equatable, Sendable, MessagePart {
    /// The public half of the session's name.
    package var peer: PeerID
    package var user: String
    /// Empty until they have told where they are.
    package var place: Place

    package init(peer: PeerID, user: String, place: Place = Place()) {
        self.peer = peer
        self.user = user
        self.place = place
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var fields = Fields()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if try !fields.read(key, from: &reader) { try reader.skipValue() }
        }
        self = try fields.peer(at: reader)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writeFields(to: &writer)
        writer.endObject()
    }

    fileprivate func writeFields(to writer: inout JSONWriter) {
        writer.field("peer", peer)
        writer.field("user", user)
        place.write(to: &writer)
    }

    /// The members, in an object of their own or in that of a message.
    fileprivate struct Fields {
        var peer: PeerID?
        var user: String?
        var place = Place()

        mutating func read(
            _ key: borrowing JSONKey, from reader: inout JSONReader
        ) throws(JSONError) -> Bool {
            switch key {
            case "peer": peer = try reader.peerID()
            case "user": user = try reader.string()
            default: return try place.read(key, from: &reader)
            }
            return true
        }

        func peer(at reader: borrowing JSONReader) throws(JSONError) -> Peer {
            Peer(
                peer: try reader.require(peer, "peer"),
                user: try reader.require(user, "user"), place: place)
        }
    }
}

extension ServerMessage {
    /// Somebody has come, moved or gone.
    package struct Presence: Equatable, Sendable {
        package var document: String
        package var peer: Peer
        package var hasLeft: Bool

        package init(document: String, peer: Peer, hasLeft: Bool = false) {
            self.document = document
            self.peer = peer
            self.hasLeft = hasLeft
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            var fields = Peer.Fields()
            hasLeft = false
            while let key = try message.nextField() {
                switch key {
                case "doc": document = try message.json.documentID()
                case "left": hasLeft = try message.json.boolean()
                default:
                    if try !fields.read(key, from: &message.json) { try message.json.skipValue() }
                }
            }
            self.document = try message.require(document, "doc")
            peer = try fields.peer(at: message.json)
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            peer.writeFields(to: &writer)
            if hasLeft { writer.field("left", true) }
        }
    }
}
