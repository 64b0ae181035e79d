import Journal
import Testing

@Suite struct JournalReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func record(_ time: Int) -> JournalRecord {
        JournalRecord(kind: "click", time: time, payload: [UInt8(time), 7])
    }

    @Test func `records of a journal that is served are read beside it, commit by commit`()
        async throws
    {
        let journal = try Journal(path: folder.journal)
        let producer = TestProducer(journal)
        #expect(await producer.write(.record(record(1))) == nil)
        let reader = try JournalReader(path: folder.journal)
        #expect(try reader.epoch == journal.epoch())
        #expect(try reader.records(of: "click").map(\.record) == [record(1)])
        #expect(await producer.write(.record(record(2))) == nil)
        let all = try reader.records(of: "click")
        #expect(all.map(\.record) == [record(1), record(2)])
        #expect(try reader.records(of: "click", after: all[0].id).map(\.record) == [record(2)])
        #expect(try reader.records(of: "click", limit: 1).map(\.record) == [record(1)])
        #expect(try reader.records(of: "other").isEmpty)
    }

    @Test func `a journal that nobody serves is read, and can be served afterwards`() async throws {
        let journal = try Journal(path: folder.journal)
        #expect(await TestProducer(journal).write(.record(record(1))) == nil)
        try journal.close(within: .seconds(60))
        do {
            let reader = try JournalReader(path: folder.journal)
            #expect(try reader.records(of: "click").map(\.record) == [record(1)])
        }
        let again = try Journal(path: folder.journal)
        #expect(await TestProducer(again).write(.record(record(2))) == nil)
        #expect(try await again.records(of: "click").map(\.record) == [record(1), record(2)])
    }

    @Test func `a file that is no journal is refused`() throws {
        try sqlite(folder.journal, "CREATE TABLE other (number INTEGER)")
        #expect(throws: JournalError.notAJournal(path: folder.journal)) {
            try JournalReader(path: folder.journal)
        }
    }
}
