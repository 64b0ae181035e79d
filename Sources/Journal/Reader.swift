// The connection that reads, beside the one that writes.

/// Reads documents and records; each read sees the last commit as a whole.
final class Reader {
    private let connection: Connection
    private let history: Int
    private let begin, end: Statement
    private let selectDocument, selectEdits, selectRecords, selectLast, selectNames: Statement

    init(_ connection: Connection, history: Int) throws(JournalError) {
        self.connection = connection
        self.history = history
        begin = try connection.prepare("BEGIN")
        end = try connection.prepare("COMMIT")
        selectDocument = try connection.prepare(
            "SELECT id, revision, checksum, snapshot FROM documents WHERE name = ?")
        selectEdits = try connection.prepare(
            """
            SELECT revision, session, sequence, user, time, payload, checksum
            FROM edits WHERE document = ? AND revision > ? ORDER BY revision
            """)
        selectRecords = try connection.prepare(
            """
            SELECT id, time, payload, checksum FROM records
            WHERE kind = ? AND id > ? AND time >= ? ORDER BY id LIMIT ?
            """)
        selectLast = try connection.prepare(
            """
            SELECT id, time, payload, checksum
            FROM (SELECT * FROM records WHERE kind = ? ORDER BY id DESC LIMIT ?)
            WHERE instr(payload, ?) > 0 LIMIT 1
            """)
        selectNames = try connection.prepare(
            "SELECT name FROM documents WHERE name > ? ORDER BY name LIMIT ?")
    }

    /// The document as it lies on disk; empty if there is none.
    func document(_ name: String) throws(JournalError) -> StoredDocument {
        // The snapshot and the edits after it must come from the same moment.
        try begin.run()
        do {
            let document = try read(name)
            try end.run()
            return document
        } catch {
            if connection.isInTransaction { try? end.run() }
            throw error
        }
    }

    /// The first names of documents after the one given, in the order of their bytes.
    func documentNames(after name: String, limit: Int) throws(JournalError) -> [String] {
        defer { selectNames.reset() }
        try selectNames.bind(name, at: 1)
        try selectNames.bind(limit, at: 2)
        var names: [String] = []
        while try selectNames.step() { names.append(selectNames.text(0)) }
        return names
    }

    /// The first records of a kind after the one with the id given, not older than `since`.
    func records(
        of kind: String, after id: Int, since time: Int, limit: Int
    ) throws(JournalError) -> [StoredRecord] {
        defer { selectRecords.reset() }
        try selectRecords.bind(kind, at: 1)
        try selectRecords.bind(id, at: 2)
        try selectRecords.bind(time, at: 3)
        try selectRecords.bind(limit, at: 4)
        var records: [StoredRecord] = []
        while try selectRecords.step() {
            records.append(try record(of: kind, in: selectRecords))
        }
        return records
    }

    /// The number of the last record of any kind; 0 where there is none.
    func lastRecord() throws(JournalError) -> Int {
        Int(try connection.integer("SELECT max(id) FROM records") ?? 0)
    }

    /// The newest of the last `limit` records of a kind whose payload holds these bytes.
    func lastRecord(
        of kind: String, containing bytes: [UInt8], limit: Int
    ) throws(JournalError) -> StoredRecord? {
        defer { selectLast.reset() }
        try selectLast.bind(kind, at: 1)
        try selectLast.bind(limit, at: 2)
        try selectLast.bind(bytes, at: 3)
        guard try selectLast.step() else { return nil }
        return try record(of: kind, in: selectLast)
    }

    /// The record in the row that a statement is at: its id, time, payload and checksum.
    private func record(
        of kind: String, in row: Statement
    ) throws(JournalError) -> StoredRecord {
        let id = row.integer(0)
        let record = JournalRecord(kind: kind, time: row.integer(1), payload: row.bytes(2))
        guard record.checksum == row.integer(3) else { throw .damaged(.record(id: id)) }
        return StoredRecord(id: id, record: record)
    }

    private func read(_ name: String) throws(JournalError) -> StoredDocument {
        defer { selectDocument.reset() }
        try selectDocument.bind(name, at: 1)
        guard try selectDocument.step() else { return StoredDocument(snapshot: nil, edits: []) }
        let snapshot = try snapshot(of: name)
        let edits = try edits(
            of: name, id: selectDocument.integer(0), after: (snapshot?.revision ?? 0) - history)
        if let first = edits.first, first.revision > (snapshot?.revision ?? 0) + 1 {
            throw .missingEdit(document: name, revision: (snapshot?.revision ?? 0) + 1)
        }
        return StoredDocument(snapshot: snapshot, edits: edits)
    }

    private func snapshot(of name: String) throws(JournalError) -> JournalSnapshot? {
        guard !selectDocument.isNull(1) else { return nil }
        let snapshot = JournalSnapshot(
            document: name, revision: selectDocument.integer(1), payload: selectDocument.bytes(3))
        guard snapshot.checksum == selectDocument.integer(2) else {
            throw .damaged(.snapshot(document: name, revision: snapshot.revision))
        }
        return snapshot
    }

    private func edits(
        of name: String, id: Int, after revision: Int
    ) throws(JournalError) -> [JournalEdit] {
        defer { selectEdits.reset() }
        try selectEdits.bind(id, at: 1)
        try selectEdits.bind(revision, at: 2)
        var edits: [JournalEdit] = []
        while try selectEdits.step() {
            let edit = JournalEdit(
                document: name, revision: selectEdits.integer(0), session: selectEdits.text(1),
                sequence: selectEdits.integer(2), user: selectEdits.text(3),
                time: selectEdits.integer(4), payload: selectEdits.bytes(5))
            guard edit.checksum == selectEdits.integer(6) else {
                throw .damaged(.edit(document: name, revision: edit.revision))
            }
            if let last = edits.last, edit.revision != last.revision + 1 {
                throw .missingEdit(document: name, revision: last.revision + 1)
            }
            edits.append(edit)
        }
        return edits
    }
}
