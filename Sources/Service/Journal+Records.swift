// What the journal keeps beside documents, as the models learn from it.

internal import Dispatch
internal import JSON
internal import Journal
internal import Ranking
internal import Synchronization

extension Journal {
    static var pageSize: Int { 10_000 }

    /// Reads all records of a kind and waits for it, as `recordsNow` does.
    func allRecordsNow(of kind: String) throws(JournalError) -> [StoredRecord] {
        var all: [StoredRecord] = []
        while true {
            let page = try recordsNow(of: kind, after: all.last?.id ?? 0)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }

    /// Reads a page of records and waits for it: never to be called on a loop or the journal's queues.
    func recordsNow(of kind: String, after id: Int) throws(JournalError) -> [StoredRecord] {
        let page = AwaitedPage()
        records(of: kind, after: id, limit: Self.pageSize) { result in
            page.result.withLock { $0 = result }
            page.isDone.signal()
        }
        page.isDone.wait()
        return try page.result.withLock { $0 }.get()
    }
}

/// A page of records that a thread waits for.
private final class AwaitedPage: Sendable {
    let isDone = DispatchSemaphore(value: 0)
    let result = Mutex<Result<[StoredRecord], JournalError>>(.success([]))
}

extension RecommenderEvent {
    /// Reads a change of an item; `nil` where it is of another corpus.
    init?(itemRecord stored: StoredRecord, of corpus: Corpus) throws {
        let json = try JSONValue(parsing: stored.record.payload)
        guard json["corpus"]?.string == corpus.rawValue, let item = json["item"]?.string else {
            return nil
        }
        if json["removed"]?.bool == true {
            self = .remove(item: item)
        } else {
            self = .upsert(try Item(json))
        }
    }
}

extension Interaction {
    /// Reads an interaction that was kept; `nil` where it is of a version that is not known here.
    init?(record stored: StoredRecord) {
        guard let json = try? JSONValue(parsing: stored.record.payload),
            let item = json["item"]?.string,
            let action = json["action"]?.string.flatMap(Action.init(rawValue:))
        else { return nil }
        let name = json["recommendation"]?.string.flatMap(AnswerName.init)
        self.init(
            item: item, action: action, time: Double(stored.record.time) / 1e6,
            scope: name?.document, user: json["user"]?.string)
    }
}
