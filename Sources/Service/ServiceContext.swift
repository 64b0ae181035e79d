// What the shards of one server share.

internal import Documents
internal import Journal
internal import Numerics
internal import Reactor
internal import Registry
internal import Telemetry
internal import Wire

/// Built by the server before its shards, and handed to each of them.
struct ServiceContext: Sendable {
    let settings: ServiceSettings
    let journal: Journal
    /// Names the history of all documents of this journal.
    let epoch: UInt64
    let inboxes: [ShardInbox]
    let sessions: SessionDirectory
    let eventLog: EventLog
    let metrics: ServiceMetrics
    let access: AccessControl
    let control: Control
    let itemAccess: ItemAccessDirectory
    /// The server's name and version, as `welcome` says it.
    let name: String

    /// The shard that a document lives on.
    func shard(of document: String) -> Int {
        inboxes.count == 1 ? 0 : Int(hash(document.utf8.span) % UInt64(inboxes.count))
    }

    /// The epoch as the wire has it.
    var epochName: String { String(epoch, radix: 16) }

    var documentLimits: DocumentLimits {
        DocumentLimits(length: limits.documentUnits, historyCount: limits.historyRevisions)
    }

    var limits: ServiceLimits { settings.limits }
    var times: ServiceTimes { settings.times }

    /// What `welcome` promises.
    var wireLimits: Limits {
        Limits(
            maximumMessageBytes: limits.messageBytes, maximumDocumentUnits: limits.documentUnits,
            maximumOpenDocuments: limits.openDocuments, historyRevisions: limits.historyRevisions,
            pingSeconds: (times.ping + 999) / 1000)
    }
}
