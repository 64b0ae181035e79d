// What waits to be written, between the shards and the journal's queue.

/// Collects entries until the writer takes them all; counts them until they are settled.
///
/// It is a plain value, guarded by the journal's one lock. The costly part of an `append` is the
/// set of documents, which lets a load know whether it must wait.
struct Mailbox {
    struct Item {
        let producer: JournalProducer
        let ticket: UInt64
        let entry: JournalEntry
    }

    /// All that waited at one moment.
    struct Batch {
        var items: [Item] = []
        /// Reads that must see the items; done after the commit.
        var reads: [@Sendable () -> Void] = []
    }

    private let limit: Int
    private let byteLimit: Int

    private var waiting = Batch()
    private var room: [Item] = []
    private var waitingDocuments: Set<DocumentName> = []
    private var writtenDocuments: Set<DocumentName> = []
    private var lastTickets: [UInt64] = []
    private var byteCount = 0
    /// Entries that wait or are being written.
    private(set) var count = 0
    private(set) var isFull = false
    /// Whether the queue has been woken and has not found the mailbox empty since.
    private var isDraining = false

    init(limit: Int, byteLimit: Int) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    mutating func addProducer() -> JournalProducer {
        lastTickets.append(0)
        return JournalProducer(index: lastTickets.count - 1)
    }

    /// Takes an entry in, even beyond the bound: whoever appends can stop only what comes next.
    mutating func append(_ entry: JournalEntry, from producer: JournalProducer) -> UInt64 {
        lastTickets[producer.index] += 1
        let ticket = lastTickets[producer.index]
        waiting.items.append(Item(producer: producer, ticket: ticket, entry: entry))
        if let document = entry.document { waitingDocuments.insert(DocumentName(document)) }
        count += 1
        byteCount += entry.byteCount
        isFull = isFull || count > limit || byteCount > byteLimit
        return ticket
    }

    /// Takes in a read that sees all that was appended before.
    mutating func append(_ read: @escaping @Sendable () -> Void) {
        waiting.reads.append(read)
    }

    /// Whether something of the document is not on disk yet.
    func holds(_ document: String) -> Bool {
        let name = DocumentName(document)
        return waitingDocuments.contains(name) || writtenDocuments.contains(name)
    }

    /// Whether the queue has to be woken now.
    mutating func wake() -> Bool {
        defer { isDraining = true }
        return !isDraining
    }

    /// Hands over all that waits; nil if nothing does, and then the next entry has to wake the queue.
    mutating func take() -> Batch? {
        guard !waiting.items.isEmpty || !waiting.reads.isEmpty else {
            isDraining = false
            return nil
        }
        let batch = waiting
        waiting = Batch(items: room)
        room = []
        swap(&waitingDocuments, &writtenDocuments)
        return batch
    }

    /// Gives back the room of a batch for the one after the next.
    mutating func reuse(_ room: [Item]) { self.room = room }

    /// Forgets a batch whose fate is known; gives whether the pressure is off with it.
    ///
    /// It is off at half of the bound, so that readers do not stop and go with every batch.
    mutating func settle(entries: Int, bytes: Int) -> Bool {
        writtenDocuments.removeAll(keepingCapacity: true)
        count -= entries
        byteCount -= bytes
        guard isFull, count <= limit / 2, byteCount <= byteLimit / 2 else { return false }
        isFull = false
        return true
    }
}

/// The name of a document as a key: equal only byte by byte, as it is for SQLite.
///
/// Swift's own equality of strings would take `é` composed and decomposed for one document.
struct DocumentName: Hashable {
    private let text: String

    init(_ text: String) { self.text = text }

    static func == (a: DocumentName, b: DocumentName) -> Bool {
        a.withBytes { a in
            b.withBytes { b in a.count == b.count && a.elementsEqual(b) }
        }
    }

    func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }

    private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
