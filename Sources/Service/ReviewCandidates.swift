// Which of the answers that a model is not sure of are written down.

/// Chooses what is kept of unsure answers, so that a text that comes again and again costs little.
///
/// Of each text the first, second, fourth, eighth … coming is kept, with what has come since the one
/// kept before; so the sum tells how often it came to within a factor of two. At most so many are
/// looked at in a second, the first of it. What is remembered is bounded; what is forgotten is merely
/// kept once more.
struct ReviewCandidates {
    private static let perSecond = 50
    private static let remembered = 8192

    private var counts: [UInt64: Int] = [:]
    private var second = 0
    private var seen = 0

    /// Whether one more may be looked at, in microseconds since 1970; each call counts as one.
    mutating func hasRoom(at time: Int) -> Bool {
        if time / 1_000_000 != second {
            second = time / 1_000_000
            seen = 0
        }
        seen += 1
        return seen <= Self.perSecond
    }

    /// Counts a text; gives how many comings a record of it stands for, or `nil` if none is due.
    mutating func count(_ key: UInt64) -> Int? {
        if counts.count >= Self.remembered, counts[key] == nil { counts.removeAll() }
        let count = counts[key, default: 0] + 1
        counts[key] = count
        guard count & (count - 1) == 0 else { return nil }
        return max(count / 2, 1)
    }
}
