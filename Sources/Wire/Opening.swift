// Messages that open a document: open, opened, chunk.

package import Documents
import JSON

extension ClientMessage {
    /// Asks for a document and all that happens to it from then on.
    package struct Open: Equatable, Sendable {
        package var document: String
        /// The revision that the client has, and the epoch that it belongs to.
        package var from: Int?
        package var epoch: String?
        /// What the client shows; results of a long text come for these blocks first.
        package var range: Range<Int>?

        package init(
            document: String, from: Int? = nil, epoch: String? = nil, range: Range<Int>? = nil
        ) {
            self.document = document
            self.from = from
            self.epoch = epoch
            self.range = range
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            while let key = try message.nextField() {
                switch key {
                case "doc": document = try message.json.documentID()
                case "from": from = try message.json.count()
                case "epoch": epoch = try message.json.name()
                case "range": range = try message.json.range()
                default: try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            if from != nil { _ = try message.require(epoch, "epoch") }
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            writer.field("from", from)
            writer.field("epoch", epoch)
            writer.range("range", range)
        }
    }
}

extension ServerMessage {
    /// The answer to `open`; also what a client gets whose `base` has left the history.
    package struct Opened: Equatable, Sendable {
        package var document: String
        package var epoch: String
        package var revision: Int
        /// The number of the session's last edit of the document; 0 if it made none.
        package var sequence: Int
        package var content: Content
        package var presence: [Peer]

        package enum Content: Equatable, Sendable {
            /// The whole text, or its first part and the number of the `chunk`s that follow.
            ///
            /// `isResync` where the client had asked for what came after a revision of its own: it
            /// puts the text in place of its copy.
            case text(String, chunks: Int = 0, isResync: Bool = false)
            /// What happened since the revision that the client has.
            case edits([RelayedEdit])
        }

        package init(
            document: String, epoch: String, revision: Int, sequence: Int, content: Content,
            presence: [Peer] = []
        ) {
            self.document = document
            self.epoch = epoch
            self.revision = revision
            self.sequence = sequence
            self.content = content
            self.presence = presence
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            var epoch: String?
            var revision: Int?
            var sequence: Int?
            var text: String?
            var edits: [RelayedEdit]?
            var chunks = 0
            var isResync = false
            presence = []
            while let key = try message.nextField() {
                switch key {
                case "doc": document = try message.json.documentID()
                case "epoch": epoch = try message.json.name()
                case "revision": revision = try message.json.count()
                case "seq": sequence = try message.json.count()
                case "text": text = try message.json.string()
                case "chunks": chunks = try message.json.count()
                case "resync": isResync = try message.json.boolean()
                case "edits": edits = try message.json.array(of: RelayedEdit.self)
                case "presence": presence = try message.json.array(of: Peer.self)
                default: try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            self.epoch = try message.require(epoch, "epoch")
            self.revision = try message.require(revision, "revision")
            self.sequence = try message.require(sequence, "seq")
            if let edits {
                content = .edits(edits)
            } else {
                let text = try message.require(text, "text")
                content = .text(text, chunks: chunks, isResync: isResync)
            }
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            writer.field("epoch", epoch)
            writer.field("revision", revision)
            writer.field("seq", sequence)
            switch content {
            case .edits(let edits): writer.array("edits", edits)
            case .text(let text, let chunks, let isResync):
                writer.field("text", text)
                if chunks > 0 { writer.field("chunks", chunks) }
                if isResync { writer.field("resync", true) }
            }
            writer.array("presence", presence)
        }
    }

    /// The next part of a long text.
    package struct Chunk: Equatable, Sendable {
        package var document: String
        /// 1, 2, 3… up to `chunks` of `opened`.
        package var index: Int
        package var text: String

        package init(document: String, index: Int, text: String) {
            self.document = document
            self.index = index
            self.text = text
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var document: String?
            var index: Int?
            var text: String?
            while let key = try message.nextField() {
                switch key {
                case "doc": document = try message.json.documentID()
                case "index": index = try message.json.count()
                case "text": text = try message.json.string()
                default: try message.json.skipValue()
                }
            }
            self.document = try message.require(document, "doc")
            self.index = try message.require(index, "index")
            self.text = try message.require(text, "text")
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", document)
            writer.field("index", index)
            writer.field("text", text)
        }
    }
}
