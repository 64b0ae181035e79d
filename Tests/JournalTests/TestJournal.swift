// What the tests of the journal share: a folder, a producer that can be awaited, raw SQL.

import CSQLite
import Glibc
import Journal
import Synchronization
import Testing

/// A folder that is gone when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/hunch-journal-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    var journal: String { path + "/journal.sqlite" }

    deinit {
        for name in ["", "-wal", "-shm", "-journal", ".lock"] { unlink(journal + name) }
        rmdir(path)
    }
}

/// What a producer was told, and whoever waits for more.
final class Outcomes: Sendable {
    struct State {
        var through: UInt64 = 0
        var commits: [JournalCommit] = []
        var reliefs = 0
        fileprivate var sleepers: [(ticket: UInt64, wake: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func commit(_ commit: JournalCommit) {
        let awake = state.withLock { state in
            state.through = commit.through
            state.commits.append(commit)
            defer { state.sleepers.removeAll { $0.ticket <= commit.through } }
            return state.sleepers.filter { $0.ticket <= commit.through }
        }
        for sleeper in awake { sleeper.wake.resume() }
    }

    func relief() { state.withLock { $0.reliefs += 1 } }

    /// Returns when the fate of a ticket is known.
    func decided(_ ticket: UInt64) async {
        await withCheckedContinuation { continuation in
            let isDecided = state.withLock { state in
                guard state.through < ticket else { return true }
                state.sleepers.append((ticket, continuation))
                return false
            }
            if isDecided { continuation.resume() }
        }
    }

    var failures: [JournalFailure] { state.withLock { $0.commits.flatMap(\.failures) } }
    var commits: [JournalCommit] { state.withLock { $0.commits } }
    var reliefs: Int { state.withLock { $0.reliefs } }
}

/// A producer of a journal that lets a test wait.
struct TestProducer: Sendable {
    let journal: Journal
    let outcomes: Outcomes
    private let producer: JournalProducer

    init(_ journal: Journal) {
        let outcomes = Outcomes()
        self.journal = journal
        self.outcomes = outcomes
        producer = journal.register(
            onCommit: { outcomes.commit($0) }, onRelief: { outcomes.relief() })
    }

    @discardableResult
    func append(_ entry: JournalEntry) -> JournalReceipt { journal.append(entry, from: producer) }

    /// Appends an entry and waits for its fate: nil if it is on disk.
    func write(_ entry: JournalEntry) async -> JournalError? {
        let ticket = append(entry).ticket
        await outcomes.decided(ticket)
        return outcomes.failures.first { $0.ticket == ticket }?.error
    }
}

extension Journal {
    func load(_ document: String) async throws -> StoredDocument {
        try await withCheckedThrowingContinuation { continuation in
            load(document) { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
    }

    func documentNames(after name: String = "", limit: Int = 1_000) async throws -> [String] {
        try await withCheckedThrowingContinuation { continuation in
            documentNames(after: name, limit: limit) {
                continuation.resume(with: $0.mapError { $0 as any Error })
            }
        }
    }

    func records(
        of kind: String, after id: Int = 0, since time: Int = 0, limit: Int = 1_000
    ) async throws -> [StoredRecord] {
        try await withCheckedThrowingContinuation { continuation in
            records(of: kind, after: id, since: time, limit: limit) {
                continuation.resume(with: $0.mapError { $0 as any Error })
            }
        }
    }
}

/// An edit whose every field follows from its document and revision.
func edit(_ document: String, _ revision: Int, size: Int = 20) -> JournalEdit {
    JournalEdit(
        document: document, revision: revision, session: "session-\(revision % 3)",
        sequence: revision / 3 + 1, user: "user \(revision % 2)", time: 1_000 + revision,
        payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* revision) })
}

func snapshot(_ document: String, _ revision: Int, size: Int = 100) -> JournalSnapshot {
    JournalSnapshot(
        document: document, revision: revision,
        payload: (0..<size).map { UInt8(truncatingIfNeeded: $0 ^ revision) })
}

/// Runs SQL on a file that no journal has open; gives the first column of its rows.
@discardableResult
func sqlite(_ path: String, _ sql: String) throws -> [String] {
    var opened: OpaquePointer?
    defer { sqlite3_close(opened) }
    try #require(sqlite3_open(path, &opened) == SQLITE_OK)
    var rows: [String] = []
    let code = withUnsafeMutablePointer(to: &rows) { rows in
        sqlite3_exec(
            opened, sql,
            { context, _, values, _ in
                guard let rows = context?.assumingMemoryBound(to: [String].self) else { return 1 }
                rows.pointee.append(values?.pointee.map { String(cString: $0) } ?? "NULL")
                return 0
            }, rows, nil)
    }
    try #require(code == SQLITE_OK, "\(String(cString: sqlite3_errmsg(opened)))")
    return rows
}
