// The review queue in the journal of a server that does not run.

internal import Dispatch
internal import JSON
package import Journal
internal import Synchronization
package import Wire

/// Opens the journal of an environment for a command; nobody else can while it is open.
package final class ReviewFile: Sendable {
    private let journal: Journal
    private let decided = DispatchSemaphore(value: 0)
    private let outcome = Outcome()
    private let producer: JournalProducer

    /// - Throws: `.locked` if a server has it open.
    package init(path: String) throws(JournalError) {
        journal = try Journal(path: path)
        let (outcome, decided) = (outcome, decided)
        producer = journal.register(
            onCommit: { commit in
                outcome.error.withLock { $0 = commit.failures.first?.error }
                decided.signal()
            }, onRelief: {})
    }

    package func queue(of model: String) throws(JournalError) -> ReviewQueue {
        try ReviewQueue(of: model, in: journal)
    }

    /// Notes that a text was looked at; returns when that is on disk.
    package func decide(
        _ decision: ClientMessage.Reviewed, by user: String, time: Int
    ) throws(JournalError) {
        let record = JournalRecord(
            kind: ReviewRecord.decided(decision.model), time: time,
            payload: ReviewQueue.record(of: decision, by: user).serialized())
        _ = journal.append(.record(record), from: producer)
        decided.wait()
        if let error = outcome.error.withLock({ $0 }) { throw error }
    }

    package func close() throws(JournalError) {
        try journal.close(within: .seconds(10))
    }
}

/// What became of the last entry.
private final class Outcome: Sendable {
    let error = Mutex<JournalError?>(nil)
}
