// Counts and last times by key.

/// Rows of counters, one for each key that events have been counted for.
///
/// Row −1 stands for keys that nothing is known of: its counts are 0.
struct TallyTable: Sendable {
    /// Where a counter stands in a row.
    struct Column: Equatable, Sendable {
        let tally: Int
        /// Where its window stands; −1 without one.
        let window: Int
        let span: Double
    }

    private struct Tally: Sendable {
        var count = 0.0
        /// The latest time.
        var last = -Double.infinity
    }

    private let counters: [DeclaredFeature.Counter]
    private let columns: [Column]
    private let windowCount: Int
    /// Shape (rows, counters), row-major.
    private var tallies: [Tally] = []
    /// Shape (rows, windows), row-major.
    private var windows: [SlidingWindow] = []
    private(set) var rowCount = 0

    init(_ counters: [DeclaredFeature.Counter]) {
        self.counters = counters
        var columns: [Column] = []
        var windowCount = 0
        for (i, counter) in counters.enumerated() {
            let isWindowed = counter.window != nil
            columns.append(
                Column(tally: i, window: isWindowed ? windowCount : -1, span: counter.window ?? 0))
            if isWindowed { windowCount += 1 }
        }
        self.columns = columns
        self.windowCount = windowCount
    }

    func column(of counter: DeclaredFeature.Counter) -> Column {
        guard let i = counters.firstIndex(of: counter) else {
            preconditionFailure("a counter that was not declared")
        }
        return columns[i]
    }

    /// Adds a row and gives its number.
    mutating func addRow() -> Int {
        rowCount += 1
        for _ in counters { tallies.append(Tally()) }
        for _ in 0..<windowCount { windows.append(SlidingWindow()) }
        return rowCount - 1
    }

    /// Whether any counter counts `action`.
    func counts(_ action: Action) -> Bool {
        counters.contains { $0.action == action }
    }

    /// Counts an action in all counters that it concerns.
    mutating func count(_ action: Action, at time: Double, row: Int) {
        for (i, counter) in counters.enumerated() where counter.action == action {
            let tally = row * counters.count + i
            tallies[tally].count += 1
            tallies[tally].last = max(tallies[tally].last, time)
            guard columns[i].window >= 0 else { continue }
            windows[row * windowCount + columns[i].window].count(at: time, span: columns[i].span)
        }
    }

    /// A row, or −1 where nothing was counted for it.
    @inline(__always)
    func known(_ row: Int) -> Int { row < rowCount ? row : -1 }

    @inline(__always)
    func count(_ column: Column, row: Int, at now: Double) -> Double {
        guard row >= 0 else { return 0 }
        if column.window < 0 { return tallies[row * counters.count + column.tally].count }
        return windows[row * windowCount + column.window].sum(at: now, span: column.span)
    }

    /// The latest time; −∞ where there is none.
    @inline(__always)
    func last(_ column: Column, row: Int) -> Double {
        row >= 0 ? tallies[row * counters.count + column.tally].last : -.infinity
    }
}

/// How many events there were in the last while, to a sixteenth of it.
///
/// The span is cut into sixteen slices of time; the one that `now` lies in and the fifteen before it are summed. What
/// lies before them is forgotten.
struct SlidingWindow: Sendable {
    private var counts = SIMD16<UInt32>()
    /// The number of the newest slice, in element 0; older ones follow.
    private var newest = Int.min
    private static let ages = SIMD16<UInt32>(
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

    mutating func count(at time: Double, span: Double) {
        let slice = Self.slice(of: time, span)
        if newest == .min { newest = slice }
        if slice > newest {
            counts = counts.shifted(by: slice - newest)
            newest = slice
        }
        let age = newest - slice
        if age < 16 { counts[age] &+= 1 }
    }

    func sum(at now: Double, span: Double) -> Double {
        guard newest != .min else { return 0 }
        let age = Self.slice(of: now, span) - newest
        if age <= 0 { return Double(counts.wrappedSum()) }
        guard age < 16 else { return 0 }
        let isPast = Self.ages .>= UInt32(16 - age)
        return Double(counts.replacing(with: 0, where: isPast).wrappedSum())
    }

    private static func slice(of time: Double, _ span: Double) -> Int {
        Int(max(-1e15, min(1e15, (time / span * 16).rounded(.down))))
    }
}

extension SIMD16<UInt32> {
    /// Elements moved towards the end; zeros come in.
    fileprivate func shifted(by distance: Int) -> Self {
        var result = Self()
        guard distance < 16 else { return result }
        for i in distance..<16 { result[i] = self[i - distance] }
        return result
    }
}
