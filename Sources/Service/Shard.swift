// The owner of one event loop's connections and documents.

internal import Dispatch
internal import Documents
internal import Journal
internal import Reactor
internal import Telemetry
internal import Wire

/// Serves its connections, and the documents whose names fall to it, on one event loop.
///
/// It is entered once a round by `assumeIsolated`, with all that is ready, and works in this order:
/// inbox, sockets, timers, at most a millisecond of inference, watchers, one write a connection.
/// Connections and documents are plain values in slabs. Others reach it through its inbox alone.
actor Shard {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    nonisolated let index: Int
    nonisolated let loop: EventLoop
    nonisolated let context: ServiceContext
    nonisolated var inbox: ShardInbox { context.inboxes[index] }
    let producer: JournalProducer

    // Connections.
    var connections = Slab<Connection>()
    var listeners: [ListenerSlot] = []
    var timers = Timers()
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    /// Connections with bytes to send at the end of this round.
    var dirty: [SlabToken] = []
    var isDraining: Bool { drained != nil }
    /// To be left when the last connection has gone.
    var drained: DispatchGroup?
    var hasLeft = false
    var accepted = 0

    // Documents.
    var documents = Slab<LiveDocument>()
    var directory: [String: SlabToken] = [:]
    /// Documents that are being read from disk.
    var loading: Set<SlabToken> = []
    /// Documents that had no subscribers lately, each once.
    var abandoned: [SlabToken] = []
    /// The documents here that a connection of any shard has open.
    var subscriptions: [ConnectionRef: [SlabToken]] = [:]
    /// Answers that wait for the disk, in the order of their tickets.
    var awaiting = CommitQueue()
    /// Whether the journal has asked authors to pause.
    var isJournalFull = false
    var pausedAuthors: [SlabToken] = []

    // Models.
    var deployments = Deployments()
    /// Whether those are known; until they are loaded, whoever asks for a branch is believed.
    var hasModels = false
    var intentWorkers: [String: IntentWorker] = [:]
    var tagWorkers: [String: TagWorker] = [:]
    /// Exposures that were logged.
    var exposed: Set<Exposure> = []
    /// What units of experiments have got since it was last logged.
    var outcomes: [Exposure: UnitOutcome] = [:]
    /// Whether a list is looked for in the log.
    var isSearchingLog = false
    /// How many batches went to workers.
    var batches = 0
    /// Texts that versions which serve no more are being loaded for.
    var pastQuestions = 0
    /// Documents with blocks that an intent model has not read, the one that waits longest first.
    var unread: [SlabToken] = []
    /// Documents to be read anew when there is time, the one that waits longest first.
    var outdated: [SlabToken] = []
    /// When the next slice of that is read.
    var readsAnewAt = Instant.now()
    /// Documents that were edited in this round; one may stand there twice.
    var edited: [SlabToken] = []
    /// Numbered from the time of the start on, so that no log has two of one number.
    var questions = RecentQuestions(from: Int(wallClockMicroseconds()))
    /// When documents have blocks that rest, by their tokens.
    var restTimers = Timers()
    /// When programs that had no room for blocks of documents are asked again, by the documents' tokens.
    var retryTimers = Timers()
    /// What is remembered of answers that a model was not sure of, and how many were kept of each.
    var candidates = ReviewCandidates()
    var candidatesWritten: [String: Int] = [:]
    var answerCounts: [String: AnswerCounts] = [:]

    // Telemetry.
    var events: [Event] = []
    var watchers: Set<SlabToken> = []
    /// Those that had much to read already when they had their turn in this round.
    var laggingWatchers: [SlabToken] = []
    /// Whether the log will tell of the next event.
    var isAwaitingEvents = false
    /// The time at the start of this round.
    var now = Instant.now()
    /// The same in microseconds since 1970.
    var wallClock = 0

    private var taken: [ShardMessage] = []

    init(index: Int, loop: EventLoop, context: ServiceContext) {
        self.index = index
        self.loop = loop
        self.context = context
        let inbox = context.inboxes[index]
        producer = context.journal.register(
            onCommit: { inbox.post(.committed($0)) }, onRelief: { inbox.post(.journalHasRoom) })
    }

    /// Starts the loop; the shard lives until its loop is stopped.
    nonisolated func start() {
        loop.start { ready in
            self.assumeIsolated { $0.round(ready) }
        }
    }

    /// Serves what is ready; gives whether inference is left that should go on at once.
    private func round(_ ready: [Readiness]) -> Bool {
        now = .now()
        wallClock = Int(wallClockMicroseconds())
        takeInbox()
        for event in ready { serve(event) }
        expireTimers()
        readRested()
        retryPrograms()
        infer()
        readAnew()
        serveWatchers()
        flush()
        publishEvents()
        let readsAnewAt = outdated.isEmpty || !unread.isEmpty ? nil : readsAnewAt
        let times = [timers.next, restTimers.next, retryTimers.next, readsAnewAt]
        loop.arm(times.compactMap(\.self).min())
        context.metrics.rounds.observe(Double(Instant.now().since(now)) / 1e9)
        return !unread.isEmpty || canWatchersGoOn
    }

    private func takeInbox() {
        inbox.take(into: &taken)
        for message in taken { take(message) }
        taken.removeAll(keepingCapacity: true)
    }

    private func take(_ message: ShardMessage) {
        switch message {
        case .adopt(let transfer): adopt(transfer)
        case .request(let request, let caller): answer(request, from: caller)
        case .deliver(let outgoing, let token, let settles):
            deliver(outgoing, to: token, settles: settles)
        case .congestion(let connection, let state): setCongestion(state, of: connection)
        case .settle(let token): settle(token)
        case .notOpen(let document, let token): strike(document, from: token)
        case .disconnected(let connection): unsubscribe(connection)
        case .takenOver(let token): end(token, with: WireError(.takenOver))
        case .loaded(let token, let result): finishLoading(token, result)
        case .committed(let commit): settle(commit)
        case .journalHasRoom: resumeAuthors()
        case .read(let read, let token, let model): take(read, of: token, model: model)
        case .deployed(let deployments): use(deployments)
        case .run(let body): body(self)
        case .eventsArrived: isAwaitingEvents = false
        case .drain(let drained): drain(drained)
        }
    }

    private func serve(_ event: Readiness) {
        if event.token < UInt64(listeners.count) { return accept(Int(event.token)) }
        let token = SlabToken(event.token)
        guard connections.contains(token) else { return }
        if event.writable { markDirty(token) }
        if event.readable || event.broken { read(token) }
    }

    // MARK: Telemetry

    /// Notes an event; the round's end hands all of them to the log at once.
    func note(
        _ type: EventType, document: String? = nil, session: Session? = nil,
        _ fields: KeyValuePairs<StaticString, EventValue> = [:]
    ) {
        let fields = fields.map { EventField($0.key, $0.value) }
        note(type, document: document, session: session, fields: fields)
    }

    func note(
        _ type: EventType, document: String?, session: Session? = nil, fields: [EventField]
    ) {
        events.append(
            Event(
                time: wallClock, type: type, document: document, session: session?.peer.description,
                fields: fields))
    }

    private func publishEvents() {
        guard !events.isEmpty else { return }
        context.eventLog.append(contentsOf: events)
        events.removeAll(keepingCapacity: true)
    }
}
