// The disk of an environment, behind one queue with group commit.

import CSQLite
import Dispatch
import Synchronization

/// Keeps documents, their edits and further records, so that what was acknowledged outlives a
/// crash of the process and of the machine.
///
/// Whoever appends never waits: entries go to a mailbox; one queue takes all that is there, writes
/// it in one transaction, syncs it and then tells each producer, once, how far its entries are
/// decided. The longer a sync takes, the more entries share the next one.
///
/// The edits of a document on disk have no gap: an entry that does not continue its document is
/// refused with `.outOfOrder`. So when an edit fails, those on their way behind it fail too; its
/// owner loads the document anew and goes on from what is there.
///
/// Callbacks come on the journal's own queues and must not block.
package final class Journal: Sendable {
    private struct Registration: Sendable {
        let onCommit: @Sendable (JournalCommit) -> Void
        let onRelief: @Sendable () -> Void
    }

    /// What all threads share.
    private struct Shared {
        var mailbox: Mailbox
        var registrations: [Registration] = []
        var isCheckpointing = false
    }

    private let settings: JournalSettings
    private let onFault: @Sendable (JournalError) -> Void
    private let shared: Mutex<Shared>
    private let writer: Mutex<Writer?>
    private let reader: Mutex<Reader?>
    private let checkpointer: Mutex<Connection?>
    private let lock: Mutex<LockFile?>
    private let writeQueue = DispatchQueue(label: "journal.write")
    private let readQueue = DispatchQueue(label: "journal.read")
    private let checkpointQueue = DispatchQueue(label: "journal.checkpoint", qos: .utility)

    /// Opens the journal at `path`, whose folder must exist, or creates it.
    ///
    /// `onFault` is told of errors that no entry suffers from: a checkpoint that failed, and is tried
    /// again after the next commit.
    ///
    /// - Throws: `.locked` if another process has it open; `.notAJournal`, `.unknownFormat`.
    package init(
        path: String, settings: JournalSettings = JournalSettings(),
        onFault: @escaping @Sendable (JournalError) -> Void = { _ in }
    ) throws(JournalError) {
        self.settings = settings
        self.onFault = onFault
        let lock = try LockFile(for: path)
        let (history, vfs) = (settings.history, settings.vfs)
        let connection = try Schema.openForWriting(path: path, vfs: vfs)
        let writer = try Writer(connection, history: history)
        let readConnection = try Schema.openForReading(path: path, vfs: vfs)
        let reader = try Reader(readConnection, history: history)
        let checkpointer = try Schema.openForCheckpoints(path: path, vfs: vfs)
        self.lock = Mutex(lock)
        self.writer = Mutex(writer)
        self.reader = Mutex(reader)
        self.checkpointer = Mutex(checkpointer)
        let mailbox = Mailbox(limit: settings.waitingLimit, byteLimit: settings.waitingByteLimit)
        shared = Mutex(Shared(mailbox: mailbox))
    }

    /// Adds somebody who appends.
    ///
    /// - Parameters:
    ///   - onCommit: told once for every batch that holds entries of this producer.
    ///   - onRelief: told when the journal, once `isFull`, has room again.
    /// - Returns: what `append` wants to know.
    package func register(
        onCommit: @escaping @Sendable (JournalCommit) -> Void,
        onRelief: @escaping @Sendable () -> Void
    ) -> JournalProducer {
        shared.withLock { shared in
            shared.registrations.append(Registration(onCommit: onCommit, onRelief: onRelief))
            return shared.mailbox.addProducer()
        }
    }

    /// Takes an entry to be written; its fate is told through `onCommit`.
    ///
    /// It is taken even when the receipt says `isFull`. Any thread may call this, a producer's
    /// entries are written in the order of their tickets.
    package func append(
        _ entry: JournalEntry, from producer: JournalProducer
    ) -> JournalReceipt {
        let (receipt, isAsleep) = shared.withLock { shared in
            let ticket = shared.mailbox.append(entry, from: producer)
            let receipt = JournalReceipt(ticket: ticket, isFull: shared.mailbox.isFull)
            return (receipt, shared.mailbox.wake())
        }
        if isAsleep { writeQueue.async { self.drain() } }
        return receipt
    }

    /// Reads a document, with everything that was appended to it before.
    ///
    /// It waits for a commit only if something of that document is on its way.
    package func load(
        _ document: String,
        completion: @escaping @Sendable (Result<StoredDocument, JournalError>) -> Void
    ) {
        read(inLineIf: { $0.holds(document) }) { reader throws(JournalError) in
            try reader.document(document)
        } completion: {
            completion($0)
        }
    }

    /// Reads records of a kind in the order they were appended, with all that were before.
    ///
    /// They come in pages: `id` is that of the last record known, 0 for the first page; fewer
    /// records than `limit` are the last ones. Those older than `time`, in microseconds since 1970,
    /// are left out.
    package func records(
        of kind: String, after id: Int = 0, since time: Int = 0, limit: Int = 10_000,
        completion: @escaping @Sendable (Result<[StoredRecord], JournalError>) -> Void
    ) {
        read(inLineIf: { $0.count > 0 }) { reader throws(JournalError) in
            try reader.records(of: kind, after: id, since: time, limit: limit)
        } completion: {
            completion($0)
        }
    }

    /// Names the history that this journal holds: 64 random bits, made with the file.
    package func epoch() throws(JournalError) -> UInt64 {
        try writer.withLock { writer throws(JournalError) in
            guard let writer else { throw .closed }
            return try writer.epoch()
        }
    }

    /// Gives the history another name, as must be done after a restore: revisions that clients
    /// have seen may not exist any more, or with another content.
    package func newEpoch() throws(JournalError) -> UInt64 {
        try writer.withLock { writer throws(JournalError) in
            guard let writer else { throw .closed }
            return try writer.newEpoch()
        }
    }

    /// Writes what waits and closes the file; blocks until then.
    ///
    /// Entries that come later fail with `.closed`. The log is copied into the database and
    /// deleted, as no connection is left. Not to be called from a callback.
    ///
    /// - Throws: `.notFlushed` if the disk took longer than `limit`; the closing then goes on.
    package func close(within limit: Duration) throws(JournalError) {
        let closed = DispatchSemaphore(value: 0)
        writeQueue.async {
            while self.writeBatch() {}
            self.readQueue.sync { self.reader.withLock { $0 = nil } }
            self.checkpointQueue.sync { self.checkpointer.withLock { $0 = nil } }
            self.writer.withLock { $0 = nil }
            self.lock.withLock { $0 = nil }
            closed.signal()
        }
        let (seconds, attoseconds) = limit.components
        let wait = DispatchTimeInterval.nanoseconds(
            Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
        guard closed.wait(timeout: .now() + wait) == .success else {
            throw .notFlushed(waiting: shared.withLock { $0.mailbox.count })
        }
    }
}

// MARK: - The queues

extension Journal {
    /// Writes batch after batch until nothing waits.
    ///
    /// Each has its turn in the queue, so that closing and the end of a checkpoint get theirs.
    private func drain() {
        if writeBatch() { writeQueue.async { self.drain() } }
    }

    /// Writes all that waits; gives whether there was something.
    private func writeBatch() -> Bool {
        guard var batch = shared.withLock({ $0.mailbox.take() }) else { return false }
        settle(batch.items, refused: write(batch.items))
        for read in batch.reads { readQueue.async(execute: read) }
        batch.items.removeAll(keepingCapacity: true)
        shared.withLock { [room = batch.items] in $0.mailbox.reuse(room) }
        return true
    }

    /// Gives the error of each entry that is not on disk, by its index.
    private func write(_ items: [Mailbox.Item]) -> [Int: JournalError] {
        guard !items.isEmpty else { return [:] }
        do {
            let (refused, logPages) = try writer.withLock { writer throws(JournalError) in
                guard let writer else { throw .closed }
                return (try writer.write(items), writer.logPages)
            }
            if logPages >= settings.checkpointPages { startCheckpoint() }
            return refused
        } catch {
            return Dictionary(uniqueKeysWithValues: items.indices.map { ($0, error) })
        }
    }

    /// Tells the producers about a batch.
    private func settle(_ items: [Mailbox.Item], refused: [Int: JournalError]) {
        let bytes = items.reduce(0) { $0 + $1.entry.byteCount }
        let (registrations, isRelieved) = shared.withLock { shared in
            (shared.registrations, shared.mailbox.settle(entries: items.count, bytes: bytes))
        }
        var through = [UInt64](repeating: 0, count: registrations.count)
        var failures = [[JournalFailure]](repeating: [], count: registrations.count)
        for item in items { through[item.producer.index] = item.ticket }
        for (index, error) in refused.sorted(by: { $0.key < $1.key }) {
            let item = items[index]
            failures[item.producer.index].append(JournalFailure(ticket: item.ticket, error: error))
        }
        for (index, registration) in registrations.enumerated() where through[index] > 0 {
            let commit = JournalCommit(through: through[index], failures: failures[index])
            registration.onCommit(commit)
        }
        if isRelieved { for registration in registrations { registration.onRelief() } }
    }

    /// Has the log copied into the database by another connection, while commits go on.
    ///
    /// SQLite by itself does it within a commit, which has all that waits wait longer: at 5,000
    /// edits a second the p99 of an acknowledgement was a third higher. What has come meanwhile is
    /// little; the writer copies it between two commits, and the log starts anew.
    private func startCheckpoint() {
        let isFirst = shared.withLock { shared in
            defer { shared.isCheckpointing = true }
            return !shared.isCheckpointing
        }
        guard isFirst else { return }
        checkpointQueue.async {
            self.reportingFault { () throws(JournalError) in
                try self.checkpointer.withLock { connection throws(JournalError) in
                    try connection?.checkpoint()
                }
            }
            self.writeQueue.async { self.finishCheckpoint() }
        }
    }

    private func finishCheckpoint() {
        reportingFault { () throws(JournalError) in
            try writer.withLock { writer throws(JournalError) in try writer?.finishCheckpoint() }
        }
        shared.withLock { $0.isCheckpointing = false }
    }

    private func reportingFault(_ body: () throws(JournalError) -> Void) {
        do { try body() } catch { onFault(error) }
    }

    /// Runs a read on its queue: at once, or behind the next commit.
    func read<Value: Sendable>(
        inLineIf mustWait: (borrowing Mailbox) -> Bool,
        _ body: @escaping @Sendable (Reader) throws(JournalError) -> Value,
        completion: @escaping @Sendable (Result<Value, JournalError>) -> Void
    ) {
        let read = { @Sendable in
            completion(
                Result { () throws(JournalError) in
                    try self.reader.withLock { reader throws(JournalError) in
                        guard let reader else { throw .closed }
                        return try body(reader)
                    }
                })
        }
        let (waits, isAsleep) = shared.withLock { shared in
            guard mustWait(shared.mailbox) else { return (false, false) }
            shared.mailbox.append(read)
            return (true, shared.mailbox.wake())
        }
        if !waits { readQueue.async(execute: read) }
        if isAsleep { writeQueue.async { self.drain() } }
    }
}
