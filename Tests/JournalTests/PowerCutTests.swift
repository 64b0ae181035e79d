import CSQLite
import CrashVFS
import Glibc
import Journal
import Numerics
import Testing

/// A disk of the tests' own, that loses what was not synced.
private final class Disk {
    let name: String
    private let vfs: OpaquePointer

    init(name: String) throws {
        self.name = name
        vfs = try #require(crash_vfs_create(name))
    }

    deinit { crash_vfs_destroy(vfs) }

    func cut(after operations: Int) { crash_vfs_cut_after(vfs, Int32(operations)) }
    func failWrites(_ code: Int32) { crash_vfs_fail_writes(vfs, code) }
    var isOff: Bool { crash_vfs_is_off(vfs) != 0 }
    func restore(losingAll: Bool, seed: UInt64) throws {
        try #require(crash_vfs_restore(vfs, losingAll ? 1 : 0, seed) == 0)
    }
}

@Suite struct PowerCutTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(arguments: UInt64(0)..<60)
    func `a power cut loses no acknowledged edit`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let disk = try Disk(name: "power-cut-\(seed)")
        var heads = [String: Int]()
        var records = 0
        for _ in 0..<4 {
            disk.cut(after: Int.random(in: 1...300, using: &random))
            (heads, records) = await write(to: disk, heads, records, using: &random)
            try disk.restore(losingAll: Bool.random(using: &random), seed: random.next())
            if heads.isEmpty { continue }
            #expect(try sqlite(folder.journal, "PRAGMA integrity_check") == ["ok"])
            (heads, records) = try await check(heads, records)
        }
    }

    @Test(arguments: [SQLITE_FULL, SQLITE_IOERR])
    func `a batch that cannot be written fails, and the next one is tried anew`(code: Int32)
        async throws
    {
        let disk = try Disk(name: "full-\(code)")
        let journal = try Journal(path: folder.journal, settings: JournalSettings(vfs: disk.name))
        let producer = TestProducer(journal)
        #expect(await producer.write(.edit(edit("a", 1))) == nil)
        disk.failWrites(code)
        switch await producer.write(.edit(edit("a", 2))) {
        case .diskFull: #expect(code == SQLITE_FULL)
        case .sqlite(let found, _, _): #expect(found & 0xff == code & 0xff)
        case let other: Issue.record("\(String(describing: other))")
        }
        #expect(try await journal.load("a").revision == 1)
        disk.failWrites(SQLITE_OK)
        // What was on its way behind the edit that failed must not come to stand alone.
        #expect(
            await producer.write(.edit(edit("a", 3)))
                == .outOfOrder(document: "a", revision: 3, head: 1))
        #expect(await producer.write(.edit(edit("a", 2))) == nil)
        #expect(try await journal.load("a").edits == [edit("a", 1), edit("a", 2)])
        try journal.close(within: .seconds(60))
    }

    /// Appends bursts until the power fails or enough was written; gives what was acknowledged.
    private func write(
        to disk: Disk, _ heads: [String: Int], _ records: Int, using random: inout SplitMix64
    ) async -> (heads: [String: Int], records: Int) {
        let settings = JournalSettings(history: 10, checkpointPages: 20, vfs: disk.name)
        guard let journal = try? Journal(path: folder.journal, settings: settings) else {
            return (heads, records)
        }
        let producer = TestProducer(journal)
        var appended = heads
        var acknowledged = (heads, records)
        for _ in 0..<60 where !disk.isOff {
            var ticket: UInt64 = 0
            for _ in 0...Int.random(in: 0..<10, using: &random) {
                let name = "d\(Int.random(in: 0..<5, using: &random))"
                let head = appended[name, default: 0]
                appended[name] = head + 1
                let size = Int.random(in: 0...2_000, using: &random)
                ticket = producer.append(.edit(edit(name, head + 1, size: size))).ticket
                if Int.random(in: 0..<8, using: &random) == 0 {
                    ticket = producer.append(.snapshot(snapshot(name, head + 1))).ticket
                }
            }
            await producer.outcomes.decided(ticket)
            guard producer.outcomes.failures.isEmpty else { break }
            acknowledged.0 = appended
            let record = JournalRecord(kind: "item", time: acknowledged.1, payload: [7])
            guard await producer.write(.record(record)) == nil else { break }
            acknowledged.1 += 1
        }
        try? journal.close(within: .seconds(60))
        return acknowledged
    }

    /// Checks what is on disk against what was acknowledged; gives what is there.
    private func check(
        _ heads: [String: Int], _ records: Int
    ) async throws -> (heads: [String: Int], records: Int) {
        let journal = try Journal(path: folder.journal, settings: JournalSettings(history: 10))
        var found: [String: Int] = [:]
        for (name, head) in heads {
            let stored = try await journal.load(name)
            #expect(stored.revision >= head)
            #expect(
                stored.edits.allSatisfy { $0 == edit(name, $0.revision, size: $0.payload.count) })
            if let newest = stored.snapshot { #expect(newest == snapshot(name, newest.revision)) }
            found[name] = stored.revision
        }
        for name in (0..<5).map({ "d\($0)" }) where found[name] == nil {
            found[name] = try await journal.load(name).revision
        }
        let times = try await journal.records(of: "item").map(\.record.time)
        #expect(times.count >= records && times == Array(times.indices))
        try journal.close(within: .seconds(60))
        return (found, times.count)
    }
}
