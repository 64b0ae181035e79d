// A document in memory, with those who have it open.

internal import Documents
internal import Reactor
internal import Registry
internal import Wire

/// One who has a document open.
struct Subscriber {
    let caller: Caller
    /// The versions that answer it, one of each model that reads the document.
    var versions: [ChosenModel] = []
    var place = Place()
    /// The number of an edit that waits for the disk.
    var editInFlight: Int?
    /// The whole text on its way to it, while that waits for the disk.
    var held: HeldText?
    /// What is held back while the connection reads too slowly; `nil` while it does not.
    var behind: Backlog?

    /// As what it is shown what a version says; nil where it is not.
    func version(_ reference: String) -> ChosenModel? {
        versions.first { $0.model.reference == reference }
    }

    /// Has what it missed of versions that answer it no more be told of by those that do.
    mutating func moveBacklog() {
        guard let missed = behind?.blocks else { return }
        behind?.blocks = missed.reduce(into: [:]) { moved, part in
            let name = modelName(of: part.key)
            let version = versions.first { $0.model.name == name }?.model.reference ?? part.key
            moved[version, default: []].formUnion(part.value)
        }
    }

    var peer: Peer {
        Peer(peer: caller.session.peer, user: caller.session.user, place: place)
    }
}

/// An answer with a text that holds edits which are not on disk: nobody sees them before they are.
struct HeldText {
    /// Of the request that it answers.
    let id: MessageID?
    let messages: [Outgoing]
    /// Edits up to this revision are in the text.
    let revision: Int
    /// What the client shows.
    let range: Range<Int>?
    /// Those whose presence has changed since the answer was written.
    var peers: Set<PeerID> = []
}

/// What a slow reader has missed: names, not messages, so that it is bounded by the document.
struct Backlog {
    /// For each model, the blocks whose answer changed or went.
    var blocks: [String: Set<BlockID>] = [:]
    /// Those whose presence changed or ended.
    var peers: Set<PeerID> = []
}

/// A document and what belongs to it, from its first reader until some time after the last.
struct LiveDocument: ~Copyable {
    /// A request that waits until the document is read from disk.
    struct WaitingRequest {
        let message: ClientMessage
        let caller: Caller
    }

    let name: String
    /// Whether it is read from disk.
    var isReady = false
    /// What is asked of it until then, in order.
    var waiting: [WaitingRequest] = []
    var document: Document
    var subscribers: [Subscriber] = []
    /// What each version that reads the document has read of it; each version is there once.
    var readings: [Reading] = []
    /// Who edited each block last since the document is in memory; of blocks that are there.
    var editors: [BlockID: Session] = [:]
    /// The last revision that is on disk.
    var durable = 0
    /// The revision of the last snapshot on disk.
    var snapshotRevision = 0
    /// Whether it stands in the queue of documents with blocks to be read.
    var isUnread = false
    /// Whether its readings are those of models that were in use before.
    var isOutdated = false
    /// Whether it stands in the queue of documents to be read anew.
    var awaitsReading = false
    /// Whether a deadline is under way at which blocks rest that were typed in.
    var awaitsRest = false
    /// When the last subscriber left.
    var abandoned: Instant?
    /// Whether it stands in the list of documents that may leave memory.
    var awaitsEviction = false

    init(name: String, epoch: UInt64, limits: DocumentLimits) {
        self.name = name
        document = Document(epoch: epoch, limits: limits)
    }

    func subscriber(_ connection: ConnectionRef) -> Int? {
        subscribers.firstIndex { $0.caller.connection == connection }
    }

    /// As what the first one whom a version answers is shown it; nil if it answers nobody.
    func reader(of model: String) -> ChosenModel? {
        subscribers.lazy.compactMap { $0.version(model) }.first
    }

    /// Whether all of it is on disk.
    var isSaved: Bool { durable == document.revision }

    /// Whether a session has it open on any connection.
    func isOpen(for peer: PeerID) -> Bool {
        subscribers.contains { $0.caller.session.peer == peer }
    }

    /// The presence of all others.
    func peers(except connection: ConnectionRef) -> [Peer] {
        subscribers.filter { $0.caller.connection != connection }.map(\.peer)
    }

    /// What is wrong with a place, by the text of the revision that it names.
    ///
    /// Of a revision that is not kept any more the length is not known: nobody can follow such a place.
    func misfit(of place: Place) -> ErrorCode? {
        let base = place.revision ?? document.revision
        guard base <= document.revision else { return .wrongBase }
        guard let edits = document.edits(since: base) else { return nil }
        let length = edits.reduce(document.text.length) { $0 - $1.operation.growth }
        return max(place.cursor ?? 0, place.anchor ?? 0) > length ? .offsetOutsideText : nil
    }

    /// A block where it lies now, or the document as a whole; nil if it is gone.
    func location(of block: BlockID) -> BlockLocation? {
        if block == .whole { return BlockLocation(block: block, range: 0..<document.text.length) }
        return document.blocks.range(of: block).map { BlockLocation(block: block, range: $0) }
    }

    /// The text of a block as UTF-8, appended; gives its range in the document, or `nil` if it is gone.
    func appendText(of block: BlockID, to bytes: inout [UInt8]) -> Range<Int>? {
        guard let range = document.blocks.range(of: block) else { return nil }
        document.text.append(range, to: &bytes)
        return range
    }
}
