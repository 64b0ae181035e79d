// Counts and last times by key.

internal import Numerics

/// Rows of counters, one for each key that events have been counted for.
///
/// Row −1 stands for keys that nothing is known of: its counts are 0.
struct TallyTable: Sendable {
    /// Where a counter stands in a row; −1 for a window or a last time that it does without.
    struct Column: Equatable, Sendable {
        let tally: Int
        let time: Int
        let window: Int
        let span: Double
    }

    private let counters: [DeclaredFeature.Counter]
    private let columns: [Column]
    private let timeCount: Int
    private let windowCount: Int
    /// Shape (rows, counters), row-major.
    private var counts: [UInt32] = []
    /// Shape (rows, times), row-major: the latest times, −∞ where there is none.
    private var times: [Double] = []
    /// Shape (rows, windows), row-major.
    private var windows: [SlidingWindow] = []
    private(set) var rowCount = 0

    /// Makes an empty table; of the counters in `timed` the last time is kept.
    init(_ counters: [DeclaredFeature.Counter], timed: Set<DeclaredFeature.Counter> = []) {
        self.counters = counters
        var columns: [Column] = []
        var (timeCount, windowCount) = (0, 0)
        for (i, counter) in counters.enumerated() {
            let (isTimed, isWindowed) = (timed.contains(counter), counter.window != nil)
            columns.append(
                Column(
                    tally: i, time: isTimed ? timeCount : -1, window: isWindowed ? windowCount : -1,
                    span: counter.window ?? 0))
            if isTimed { timeCount += 1 }
            if isWindowed { windowCount += 1 }
        }
        self.columns = columns
        self.timeCount = timeCount
        self.windowCount = windowCount
    }

    func column(of counter: DeclaredFeature.Counter) -> Column {
        guard let i = counters.firstIndex(of: counter) else {
            preconditionFailure("a counter that was not declared")
        }
        return columns[i]
    }

    /// Whether any counter counts `action`.
    func counts(_ action: Action) -> Bool {
        counters.contains { $0.action == action }
    }

    /// All that was counted in a row.
    func sum(ofRow row: Int) -> Int {
        counts[row * counters.count..<(row + 1) * counters.count].reduce(0) { $0 + Int($1) }
    }

    // MARK: Changes

    /// Makes rows up to that one, if they are not there.
    mutating func reach(_ row: Int) {
        guard row >= rowCount else { return }
        insertRows(row + 1 - rowCount, at: rowCount)
    }

    /// Puts empty rows before a row, which moves by as many.
    mutating func insertRows(_ count: Int = 1, at row: Int) {
        rowCount += count
        counts.insert(
            contentsOf: repeatElement(0, count: count * counters.count), at: row * counters.count)
        times.insert(
            contentsOf: repeatElement(-.infinity, count: count * timeCount), at: row * timeCount)
        windows.insert(
            contentsOf: repeatElement(SlidingWindow(), count: count * windowCount),
            at: row * windowCount)
    }

    /// Forgets what was counted in a row.
    mutating func clear(_ row: Int) {
        guard row < rowCount else { return }
        for i in row * counters.count..<(row + 1) * counters.count { counts[i] = 0 }
        for i in row * timeCount..<(row + 1) * timeCount { times[i] = -.infinity }
        for i in row * windowCount..<(row + 1) * windowCount { windows[i] = SlidingWindow() }
    }

    /// Keeps only some of the rows, given in ascending order.
    mutating func keep(_ rows: [Int]) {
        counts = rows.flatMap { counts[$0 * counters.count..<($0 + 1) * counters.count] }
        times = rows.flatMap { times[$0 * timeCount..<($0 + 1) * timeCount] }
        windows = rows.flatMap { windows[$0 * windowCount..<($0 + 1) * windowCount] }
        rowCount = rows.count
    }

    /// Counts an action in all counters that it concerns.
    mutating func count(_ action: Action, at time: Double, row: Int) {
        for (i, counter) in counters.enumerated() where counter.action == action {
            counts[row * counters.count + i] += 1
            let column = columns[i]
            if column.time >= 0 {
                let place = row * timeCount + column.time
                times[place] = max(times[place], time)
            }
            guard column.window >= 0 else { continue }
            windows[row * windowCount + column.window].count(at: time, span: column.span)
        }
    }

    // MARK: Reading

    /// A row, or −1 where nothing was counted for it.
    @inline(__always)
    func known(_ row: Int) -> Int { row < rowCount ? row : -1 }

    @inline(__always)
    func count(_ column: Column, row: Int, at now: Double) -> Double {
        guard row >= 0 else { return 0 }
        if column.window < 0 { return Double(counts[row * counters.count + column.tally]) }
        return windows[row * windowCount + column.window].sum(at: now, span: column.span)
    }

    /// The latest time; −∞ where there is none.
    @inline(__always)
    func last(_ column: Column, row: Int) -> Double {
        row >= 0 ? times[row * timeCount + column.time] : -.infinity
    }
}

extension TallyTable {
    func write(to writer: inout StateWriter) {
        writer.add(counts)
        writer.add(times)
        writer.add(count: windows.count)
        for window in windows { window.write(to: &writer) }
    }

    /// Reads what `write` wrote of a table with these counters.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        counts = try reader.numbers()
        times = try reader.doubles()
        windows = []
        for _ in 0..<(try reader.count()) { windows.append(try SlidingWindow(&reader)) }
        rowCount = counters.isEmpty ? 0 : counts.count / counters.count
        try reader.check(
            counts.count == rowCount * counters.count && times.count == rowCount * timeCount
                && windows.count == rowCount * windowCount)
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

extension SlidingWindow {
    func write(to writer: inout StateWriter) {
        writer.add(UInt64(bitPattern: Int64(newest)))
        for i in 0..<16 { writer.add(UInt64(counts[i])) }
    }

    init(_ reader: inout StateReader) throws(ArchiveError) {
        newest = Int(Int64(bitPattern: try reader.number()))
        for i in 0..<16 { counts[i] = UInt32(truncatingIfNeeded: try reader.number()) }
    }
}
