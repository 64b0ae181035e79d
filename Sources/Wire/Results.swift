// What models say about blocks and texts.

package import Documents
internal import JSON

extension ServerMessage {
    /// The answers of one model to one batch.
    ///
    /// To a document's subscribers it says: every block changed up to `revision` is decided by this
    /// model, but for `pending` of them. As the answer to a request it holds one entry.
    package struct Results: Equatable, Sendable {
        /// What the message reads; `nil` for a text outside any document.
        package struct Source: Equatable, Sendable {
            package var document: String
            package var revision: Int

            package init(document: String, revision: Int) {
                self.document = document
                self.revision = revision
            }
        }

        package var source: Source?
        /// "name@version".
        package var model: String
        /// The kind of all entries.
        package var kind: ResultKind
        /// The arm of the experiment that chose the model.
        package var arm: String?
        /// The entries that differ from what was last pushed.
        package var entries: [ResultEntry]
        /// Blocks that are gone or blank.
        package var removed: [BlockID]
        /// How many blocks were read with the same result as before.
        package var unchanged: Int
        /// How many blocks changed up to the revision are not decided yet.
        package var pending: Int
        /// The time that the oldest of the batch had waited, and the time that the model took.
        package var queuedMicroseconds: Int
        package var computeMicroseconds: Int

        package init(
            source: Source? = nil, model: String, kind: ResultKind, arm: String? = nil,
            entries: [ResultEntry], removed: [BlockID] = [], unchanged: Int = 0, pending: Int = 0,
            queuedMicroseconds: Int = 0, computeMicroseconds: Int = 0
        ) {
            self.source = source
            self.model = model
            self.kind = kind
            self.arm = arm
            self.entries = entries
            self.removed = removed
            self.unchanged = unchanged
            self.pending = pending
            self.queuedMicroseconds = queuedMicroseconds
            self.computeMicroseconds = computeMicroseconds
        }

        init(_ message: inout MessageReader) throws(JSONError) {
            var fields = Fields()
            while let key = try message.nextField() {
                try fields.read(key, from: &message.json)
            }
            if let document = fields.document {
                source = Source(
                    document: document, revision: try message.require(fields.revision, "revision"))
            }
            model = try message.require(fields.model, "model")
            arm = fields.arm
            // `kind` says how to read the entries, and may stand behind them.
            kind = try message.require(fields.kind, "kind")
            let start = try message.require(fields.entriesOffset, "results")
            entries = try message.json.entries(of: kind, at: start)
            removed = fields.removed
            unchanged = fields.unchanged
            pending = fields.pending
            queuedMicroseconds = try message.require(fields.queued, "queuedMicros")
            computeMicroseconds = try message.require(fields.compute, "computeMicros")
        }

        private struct Fields {
            var document: String?
            var revision: Int?
            var kind: ResultKind?
            var model: String?
            var arm: String?
            var entriesOffset: Int?
            var removed: [BlockID] = []
            var unchanged = 0
            var pending = 0
            var queued: Int?
            var compute: Int?

            mutating func read(
                _ key: borrowing JSONKey, from reader: inout JSONReader
            ) throws(JSONError) {
                switch key {
                case "doc": document = try reader.documentID()
                case "revision": revision = try reader.count()
                case "kind": kind = try reader.resultKind()
                case "model": model = try reader.string()
                case "arm": arm = try reader.string()
                case "results":
                    entriesOffset = reader.offset
                    try reader.skipValue()
                case "removed": removed = try reader.blockIDs()
                case "unchanged": unchanged = try reader.count()
                case "pending": pending = try reader.count()
                case "queuedMicros": queued = try reader.count()
                case "computeMicros": compute = try reader.count()
                default: try reader.skipValue()
                }
            }
        }

        func write(to writer: inout JSONWriter) {
            writer.field("doc", source?.document)
            writer.field("kind", kind.rawValue)
            writer.field("model", model)
            writer.field("arm", arm)
            writer.field("revision", source?.revision)
            writer.entries("results", entries)
            writer.blocks("removed", removed)
            writer.field("unchanged", unchanged)
            if pending > 0 { writer.field("pending", pending) }
            writer.field("queuedMicros", queuedMicroseconds)
            writer.field("computeMicros", computeMicroseconds)
        }
    }
}
