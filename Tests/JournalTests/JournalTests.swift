import Glibc
import Journal
import Numerics
import Testing

@Suite struct JournalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a document that was never written is empty at revision 0`() async throws {
        let journal = try Journal(path: folder.journal)
        let stored = try await journal.load("a/b")
        #expect(stored == StoredDocument(snapshot: nil, edits: []))
        #expect(stored.revision == 0)
    }

    @Test(arguments: UInt64(0)..<10)
    func `what was appended is read back, before and after closing`(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let settings = JournalSettings(history: Int.random(in: 0...20, using: &random))
        var journal = try Journal(path: folder.journal, settings: settings)
        var producer = TestProducer(journal)
        var heads: [String: Int] = [:]
        var snapshots: [String: JournalSnapshot] = [:]
        for _ in 0..<200 {
            let name = "d/" + ["α", "b", "c", "", "\0x"][Int.random(in: 0..<5, using: &random)]
            let head = heads[name, default: 0]
            if Int.random(in: 0..<10, using: &random) == 0, head > 0 {
                let revision = Int.random(
                    in: (snapshots[name]?.revision ?? 1)...head, using: &random)
                snapshots[name] = snapshot(name, revision)
                producer.append(.snapshot(snapshot(name, revision)))
            } else {
                heads[name] = head + 1
                let size = Int.random(in: 0...3_000, using: &random)
                producer.append(.edit(edit(name, head + 1, size: size)))
            }
            guard Int.random(in: 0..<40, using: &random) == 0 else { continue }
            try journal.close(within: .seconds(60))
            journal = try Journal(path: folder.journal, settings: settings)
            producer = TestProducer(journal)
        }
        for (name, head) in heads {
            let stored = try await journal.load(name)
            #expect(stored.snapshot == snapshots[name])
            let newest = snapshots[name]?.revision ?? 0
            let expected = Array(max(1, newest - settings.history + 1)..<head + 1)
            #expect(stored.edits.map(\.revision) == expected)
            #expect(
                stored.edits.allSatisfy { $0 == edit(name, $0.revision, size: $0.payload.count) })
            #expect(stored.revision == head)
        }
        #expect(producer.outcomes.failures.isEmpty)
    }

    @Test func `a load sees all that the same thread has appended before`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        for revision in 1...300 {
            producer.append(.edit(edit("a", revision)))
            #expect(try await journal.load("a").revision == revision)
            #expect(try await journal.load("b").revision == 0)
        }
    }

    @Test(arguments: UInt64(0)..<10)
    func `trimming leaves the newest records of a kind, and all of the others`(
        seed: UInt64
    ) async throws {
        var random = SplitMix64(seed: seed)
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        var expected: [String: [Int]] = ["a": [], "b": []]
        for time in 1...100 {
            let kind = Bool.random(using: &random) ? "a" : "b"
            if Int.random(in: 0..<8, using: &random) == 0 {
                let count = Int.random(in: 0...12, using: &random)
                expected[kind] = expected[kind]?.suffix(count)
                producer.append(.trim(kind: kind, keeping: count))
            } else {
                expected[kind]?.append(time)
                producer.append(.record(JournalRecord(kind: kind, time: time, payload: [])))
            }
        }
        for (kind, times) in expected {
            #expect(try await journal.records(of: kind).map(\.record.time) == times)
        }
    }

    @Test func `each producer is told of all its tickets, in order and in batches`() async throws {
        let journal = try Journal(path: folder.journal)
        try await withThrowingTaskGroup { group in
            for number in 0..<4 {
                let producer = TestProducer(journal)
                group.addTask {
                    for revision in 1...1_000 {
                        let receipt = producer.append(.edit(edit("d\(number)", revision)))
                        #expect(receipt == JournalReceipt(ticket: UInt64(revision), isFull: false))
                    }
                    await producer.outcomes.decided(1_000)
                    let through = producer.outcomes.commits.map(\.through)
                    #expect(through == Array(Set(through)).sorted())
                    #expect(through.count < 1_000)
                    #expect(producer.outcomes.failures.isEmpty)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `an edit that does not continue its document is refused alone`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        for revision in [1, 2, 4, 5, 3, 3] { producer.append(.edit(edit("a", revision))) }
        producer.append(.snapshot(snapshot("a", 4)))
        producer.append(.edit(edit("b", 1)))
        await producer.outcomes.decided(8)
        let refused = [(3, 4, 2), (4, 5, 2), (6, 3, 3), (7, 4, 3)]
        #expect(
            producer.outcomes.failures
                == refused.map { ticket, revision, head in
                    JournalFailure(
                        ticket: UInt64(ticket),
                        error: .outOfOrder(document: "a", revision: revision, head: head))
                })
        #expect(try await journal.load("a").revision == 3)
        #expect(try await journal.load("b").revision == 1)
    }

    @Test func `only a new document may begin with a snapshot`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        #expect(await producer.write(.snapshot(snapshot("restored", 70))) == nil)
        #expect(await producer.write(.edit(edit("restored", 71))) == nil)
        #expect(
            await producer.write(.snapshot(snapshot("restored", 72)))
                == .outOfOrder(document: "restored", revision: 72, head: 71))
        let stored = try await journal.load("restored")
        #expect(stored.snapshot == snapshot("restored", 70))
        #expect(stored.edits == [edit("restored", 71)])
    }

    @Test func `names that differ only in their normal form are two documents`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        let (composed, decomposed) = ("d/\u{e9}", "d/e\u{301}")
        producer.append(.edit(edit(composed, 1)))
        #expect(await producer.write(.edit(edit(decomposed, 1))) == nil)
        #expect(await producer.write(.edit(edit(composed, 2))) == nil)
        #expect(try await journal.load(composed).revision == 2)
        #expect(try await journal.load(decomposed).revision == 1)
    }

    @Test func `the names of documents come in order and in pages`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        let names = (0..<20).map { "d/\(10 + $0 * 7 % 20)" }
        for name in names.dropLast() { producer.append(.edit(edit(name, 1))) }
        #expect(await producer.write(.edit(edit(names[19], 1))) == nil)
        #expect(try await journal.documentNames() == names.sorted())
        let page = try await journal.documentNames(after: "d/14", limit: 3)
        #expect(page == ["d/15", "d/16", "d/17"])
        #expect(try await journal.documentNames(after: "d/29").isEmpty)
    }

    @Test func `records come by kind, in order, in pages and from a time on`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        let record = { (number: Int) in
            JournalRecord(
                kind: number.isMultiple(of: 3) ? "item" : "feedback", time: number * 10,
                payload: [UInt8](repeating: UInt8(number), count: number))
        }
        for number in 0..<60 { producer.append(.record(record(number))) }
        let items = try await journal.records(of: "item")
        #expect(items.map(\.record) == (0..<20).map { record($0 * 3) })
        #expect(items.map(\.id) == items.map(\.id).sorted())
        #expect(try await journal.records(of: "item", since: 300).map(\.record.time).first == 300)
        let second = try await journal.records(of: "item", after: items[4].id, limit: 5)
        #expect(second == Array(items[5..<10]))
        #expect(try await journal.records(of: "nothing").isEmpty)
    }

    @Test func `the epoch stays with the file until a new one is asked for`() throws {
        let journal = try Journal(path: folder.journal)
        let first = try journal.epoch()
        try journal.close(within: .seconds(60))
        let again = try Journal(path: folder.journal)
        #expect(try again.epoch() == first)
        let second = try again.newEpoch()
        #expect(second != first)
        #expect(try again.epoch() == second)
    }

    @Test func `a full mailbox is reported, takes entries all the same and tells of relief`()
        async throws
    {
        let journal = try Journal(path: folder.journal, settings: JournalSettings(waitingLimit: 8))
        let producer = TestProducer(journal)
        let other = TestProducer(journal)
        var receipts: [JournalReceipt] = []
        for revision in 1...2_000 { receipts.append(producer.append(.edit(edit("a", revision)))) }
        #expect(receipts.filter(\.isFull).isEmpty == false)
        await producer.outcomes.decided(2_000)
        _ = await other.write(.edit(edit("b", 1)))
        #expect(producer.outcomes.reliefs > 0)
        #expect(producer.outcomes.reliefs == other.outcomes.reliefs)
        #expect(producer.append(.edit(edit("a", 2_001))).isFull == false)
    }

    @Test func `closing writes what waits, and what comes later fails`() async throws {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        for revision in 1...500 { producer.append(.edit(edit("a", revision))) }
        try journal.close(within: .seconds(60))
        #expect(producer.outcomes.commits.last?.through == 500)
        #expect(producer.outcomes.failures.isEmpty)
        #expect(await producer.write(.edit(edit("a", 501))) == .closed)
        await #expect(throws: JournalError.closed) { try await journal.load("a") }
        #expect(throws: JournalError.closed) { try journal.epoch() }
        #expect(access(folder.journal + "-wal", F_OK) != 0, "the log is merged")
        #expect(try await Journal(path: folder.journal).load("a").revision == 500)
    }

    @Test func `a journal that is open cannot be opened again`() throws {
        let journal = try Journal(path: folder.journal)
        #expect(throws: JournalError.locked(path: folder.journal, process: getpid())) {
            try Journal(path: folder.journal)
        }
        try journal.close(within: .seconds(60))
        _ = try Journal(path: folder.journal)
    }
}
