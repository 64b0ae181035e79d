// Counts of the last hour or day, in memory that does not grow.

/// A ring of counts by slot, one of each piece of a window; a piece that is as old as the window is begun anew.
package struct WindowedCounts: Sendable {
    /// In seconds.
    private let piece: Int
    private let pieceCount: Int
    private let slotCount: Int
    /// Shape (pieces, slots).
    private var counts: [UInt32]
    /// The number of the newest piece since 1970.
    private var newest = Int.min

    /// - Parameters:
    ///   - slots: how many counts there are.
    ///   - pieces: into how many the window is cut: the sums are of so many of them, the newest begun only.
    ///   - piece: how long each is, in seconds.
    package init(slots: Int, pieces: Int, of piece: Int) {
        precondition(pieces > 0 && piece > 0)
        self.piece = piece
        pieceCount = pieces
        slotCount = slots
        counts = Array(repeating: 0, count: pieces * slots)
    }

    /// Counts one more in a slot.
    ///
    /// `time` is in seconds since 1970. One that is older than the newest counts as that, as clocks are set
    /// back at times.
    package mutating func add(_ slot: Int, at time: Int) {
        rotate(to: time)
        let place = (newest % pieceCount) * slotCount + slot
        if counts[place] < .max { counts[place] += 1 }
    }

    /// The counts of the window that ends now, shape (slots,).
    package mutating func sums(at time: Int) -> [Int] {
        rotate(to: time)
        var sums = [Int](repeating: 0, count: slotCount)
        for (i, count) in counts.enumerated() { sums[i % slotCount] += Int(count) }
        return sums
    }

    /// Forgets what is too old.
    private mutating func rotate(to time: Int) {
        let now = max(time, 0) / piece
        guard now > newest else { return }
        let passed = newest == .min ? 0 : min(now - newest, pieceCount)
        for i in 0..<passed {
            let first = ((now - i) % pieceCount) * slotCount
            for place in first..<first + slotCount { counts[place] = 0 }
        }
        newest = now
    }
}
