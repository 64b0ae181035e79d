// Deadlines in the order in which they come.

/// A binary heap of deadlines, each with a token that says whose it is.
///
/// There is no cancelling: whoever gets an expired token looks whether it still matters, and
/// schedules anew if its time was put off. So a deadline that moves with each message (idle,
/// ping) costs nothing a message, and one heap entry a connection.
package struct Timers {
    private struct Entry {
        let deadline: Instant
        let token: UInt64
    }

    private var heap: [Entry] = []

    package init() {}

    /// The earliest deadline.
    package var next: Instant? { heap.first?.deadline }
    package var count: Int { heap.count }

    /// Adds a deadline in O(log n).
    package mutating func schedule(_ token: UInt64, at deadline: Instant) {
        heap.append(Entry(deadline: deadline, token: token))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out a deadline that is over at `now`, earliest first; `nil` where none is.
    package mutating func popExpired(at now: Instant) -> UInt64? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
        return first.token
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
