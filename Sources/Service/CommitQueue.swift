// Answers that wait for the disk.

internal import Documents
internal import Journal
internal import Reactor
internal import Wire

/// What is to be said once a journal entry is on disk.
struct AwaitedCommit {
    enum Answer {
        /// An edit: `ack` to its author, the edit to the others.
        case edit(document: SlabToken, revision: Int, sequence: Int, author: Caller, MessageID?)
        /// An edit that came again before its first coming was on disk.
        case again(document: SlabToken, revision: Int, sequence: Int, author: Caller, MessageID?)
        /// The text that is held for a subscriber, as it has edits which are not on disk.
        case held(document: SlabToken, ConnectionRef)
        /// A request whose record is to be kept, such as feedback.
        case record(Caller, MessageID?)
        /// A snapshot: nobody waits for it.
        case snapshot(document: SlabToken, revision: Int)
        /// What nobody asked for and nobody waits for.
        case unasked
    }

    let ticket: UInt64
    let offered: Instant
    let answer: Answer

    /// Whether the ticket is its own; the others follow the entry before them.
    var hasEntry: Bool {
        switch answer {
        case .edit, .record, .snapshot, .unasked: true
        case .again, .held: false
        }
    }
}

/// A shard's journal entries that are not decided, in the order of their tickets.
///
/// Bounded by the journal, which asks authors to pause when too much waits.
struct CommitQueue {
    private var waiting: [AwaitedCommit] = []
    private var first = 0

    var isEmpty: Bool { first == waiting.count }
    var count: Int { waiting.count - first }

    mutating func append(_ commit: AwaitedCommit) {
        waiting.append(commit)
    }

    /// Takes the next entry if its ticket is decided.
    mutating func next(through ticket: UInt64) -> AwaitedCommit? {
        guard first < waiting.count, waiting[first].ticket <= ticket else { return nil }
        defer {
            first += 1
            forgetTaken()
        }
        return waiting[first]
    }

    /// Frees the entries that were taken, once they are the greater part.
    ///
    /// Under load the queue is never empty.
    private mutating func forgetTaken() {
        if first == waiting.count {
            waiting.removeAll(keepingCapacity: waiting.capacity <= 4096)
        } else if first > 64, 2 * first >= waiting.count {
            waiting.removeFirst(first)
        } else {
            return
        }
        first = 0
    }

    /// The ticket of the newest entry: what is decided when it is, is decided.
    var last: UInt64 { waiting.last?.ticket ?? 0 }
}
