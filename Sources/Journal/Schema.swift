// The tables of a journal, and what is done to the file when it is opened.

import CSQLite

/// The format of the file.
enum Schema {
    /// Raised whenever an older file could not be read as it is.
    static let format = 1

    /// "Hnch", in the header of the file.
    static let application = 0x486e_6368

    /// Room for the last page of edits of some 4,000 documents that are edited at one time.
    private static let writerCacheKiB = 16_384

    /// The statements that create the tables.
    ///
    /// `edits` has no row ids: the edits of a document lie side by side, in order, so that opening
    /// it reads few pages. `snapshot` stands last in its row, as it may fill pages of its own.
    private static let tables = """
        CREATE TABLE meta (
            format INTEGER NOT NULL,
            epoch INTEGER NOT NULL
        );
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            revision INTEGER,
            checksum INTEGER,
            snapshot BLOB
        );
        CREATE TABLE edits (
            document INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            session TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            user TEXT NOT NULL,
            time INTEGER NOT NULL,
            payload BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            PRIMARY KEY (document, revision)
        ) WITHOUT ROWID;
        CREATE TABLE records (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            time INTEGER NOT NULL,
            payload BLOB NOT NULL,
            checksum INTEGER NOT NULL
        );
        CREATE INDEX records_by_kind ON records (kind);
        """

    /// Opens the file for writing; creates what is not there.
    static func openForWriting(path: String, vfs: String?) throws(JournalError) -> Connection {
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let connection = try Connection(path: path, flags: flags, vfs: vfs)
        // FULL: a commit returns when the log is synced, so that an acknowledged edit survives a
        // power cut. Foreign keys are not declared; what belongs together is written together.
        try connection.execute(
            """
            PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
            PRAGMA cache_size = -\(writerCacheKiB)
            """)
        let isNew = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
        if !isNew { try checkFormat(of: connection, path: path) }
        try useLog(connection, path: path)
        if isNew { try create(in: connection) }
        return connection
    }

    /// A connection to a journal that `openForWriting` has created.
    static func openForReading(path: String, vfs: String?) throws(JournalError) -> Connection {
        try Connection(path: path, flags: SQLITE_OPEN_READONLY, vfs: vfs)
    }

    /// A further connection that only copies the log into the database.
    static func openForCheckpoints(path: String, vfs: String?) throws(JournalError) -> Connection {
        let connection = try Connection(path: path, flags: SQLITE_OPEN_READWRITE, vfs: vfs)
        try connection.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
        return connection
    }

    private static func create(in connection: Connection) throws(JournalError) {
        try connection.execute(
            """
            BEGIN IMMEDIATE;
            PRAGMA application_id = \(application);
            \(tables)
            INSERT INTO meta (format, epoch) VALUES (\(format), \(randomEpoch()));
            COMMIT
            """)
    }

    /// Some file systems cannot share the memory that a write-ahead log needs; SQLite then goes on
    /// without one, and says so only here.
    private static func useLog(_ connection: Connection, path: String) throws(JournalError) {
        let mode = try connection.prepare("PRAGMA journal_mode = WAL")
        guard try mode.step(), mode.text(0) == "wal" else { throw .noLog(path: path) }
        mode.reset()
    }

    static func checkFormat(of connection: Connection, path: String) throws(JournalError) {
        let found = try connection.integer("PRAGMA application_id")
        guard found == application else { throw .notAJournal(path: path) }
        let version = try connection.integer("SELECT format FROM meta") ?? 0
        guard version == format else { throw .unknownFormat(found: version, supported: format) }
    }

    static func randomEpoch() -> Int64 { Int64.random(in: .min ... .max) }
}
