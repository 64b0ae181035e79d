// How much of a document a model reads before others have their turn.

internal import Reactor

/// Counts the blocks of one turn: 32 at most, and none once the time is up, but for the first.
///
/// The time of a block is bounded by what models read of it, that of a turn by the deadline and one
/// block more: a slice of 32 long blocks would hold the loop for tens of milliseconds.
struct ReadingTurn {
    static let limit = 32

    private let deadline: Instant
    private var count = 0

    init(until deadline: Instant) { self.deadline = deadline }

    /// Whether one more block is read, at a time when none is being read.
    mutating func takesOne(at now: Instant) -> Bool {
        guard count == 0 || count < Self.limit && now <= deadline else { return false }
        count += 1
        return true
    }
}
