import Glibc
import Journal
import Testing

/// The file itself: that old ones are read, and that damage and strangers are refused.
@Suite struct JournalFormatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a file of format 1 is read, and goes on`() async throws {
        try sqlite(folder.journal, Self.format1)
        let journal = try Journal(path: folder.journal)
        #expect(try journal.epoch() == 0x1234_5678)
        #expect(
            try await journal.load("demo/notes")
                == StoredDocument(
                    snapshot: JournalSnapshot(
                        document: "demo/notes", revision: 1, payload: Array("Hi".utf8)),
                    edits: [
                        JournalEdit(
                            document: "demo/notes", revision: 1, session: "0f", sequence: 1,
                            user: "ada", time: 1_700_000_000_000_000,
                            payload: Array(#"[{"insert":"Hi"}]"#.utf8)),
                        JournalEdit(
                            document: "demo/notes", revision: 2, session: "0f", sequence: 2,
                            user: "", time: 1_700_000_000_000_001, payload: []),
                    ]))
        let record = JournalRecord(
            kind: "feedback", time: 1_700_000_000_000_002, payload: [0, 1, 255])
        #expect(try await journal.records(of: "feedback") == [StoredRecord(id: 1, record: record)])
        #expect(await TestProducer(journal).write(.edit(edit("demo/notes", 3))) == nil)
    }

    @Test func `today's code writes the tables of format 1`() async throws {
        let journal = try Journal(path: folder.journal)
        try journal.close(within: .seconds(60))
        let other = try TemporaryFolder()
        try sqlite(other.journal, Self.format1)
        let query = "SELECT sql FROM sqlite_schema ORDER BY name"
        let words = { (path: String) in
            try sqlite(path, query).map { $0.split(whereSeparator: \.isWhitespace) }
        }
        let (written, expected) = (try words(folder.journal), try words(other.journal))
        #expect(written == expected)
    }

    @Test(arguments: [
        (
            "UPDATE edits SET payload = x'00' WHERE revision = 2",
            JournalError.Row.edit(
                document: "a", revision: 2)
        ),
        ("UPDATE edits SET user = 'eve' WHERE revision = 3", .edit(document: "a", revision: 3)),
        ("UPDATE documents SET snapshot = x''", .snapshot(document: "a", revision: 2)),
        (
            "UPDATE documents SET revision = 3 WHERE name = 'a'",
            .snapshot(document: "a", revision: 3)
        ),
    ])
    func `a damaged row is named`(damage: String, row: JournalError.Row) async throws {
        try await writeDocument()
        try sqlite(folder.journal, damage)
        let journal = try Journal(path: folder.journal)
        await #expect(throws: JournalError.damaged(row)) { try await journal.load("a") }
        #expect(try await journal.load("b").revision == 1)
    }

    @Test func `a damaged record is named`() async throws {
        try await writeDocument()
        try sqlite(folder.journal, "UPDATE records SET time = time + 1 WHERE id = 2")
        let journal = try Journal(path: folder.journal)
        #expect(try await journal.records(of: "item", limit: 1).count == 1)
        await #expect(throws: JournalError.damaged(.record(id: 2))) {
            try await journal.records(of: "item")
        }
    }

    @Test(arguments: [2, 3])
    func `an edit that is missing is named`(revision: Int) async throws {
        try await writeDocument()
        try sqlite(
            folder.journal,
            """
            DELETE FROM edits WHERE revision = \(revision);
            UPDATE documents SET revision = NULL, snapshot = NULL, checksum = NULL
            """)
        let journal = try Journal(path: folder.journal)
        await #expect(throws: JournalError.missingEdit(document: "a", revision: revision)) {
            try await journal.load("a")
        }
    }

    @Test func `strange files and later formats are refused`() async throws {
        try sqlite(folder.journal, "CREATE TABLE meta (format INTEGER)")
        #expect(throws: JournalError.notAJournal(path: folder.journal)) {
            try Journal(path: folder.journal)
        }
        unlink(folder.journal)
        try await writeDocument()
        try sqlite(folder.journal, "UPDATE meta SET format = 2")
        #expect(throws: JournalError.unknownFormat(found: 2, supported: 1)) {
            try Journal(path: folder.journal)
        }
    }

    @Test func `a folder that is not there is an error with its path`() {
        #expect(
            throws: JournalError.system(
                errno: ENOENT, operation: "open", path: "/nowhere/at/all.lock")
        ) { try Journal(path: "/nowhere/at/all") }
    }

    private func writeDocument() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        for revision in 1...4 { producer.append(.edit(edit("a", revision))) }
        producer.append(.snapshot(snapshot("a", 2)))
        producer.append(.edit(edit("b", 1)))
        for number in 1...3 {
            producer.append(.record(JournalRecord(kind: "item", time: number, payload: [1])))
        }
        try journal.close(within: .seconds(60))
        #expect(producer.outcomes.failures.isEmpty)
    }

    /// A file as the first version of the format wrote it.
    private static let format1 = """
        PRAGMA application_id = 1215193960;
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
        INSERT INTO meta VALUES (1, 305419896);
        INSERT INTO documents VALUES (7, 'demo/notes', 1, 4135467567, CAST('Hi' AS BLOB));
        INSERT INTO edits VALUES
            (7, 1, '0f', 1, 'ada', 1700000000000000, CAST('[{"insert":"Hi"}]' AS BLOB),
                3654471707),
            (7, 2, '0f', 2, '', 1700000000000001, x'', 3471237913);
        INSERT INTO records VALUES (1, 'feedback', 1700000000000002, x'0001ff', 1777919526);
        """
}
