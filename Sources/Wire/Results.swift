// What models say about blocks and texts.

package import Documents
package import JSON

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
        /// The arm of the experiment that chose the model.
        package var arm: String?
        /// The entries that differ from what was last pushed.
        package var entries: ResultEntries
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
            source: Source? = nil, model: String, arm: String? = nil, entries: ResultEntries,
            removed: [BlockID] = [], unchanged: Int = 0, pending: Int = 0,
            queuedMicroseconds: Int = 0, computeMicroseconds: Int = 0
        ) {
            self.source = source
            self.model = model
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
            let kind = try message.require(fields.kind, "kind")
            let start = try message.require(fields.entriesOffset, "results")
            entries = try message.json.entries(ofKind: kind, at: start)
            removed = fields.removed
            unchanged = fields.unchanged
            pending = fields.pending
            queuedMicroseconds = try message.require(fields.queued, "queuedMicros")
            computeMicroseconds = try message.require(fields.compute, "computeMicros")
        }

        private struct Fields {
            var document: String?
            var revision: Int?
            var kind: String?
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
                case "kind": kind = try reader.string()
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
            writer.field("kind", entries.kind)
            writer.field("model", model)
            writer.field("arm", arm)
            writer.field("revision", source?.revision)
            entries.write(to: &writer)
            writer.blocks("removed", removed)
            writer.field("unchanged", unchanged)
            if pending > 0 { writer.field("pending", pending) }
            writer.field("queuedMicros", queuedMicroseconds)
            writer.field("computeMicros", computeMicroseconds)
        }
    }
}

/// Entries of one kind.
///
/// A new kind is a case here and a type that conforms to `ResultContent`.
package enum ResultEntries: Equatable, Sendable {
    case intent([ResultEntry<IntentResult>])
    case recommendations([ResultEntry<RecommendationResult>])

    /// The kind's name on the wire.
    package var kind: String {
        switch self {
        case .intent: "intent"
        case .recommendations: "recommendations"
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .intent(let entries): writer.array("results", entries)
        case .recommendations(let entries): writer.array("results", entries)
        }
    }
}

extension JSONReader {
    fileprivate func entries(ofKind kind: String, at start: Int) throws(JSONError) -> ResultEntries
    {
        var reader = rewound(to: start)
        return switch kind {
        case "intent": .intent(try reader.array(of: ResultEntry<IntentResult>.self))
        case "recommendations":
            .recommendations(try reader.array(of: ResultEntry<RecommendationResult>.self))
        default: throw JSONError(.unsuitable("no such kind: \(kind)"), at: start)
        }
    }
}

/// What a model says about one block, or about one text.
package struct ResultEntry<Content: ResultContent>: Equatable, Sendable, MessagePart {
    /// Where the block is, in the text of the message's revision.
    package struct Location: Equatable, Sendable {
        package var block: BlockID
        package var range: Range<Int>

        package init(block: BlockID, range: Range<Int>) {
            self.block = block
            self.range = range
        }
    }

    package var location: Location?
    /// Names this answer, for `feedback`, `interact` and `explain`.
    package var prediction: String
    package var content: Content

    package init(location: Location? = nil, prediction: String, content: Content) {
        self.location = location
        self.prediction = prediction
        self.content = content
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        var block: BlockID?
        var range: Range<Int>?
        var prediction: String?
        var fields = Content.Fields()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "block": block = try reader.blockID()
            case "range": range = try reader.range()
            case "prediction": prediction = try reader.string()
            default: if try !fields.read(key, from: &reader) { try reader.skipValue() }
            }
        }
        if let block {
            location = Location(block: block, range: try reader.require(range, "range"))
        }
        self.prediction = try reader.require(prediction, "prediction")
        content = try Content(fields, at: reader)
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("block", location?.block)
        writer.range("range", location?.range)
        writer.field("prediction", prediction)
        content.writeFields(to: &writer)
        writer.endObject()
    }
}

/// What is particular to a kind of results: its own members of an entry.
package protocol ResultContent: Equatable, Sendable {
    associatedtype Fields: ResultFields
    init(_ fields: Fields, at reader: borrowing JSONReader) throws(JSONError)
    func writeFields(to writer: inout JSONWriter)
}

/// The members of a kind while they are read.
package protocol ResultFields {
    init()
    /// Reads the member of that name, or gives `false` if it is none of the kind's.
    mutating func read(
        _ key: borrowing JSONKey, from reader: inout JSONReader
    ) throws(JSONError) -> Bool
}
