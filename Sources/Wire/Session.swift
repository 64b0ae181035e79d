// Messages about the session: hello and welcome, bye.

package import Documents
import JSON

extension ClientMessage {
    /// The first message of a connection.
    package struct Hello: Equatable, Sendable {
        package var version: Int
        package var token: String?
        package var user: String?
        /// The client's name and version, for the operator's eyes.
        package var client: String?
        /// The session to go on with.
        package var session: SessionID?
        /// The branch whose models are to answer, where they are live on it.
        package var branch: String?

        package init(
            version: Int = protocolVersion, token: String? = nil, user: String? = nil,
            client: String? = nil, session: SessionID? = nil, branch: String? = nil
        ) {
            self.branch = branch
            self.version = version
            self.token = token
            self.user = user
            self.client = client
            self.session = session
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var version: Int?
            while let key = try message.nextField() {
                switch key {
                case "protocol": version = try message.json.integer()
                case "token": token = try message.json.string(maximumLength: 4096)
                case "user": user = try message.json.name()
                case "client": client = try message.json.name()
                case "session": session = try message.json.sessionID()
                case "branch": branch = try message.json.name()
                default: try message.json.skipValue()
                }
            }
            self.version = try message.require(version, "protocol")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("protocol", version)
            writer.field("token", token)
            writer.field("user", user)
            writer.field("client", client)
            writer.field("session", session)
            writer.field("branch", branch)
        }
    }
}

/// The version of the protocol that this module speaks.
package let protocolVersion = 1

extension ServerMessage {
    /// The answer to `hello`.
    package struct Welcome: Equatable, Sendable {
        package var version: Int
        /// The server's name and version.
        package var server: String
        package var session: SessionID
        package var user: String
        package var limits: Limits

        package init(
            version: Int = protocolVersion, server: String, session: SessionID, user: String,
            limits: Limits
        ) {
            self.version = version
            self.server = server
            self.session = session
            self.user = user
            self.limits = limits
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var version: Int?
            var server: String?
            var session: SessionID?
            var user: String?
            var limits: Limits?
            while let key = try message.nextField() {
                switch key {
                case "protocol": version = try message.json.integer()
                case "server": server = try message.json.string()
                case "session": session = try message.json.sessionID()
                case "user": user = try message.json.string()
                case "limits": limits = try Limits(from: &message.json)
                default: try message.json.skipValue()
                }
            }
            self.version = try message.require(version, "protocol")
            self.server = try message.require(server, "server")
            self.session = try message.require(session, "session")
            self.user = try message.require(user, "user")
            self.limits = try message.require(limits, "limits")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("protocol", version)
            writer.field("server", server)
            writer.field("session", session)
            writer.field("user", user)
            writer.key("limits")
            limits.write(to: &writer)
        }
    }

    /// Why the server is about to close the connection.
    package struct Bye: Equatable, Sendable {
        package var reason: ByeReason
        /// How long to wait before connecting again.
        package var retryAfterMilliseconds: Int

        package init(reason: ByeReason, retryAfterMilliseconds: Int) {
            self.reason = reason
            self.retryAfterMilliseconds = retryAfterMilliseconds
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var reason: ByeReason?
            var retryAfter: Int?
            while let key = try message.nextField() {
                switch key {
                case "reason": reason = ByeReason(rawValue: try message.json.string())
                case "retryAfterMs": retryAfter = try message.json.count()
                default: try message.json.skipValue()
                }
            }
            self.reason = try message.require(reason, "reason")
            self.retryAfterMilliseconds = try message.require(retryAfter, "retryAfterMs")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("reason", reason.rawValue)
            writer.field("retryAfterMs", retryAfterMilliseconds)
        }
    }

    /// A reason; a client treats one that it does not know like `drain`.
    package struct ByeReason: RawRepresentable, Hashable, Sendable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        /// The server stops, or restarts with another version.
        package static let drain = ByeReason(rawValue: "drain")
        /// Nothing has come from the client for too long.
        package static let idle = ByeReason(rawValue: "idle")
    }
}

/// What the server allows, so that a client need not find out.
package struct Limits: Equatable, Sendable, MessagePart {
    package var maximumMessageBytes: Int
    /// In UTF-16 code units.
    package var maximumDocumentUnits: Int
    /// On one connection.
    package var maximumOpenDocuments: Int
    /// How many of the last revisions a `base` or `from` can name.
    package var historyRevisions: Int
    /// A client from which nothing has come for twice as long is given up; 0 if never.
    package var pingSeconds: Int

    package init(
        maximumMessageBytes: Int, maximumDocumentUnits: Int, maximumOpenDocuments: Int,
        historyRevisions: Int, pingSeconds: Int
    ) {
        self.maximumMessageBytes = maximumMessageBytes
        self.maximumDocumentUnits = maximumDocumentUnits
        self.maximumOpenDocuments = maximumOpenDocuments
        self.historyRevisions = historyRevisions
        self.pingSeconds = pingSeconds
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var message: Int?
        var document: Int?
        var open: Int?
        var history: Int?
        var ping: Int?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "maxMessageBytes": message = try reader.count()
            case "maxDocumentUnits": document = try reader.count()
            case "maxOpenDocuments": open = try reader.count()
            case "historyRevisions": history = try reader.count()
            case "pingSeconds": ping = try reader.count()
            default: try reader.skipValue()
            }
        }
        maximumMessageBytes = try reader.require(message, "maxMessageBytes")
        maximumDocumentUnits = try reader.require(document, "maxDocumentUnits")
        maximumOpenDocuments = try reader.require(open, "maxOpenDocuments")
        historyRevisions = try reader.require(history, "historyRevisions")
        pingSeconds = try reader.require(ping, "pingSeconds")
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("maxMessageBytes", maximumMessageBytes)
        writer.field("maxDocumentUnits", maximumDocumentUnits)
        writer.field("maxOpenDocuments", maximumOpenDocuments)
        writer.field("historyRevisions", historyRevisions)
        writer.field("pingSeconds", pingSeconds)
        writer.endObject()
    }
}
