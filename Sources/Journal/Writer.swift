// The one connection that writes.

/// Writes batches of entries, each in one transaction.
final class Writer {
    /// Where a document stands in the transaction at hand; an object, to be looked up once an edit.
    private final class Head {
        let id: Int
        var revision: Int
        /// Nothing of the document is stored yet.
        var isNew: Bool

        init(id: Int, revision: Int, isNew: Bool) {
            self.id = id
            self.revision = revision
            self.isNew = isNew
        }
    }

    /// Past so many known heads all are forgotten: some 10 MB, filled again by look-ups.
    private static let headLimit = 65_536

    private let connection: Connection
    private let history: Int
    private var heads: [DocumentName: Head] = [:]

    private let begin, commit, rollback: Statement
    private let selectDocument, selectHead, insertDocument: Statement
    private let insertEdit, updateSnapshot, deleteEdits, insertRecord, deleteRecords: Statement

    init(_ connection: Connection, history: Int) throws(JournalError) {
        self.connection = connection
        self.history = history
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
        rollback = try connection.prepare("ROLLBACK")
        selectDocument = try connection.prepare(
            "SELECT id, revision FROM documents WHERE name = ?")
        selectHead = try connection.prepare("SELECT max(revision) FROM edits WHERE document = ?")
        insertDocument = try connection.prepare("INSERT INTO documents (name) VALUES (?)")
        insertEdit = try connection.prepare("INSERT INTO edits VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        updateSnapshot = try connection.prepare(
            "UPDATE documents SET revision = ?, checksum = ?, snapshot = ? WHERE id = ?")
        deleteEdits = try connection.prepare(
            "DELETE FROM edits WHERE document = ? AND revision <= ?")
        insertRecord = try connection.prepare(
            "INSERT INTO records (kind, time, payload, checksum) VALUES (?, ?, ?, ?)")
        // The index by kind holds the ids in their order: neither half reads a row.
        deleteRecords = try connection.prepare(
            """
            DELETE FROM records WHERE kind = ?1 AND id <= (
                SELECT id FROM records WHERE kind = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
            """)
        connection.watchLog()
    }

    /// The length of the write-ahead log at the last commit.
    var logPages: Int { connection.logPages }

    /// Puts the entries on disk: all but those refused, or none and an error.
    ///
    /// Refused is, one by one, what does not continue its document.
    ///
    /// - Returns: the index and the reason of each entry that was refused.
    func write(_ items: [Mailbox.Item]) throws(JournalError) -> [Int: JournalError] {
        try begin.run()
        do {
            var refused: [Int: JournalError] = [:]
            for (index, item) in items.enumerated() {
                refused[index] = try insert(item.entry)
            }
            try commit.run()
            if heads.count > Self.headLimit { heads.removeAll() }
            return refused
        } catch {
            heads.removeAll()
            // A full disk has SQLite roll back by itself. Where ROLLBACK fails too, the next BEGIN
            // does, and with it the next batch: nothing is ever acknowledged by mistake.
            if connection.isInTransaction { try? rollback.run() }
            throw error
        }
    }

    /// Copies what little a checkpoint on another connection has left, so that the log starts anew.
    func finishCheckpoint() throws(JournalError) { try connection.checkpoint() }

    func newEpoch() throws(JournalError) -> UInt64 {
        try connection.execute("UPDATE meta SET epoch = \(Schema.randomEpoch())")
        return try epoch()
    }

    func epoch() throws(JournalError) -> UInt64 {
        UInt64(bitPattern: Int64(try connection.integer("SELECT epoch FROM meta") ?? 0))
    }

    /// Gives why the entry is refused, if it is.
    private func insert(_ entry: JournalEntry) throws(JournalError) -> JournalError? {
        switch entry {
        case .edit(let edit): try insert(edit)
        case .snapshot(let snapshot): try insert(snapshot)
        case .record(let record): try insert(record)
        case .trim(let kind, let count): try trim(kind, keeping: count)
        }
    }

    private func insert(_ edit: JournalEdit) throws(JournalError) -> JournalError? {
        let head = try head(of: edit.document)
        guard edit.revision == head.revision + 1 else {
            return .outOfOrder(
                document: edit.document, revision: edit.revision, head: head.revision)
        }
        try insertEdit.bind(head.id, at: 1)
        try insertEdit.bind(edit.revision, at: 2)
        try insertEdit.bind(edit.session, at: 3)
        try insertEdit.bind(edit.sequence, at: 4)
        try insertEdit.bind(edit.user, at: 5)
        try insertEdit.bind(edit.time, at: 6)
        try insertEdit.bind(edit.payload, at: 7)
        try insertEdit.bind(edit.checksum, at: 8)
        try insertEdit.run()
        head.revision = edit.revision
        head.isNew = false
        return nil
    }

    /// A snapshot holds nothing that is not on disk; only that of a new document, which comes from
    /// elsewhere, may stand at any revision.
    private func insert(_ snapshot: JournalSnapshot) throws(JournalError) -> JournalError? {
        let head = try head(of: snapshot.document)
        guard snapshot.revision <= head.revision || head.isNew else {
            return .outOfOrder(
                document: snapshot.document, revision: snapshot.revision, head: head.revision)
        }
        try updateSnapshot.bind(snapshot.revision, at: 1)
        try updateSnapshot.bind(snapshot.checksum, at: 2)
        try updateSnapshot.bind(snapshot.payload, at: 3)
        try updateSnapshot.bind(head.id, at: 4)
        try updateSnapshot.run()
        try deleteEdits.bind(head.id, at: 1)
        try deleteEdits.bind(snapshot.revision - history, at: 2)
        try deleteEdits.run()
        head.revision = max(head.revision, snapshot.revision)
        head.isNew = false
        return nil
    }

    private func insert(_ record: JournalRecord) throws(JournalError) -> JournalError? {
        try insertRecord.bind(record.kind, at: 1)
        try insertRecord.bind(record.time, at: 2)
        try insertRecord.bind(record.payload, at: 3)
        try insertRecord.bind(record.checksum, at: 4)
        try insertRecord.run()
        return nil
    }

    private func trim(_ kind: String, keeping count: Int) throws(JournalError) -> JournalError? {
        try deleteRecords.bind(kind, at: 1)
        try deleteRecords.bind(count, at: 2)
        try deleteRecords.run()
        return nil
    }

    private func head(of document: String) throws(JournalError) -> Head {
        let name = DocumentName(document)
        if let head = heads[name] { return head }
        let head = try fetchHead(of: document)
        heads[name] = head
        return head
    }

    private func fetchHead(of document: String) throws(JournalError) -> Head {
        if let head = try storedHead(of: document) { return head }
        return try newHead(of: document)
    }

    private func storedHead(of document: String) throws(JournalError) -> Head? {
        defer { selectDocument.reset() }
        try selectDocument.bind(document, at: 1)
        guard try selectDocument.step() else { return nil }
        let id = selectDocument.integer(0)
        defer { selectHead.reset() }
        try selectHead.bind(id, at: 1)
        // An aggregate has one row always; NULL, for no edits, reads as 0.
        let newest = try selectHead.step() ? selectHead.integer(0) : 0
        let hasSnapshot = !selectDocument.isNull(1)
        return Head(
            id: id, revision: max(newest, selectDocument.integer(1)),
            isNew: newest == 0 && !hasSnapshot)
    }

    private func newHead(of document: String) throws(JournalError) -> Head {
        try insertDocument.bind(document, at: 1)
        try insertDocument.run()
        return Head(id: connection.lastInsertedRow, revision: 0, isNew: true)
    }
}
