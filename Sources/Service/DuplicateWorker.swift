// The texts of all workspaces, isolated on a queue of its own behind a mailbox.

internal import Dispatch
internal import Documents
internal import Journal
internal import NLU
internal import Reactor
internal import Registry
internal import Telemetry
internal import Wire

/// Says where else the text of a block stands in its workspace, and tells of it when that changes.
///
/// All shards share one. It knows the blocks of documents in memory as their shards send them, those
/// that left memory as they were then, and those that nobody has opened since the start from the
/// journal, which it reads in the background, one document at a time, while there is room. The
/// mailbox holds at most one batch a document, its coming and going, and one document from disk.
actor DuplicateWorker {
    enum Job: Sendable {
        /// A document has come into memory with these blocks, which are to be read; `home` hears of changes.
        case begin(document: String, blocks: [BlockID], home: Home)
        case read(BlocksToRead, gone: [BlockID], replyTo: ShardInbox)
        /// A document has left memory; it is still known.
        case end(document: String)
        /// From here on these documents are read, and no others are known.
        case cover([DocumentPattern])
        /// The names of documents on disk after one of them.
        case names(Result<[String], JournalError>, after: String)
        case stored(document: String, Result<StoredDocument, JournalError>)
    }

    /// Where a document in memory lives.
    struct Home: Sendable {
        let document: SlabToken
        let inbox: ShardInbox
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { queue.asUnownedSerialExecutor() }
    private nonisolated let queue = WorkQueue(label: "hunch.duplicates")
    private nonisolated let mailbox = WorkerMailbox<Job>()
    private nonisolated let model: String
    private nonisolated let journal: Journal
    private nonisolated let metrics: ServiceMetrics
    private let settings: DuplicateSettings
    private var fingerprinter = Fingerprinter()
    /// By workspace: the blocks, and the documents as a whole.
    private var workspaces: [String: DuplicateWatch] = [:]
    private var wholes: [String: DuplicateWatch] = [:]
    /// Documents whose blocks have changed since they were compared as a whole.
    private var changed: Set<String> = []
    private var homes: [String: Home] = [:]
    private var patterns: [DocumentPattern] = []
    private var stock = Stock()
    private var taken: [Job] = []

    /// The documents on disk that are still to be read.
    private struct Stock {
        /// In reverse order; the last page of names ends with `isComplete`.
        var names: [String] = []
        var last = ""
        var isComplete = true
        /// Whether the journal has been asked for something.
        var isAwaited = false
    }

    init(
        _ settings: DuplicateSettings, model: String, journal: Journal, metrics: ServiceMetrics
    ) {
        self.settings = settings
        self.model = model
        self.journal = journal
        self.metrics = metrics
    }

    /// Adds a job from any thread; the first of a batch wakes the worker.
    nonisolated func post(_ job: Job) {
        guard mailbox.add(job) else { return }
        queue.queue.async { self.assumeIsolated { $0.drain() } }
    }

    private func drain() {
        mailbox.drain(into: &taken) { jobs in
            for job in jobs { perform(job) }
            // Once for all that waited: it takes longer the longer the document.
            compareWholes()
        }
    }

    private func perform(_ job: Job) {
        switch job {
        case .begin(let document, let blocks, let home): begin(document, blocks, home)
        case .read(let request, let gone, let inbox):
            inbox.post(.read(read(request, gone), of: request.document, model: model))
        case .end(let document):
            homes[document] = nil
            workspaces[workspace(of: document)]?.unwatch(document)
            wholes[workspace(of: document)]?.unwatch(document)
        case .cover(let patterns): cover(patterns)
        case .names(let page, let name): take(page, after: name)
        case .stored(let document, let stored): take(stored, of: document)
        }
    }

    private func workspace(of document: String) -> String {
        String(document.prefix { $0 != "/" })
    }

    // MARK: Documents in memory

    private func begin(_ document: String, _ blocks: [BlockID], _ home: Home) {
        let name = workspace(of: document)
        homes[document] = home
        // Out of the dictionary while it is changed: two owners would copy all of it.
        var texts = workspaces.removeValue(forKey: name) ?? DuplicateWatch(settings: settings)
        let present = Set(blocks.map(\.rawValue))
        for place in texts.index.places(in: document) where !present.contains(place.block ?? 0) {
            texts.remove(place)
        }
        texts.watch(document)
        workspaces[name] = texts
        wholes[name, default: DuplicateWatch(settings: settings)].watch(document)
        changed.insert(document)
    }

    /// Nothing of a document that is covered no more, or not yet: the shard is about to know.
    private func read(_ request: BlocksToRead, _ gone: [BlockID]) -> BlocksRead {
        guard homes[request.name] != nil else {
            return BlocksRead(
                locations: [], answers: [], revision: request.revision, batch: request.batch)
        }
        let start = Instant.now()
        let name = workspace(of: request.name)
        var texts = workspaces.removeValue(forKey: name) ?? DuplicateWatch(settings: settings)
        for block in gone { texts.remove(place(request.name, block)) }
        let places = request.blocks.map { place(request.name, $0.location.block) }
        for (block, place) in zip(request.blocks, places) { put(block.text, at: place, &texts) }
        let changes = texts.takeChanges()
        let answers = places.map { ResultContent.duplicate(DuplicateResult(texts.list(of: $0))) }
        workspaces[name] = texts
        changed.insert(request.name)
        let answered = Set(places)
        tell(changes.filter { !answered.contains($0.place) })
        return BlocksRead(
            locations: request.blocks.map(\.location), answers: answers,
            revision: request.revision, batch: request.batch,
            computeNanoseconds: Instant.now().since(start))
    }

    private func put(_ text: String, at place: DuplicateIndex.Place, _ texts: inout DuplicateWatch)
    {
        let bytes = text.utf8.span
        texts.put(fingerprinter.fingerprint(of: bytes), at: place)
    }

    private func place(_ document: String, _ block: BlockID) -> DuplicateIndex.Place {
        .init(document: document, block: block.rawValue)
    }

    /// Has the shards tell of blocks whose duplicates are others now.
    private func tell(_ changes: [(place: DuplicateIndex.Place, matches: [DuplicateIndex.Match])]) {
        var update: DuplicateUpdate?
        var name = ""
        // They come in the order of their documents.
        for change in changes {
            guard let home = homes[change.place.document] else { continue }
            if change.place.document != name {
                if let update { post(update, of: name) }
                name = change.place.document
                update = DuplicateUpdate(document: home.document, model: model)
            }
            let block = change.place.block.map { BlockID(rawValue: $0) } ?? .whole
            update?.lists.append((block, DuplicateResult(change.matches)))
        }
        if let update { post(update, of: name) }
    }

    private func post(_ update: DuplicateUpdate, of document: String) {
        homes[document]?.inbox.post(.run { $0.take(update) })
    }

    /// Compares the documents as a whole whose blocks have changed.
    private func compareWholes() {
        guard !changed.isEmpty else { return }
        for document in changed {
            let name = workspace(of: document)
            let place = DuplicateIndex.Place(document: document, block: nil)
            var documents = wholes.removeValue(forKey: name) ?? DuplicateWatch(settings: settings)
            if let whole = workspaces[name]?.index.whole(document) {
                documents.put(whole, at: place)
            } else {
                documents.remove(place)
            }
            wholes[name] = documents
        }
        for name in Set(changed.map(workspace)).sorted() {
            if let changes = wholes[name]?.takeChanges() { tell(changes) }
            if wholes[name]?.isEmpty == true { wholes[name] = nil }
        }
        changed.removeAll()
    }

    // MARK: Documents on disk

    private func cover(_ patterns: [DocumentPattern]) {
        guard patterns != self.patterns else { return }
        self.patterns = patterns
        for name in workspaces.keys.sorted() { forgetUncovered(of: name) }
        stock = Stock(isComplete: false, isAwaited: stock.isAwaited)
        if !stock.isAwaited { readOn() }
    }

    private func covers(_ document: String) -> Bool {
        patterns.contains { $0.matches(document) }
    }

    private func forgetUncovered(of workspace: String) {
        guard var texts = workspaces.removeValue(forKey: workspace) else { return }
        for document in texts.index.documents where !covers(document) {
            texts.unwatch(document)
            homes[document] = nil
            for place in texts.index.places(in: document) { texts.remove(place) }
            changed.insert(document)
        }
        let changes = texts.takeChanges()
        workspaces[workspace] = texts.isEmpty ? nil : texts
        tell(changes)
    }

    /// Asks the journal for the next document that is not known, or for the next names.
    private func readOn() {
        stock.isAwaited = true
        while let name = stock.names.popLast() {
            guard wants(name) else { continue }
            return journal.load(name) { self.post(.stored(document: name, $0)) }
        }
        guard !stock.isComplete else { return stock.isAwaited = false }
        let last = stock.last
        journal.documentNames(after: last, limit: Self.namesInPage) {
            self.post(.names($0, after: last))
        }
    }

    private static let namesInPage = 256

    /// Whether a document on disk is to be read: not where newer texts would have to be forgotten for it.
    private func wants(_ document: String) -> Bool {
        let count = workspaces[workspace(of: document)]?.index.count ?? 0
        return covers(document) && homes[document] == nil && count < settings.capacity
    }

    private func take(_ page: Result<[String], JournalError>, after name: String) {
        // Begun anew meanwhile, for other patterns.
        guard name == stock.last else { return readOn() }
        var names: [String] = []
        do {
            names = try page.get()
        } catch {
            metrics.errors["journal"].add()
        }
        stock.names = names.reversed()
        stock.isComplete = names.count < Self.namesInPage
        stock.last = names.last ?? stock.last
        readOn()
    }

    private func take(_ stored: Result<StoredDocument, JournalError>, of name: String) {
        defer { readOn() }
        guard wants(name) else { return }
        do {
            learn(try Document(stored.get(), epoch: 0, limits: Self.anyLength), name)
        } catch {
            // Whoever opens it is told what is wrong.
            metrics.errors["journal"].add()
        }
    }

    private func learn(_ document: Document, _ name: String) {
        let workspace = workspace(of: name)
        var texts = workspaces.removeValue(forKey: workspace) ?? DuplicateWatch(settings: settings)
        for block in document.blocks.blocks() where texts.index.count < settings.capacity {
            put(document.text.string(in: block.range), at: place(name, block.id), &texts)
        }
        let changes = texts.takeChanges()
        workspaces[workspace] = texts
        changed.insert(name)
        tell(changes)
    }

    /// What was short enough when it was written is so now.
    private static let anyLength = DocumentLimits(length: 1 << 29)
}
