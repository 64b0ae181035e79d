// What the journal keeps beside documents, as the models learn from it.

internal import Dispatch
internal import Journal
internal import Ranking
internal import Synchronization

extension Journal {
    static var pageSize: Int { 10_000 }

    /// Reads all records of a kind after one, and waits for it, as `recordsNow` does.
    func allRecordsNow(
        of kind: String, after id: Int = 0
    ) throws(JournalError) -> [StoredRecord] {
        var all: [StoredRecord] = []
        while true {
            let page = try recordsNow(of: kind, after: all.last?.id ?? id)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }

    /// The newest of the last records of a kind whose payload holds these bytes; waits for it as
    /// `recordsNow` does.
    func lastRecordNow(
        of kind: String, containing bytes: [UInt8]
    ) throws(JournalError) -> StoredRecord? {
        let awaited = Awaited<StoredRecord?>()
        lastRecord(of: kind, containing: bytes, completion: awaited.take)
        return try awaited.value()
    }

    /// Reads a page of records and waits for it: never to be called on a loop or the journal's queues.
    func recordsNow(of kind: String, after id: Int) throws(JournalError) -> [StoredRecord] {
        let awaited = Awaited<[StoredRecord]>()
        records(of: kind, after: id, limit: Self.pageSize, completion: awaited.take)
        return try awaited.value()
    }
}

/// What a thread waits for that reads the journal.
private final class Awaited<Value: Sendable>: Sendable {
    private let isDone = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<Value, JournalError>?>(nil)

    @Sendable func take(_ result: Result<Value, JournalError>) {
        self.result.withLock { $0 = result }
        isDone.signal()
    }

    func value() throws(JournalError) -> Value {
        isDone.wait()
        guard let result = result.withLock({ $0 }) else { preconditionFailure("it was taken") }
        return try result.get()
    }
}
