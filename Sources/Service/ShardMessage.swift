// What reaches a shard from outside its loop.

internal import Dispatch
internal import Journal
internal import Reactor
internal import Wire

/// A message in a shard's inbox.
///
/// The inbox has no bound of its own: each kind is bounded by what causes it, as the comments say.
enum ShardMessage: Sendable {
    /// A new connection, or one that moves here; bounded by the connection limit.
    case adopt(Transfer)
    /// A request on a document that lives here; bounded by the sender, which answers them one by one.
    case request(ClientMessage, from: Caller)
    /// Bytes for a connection of this shard; bounded by what its documents' shards were asked for.
    case deliver(Outgoing, to: SlabToken, settles: Bool)
    /// A reply that is not sent after all.
    case settle(SlabToken)
    /// A document could not be opened for a connection of this shard, or not be kept open.
    case notOpen(document: String, SlabToken)
    /// Something to go on with here; bounded by the requests that led to it.
    case run(@Sendable (isolated Shard) -> Void)
    /// A connection elsewhere reads too slowly, or fast enough again.
    case congestion(ConnectionRef, isCongested: Bool)
    /// A connection elsewhere is gone.
    case disconnected(ConnectionRef)
    /// A newer connection has the session of this one.
    case takenOver(SlabToken)
    /// A document as it lies on disk; one load a document at a time.
    case loaded(SlabToken, Result<StoredDocument, JournalError>)
    /// The fate of this shard's journal entries; bounded by the journal.
    case committed(JournalCommit)
    case journalHasRoom
    /// Answers of a recommendation worker; one batch in flight a document and recommender.
    case read(BlocksRead, of: SlabToken, model: String)
    /// The models changed.
    case deployed(Deployments)
    case eventsArrived
    /// Stop: say so, finish what was begun, close.
    case drain(DispatchGroup)
}

/// Carries a connection from one shard to another: arrays hold no noncopyable values.
///
/// `@unchecked`: the sender gives it up with the message, and only the receiver takes the connection out.
final class Transfer: @unchecked Sendable {
    private var connection: Connection?
    /// What was read of the connection and not handled yet.
    let unread: [UInt8]
    /// The message for whose sake the connection moves, to be handled first.
    let message: ClientMessage?
    /// Where it comes from.
    let origin: ConnectionRef?

    init(
        _ connection: consuming Connection, unread: [UInt8] = [], message: ClientMessage? = nil,
        origin: ConnectionRef? = nil
    ) {
        self.connection = consume connection
        self.unread = unread
        self.message = message
        self.origin = origin
    }

    /// Takes the connection; once.
    func take() -> Connection? { connection.take() }
}
