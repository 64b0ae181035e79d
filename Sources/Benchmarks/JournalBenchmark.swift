// How many edits a second come to lie on disk.

import Dispatch
import JSON
import Journal
import Synchronization

/// Appends edits and keeps a number of them on their way: {"path": …, "inFlight": [1, 64], "seconds": 2}.
func measureJournal(_ plan: JSONValue) throws {
    guard let path = plan["path"]?.string else { fail("a path is needed") }
    let seconds = plan["seconds"]?.double ?? 2
    let rows = try (plan["inFlight"]?.array ?? []).compactMap(\.int).enumerated().map {
        run, inFlight in
        let journal = try Journal(path: "\(path)-\(run)")
        let writer = JournalPress(journal)
        let rate = writer.run(inFlight: inFlight, seconds: seconds)
        try journal.close(within: .seconds(5))
        return ["inFlight": .number(Double(inFlight)), "rate": .number(rate)] as JSONValue
    }
    printFigures(["rows": .array(rows)])
}

/// One producer of edits to as many documents as are on their way, like authors who await each `ack`.
private final class JournalPress: Sendable {
    private struct State {
        var producer: JournalProducer?
        var revisions: [Int] = []
        var next = 0
        var decided = 0
        var isRunning = true
    }

    private let journal: Journal
    private let state = Mutex(State())

    init(_ journal: Journal) {
        self.journal = journal
        let producer = journal.register(onCommit: { [weak self] in self?.refill($0) }, onRelief: {})
        state.withLock { $0.producer = producer }
    }

    /// Gives the edits a second that were decided.
    func run(inFlight: Int, seconds: Double) -> Double {
        state.withLock { $0.revisions = Array(repeating: 0, count: inFlight) }
        let start = ContinuousClock.now
        append(inFlight)
        _ = DispatchSemaphore(value: 0).wait(timeout: .now() + seconds)
        let decided = state.withLock { state in
            state.isRunning = false
            return state.decided
        }
        return Double(decided) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// Tickets count the entries of the producer: how far they are decided says how many are.
    private func refill(_ commit: JournalCommit) {
        guard commit.failures.isEmpty else {
            fail("the journal failed: \(commit.failures[0].error)")
        }
        let room = state.withLock { state in
            let decided = Int(commit.through) - state.decided
            state.decided = Int(commit.through)
            return state.isRunning ? decided : 0
        }
        append(room)
    }

    private func append(_ count: Int) {
        for _ in 0..<count {
            state.withLock { state in
                guard let producer = state.producer else { return }
                let document = state.next % state.revisions.count
                state.next += 1
                state.revisions[document] += 1
                let edit = JournalEdit(
                    document: "bench/\(document)", revision: state.revisions[document],
                    session: "0123456789abcdef0123456789abcdef",
                    sequence: state.revisions[document],
                    user: "bench", time: 0, payload: Array("an edit of some bytes".utf8))
                _ = journal.append(.edit(edit), from: producer)
            }
        }
    }
}
