// Counts of values in buckets that widen with the value.

/// Remembers how values are distributed, each to within 0.8 %, in a few kilobytes.
///
/// Log-linear buckets: every octave is cut into 64 equal ones, values below 128 are exact. Made for
/// latencies in nanoseconds; any `UInt64` fits. Merging is exact: the histogram of two runs equals
/// that of both together, in any order.
package struct Histogram: Equatable, Sendable {
    /// How many values were recorded.
    package private(set) var count: UInt64 = 0
    /// The sum of the values; stays at its maximum rather than overflow.
    package private(set) var sum: UInt64 = 0
    /// The least value, exactly; nil while empty.
    package var min: UInt64? { count == 0 ? nil : least }
    /// The greatest value, exactly; 0 while empty.
    package private(set) var max: UInt64 = 0

    private var least = UInt64.max
    /// As long as the highest bucket in use demands.
    private var buckets: [UInt64] = []

    package init() {}

    /// The mean of the values; 0 while empty.
    package var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

    /// Counts one value, or `times` of it.
    package mutating func record(_ value: UInt64, times: UInt64 = 1) {
        guard times > 0 else { return }
        let bucket = Self.bucket(of: value)
        grow(to: bucket + 1)
        buckets[bucket] += times
        count += times
        let (product, overflow) = value.multipliedReportingOverflow(by: times)
        sum = sum.addingSaturated(overflow ? .max : product)
        max = Swift.max(max, value)
        least = Swift.min(least, value)
    }

    /// Adds all that `other` has recorded.
    package mutating func merge(_ other: Histogram) {
        grow(to: other.buckets.count)
        for i in other.buckets.indices { buckets[i] += other.buckets[i] }
        count += other.count
        sum = sum.addingSaturated(other.sum)
        max = Swift.max(max, other.max)
        least = Swift.min(least, other.least)
    }

    /// The value that a share `q` of the values does not exceed (nearest rank); 0 while empty.
    ///
    /// `q` lies in 0...1; 0 gives the least value and 1 the greatest, exactly.
    ///
    /// - Complexity: O(buckets), at most some 3,800.
    package func quantile(_ q: Double) -> UInt64 {
        precondition(q >= 0 && q <= 1)
        guard count > 0 else { return 0 }
        let rank = Swift.max(1, UInt64((q * Double(count)).rounded(.up)))
        if rank == 1 { return least }
        if rank >= count { return max }
        var seen: UInt64 = 0
        for (i, inBucket) in buckets.enumerated() {
            seen += inBucket
            if seen >= rank { return Swift.min(Swift.max(Self.middle(of: i), least), max) }
        }
        return max
    }

    /// How many values are at most `bound`, to within the bucket that holds it.
    ///
    /// For cumulative exports: it never falls as `bound` grows, and from `max` on equals `count`.
    package func count(atMost bound: UInt64) -> UInt64 {
        let last = Self.bucket(of: bound)
        return buckets.prefix(last + 1).reduce(0, +)
    }

    /// The buckets that hold values, from the least: a value of each within 0.8 % of all in it, and how many.
    package var distribution: [(value: UInt64, count: UInt64)] {
        buckets.enumerated().filter { $0.element > 0 }.map { i, count in
            (Swift.min(Swift.max(Self.middle(of: i), least), max), count)
        }
    }

    private mutating func grow(to size: Int) {
        guard size > buckets.count else { return }
        buckets.append(contentsOf: repeatElement(0, count: size - buckets.count))
    }

    private static let octaveBits = 6

    private static func bucket(of value: UInt64) -> Int {
        let shift = Swift.max(0, 63 - value.leadingZeroBitCount - octaveBits)
        return shift << octaveBits + Int(value >> UInt64(shift))
    }

    private static func middle(of bucket: Int) -> UInt64 {
        let shift = Swift.max(0, bucket >> octaveBits - 1)
        let lower = UInt64(bucket - shift << octaveBits) << UInt64(shift)
        return lower + (UInt64(1) << UInt64(shift)) / 2
    }
}

extension UInt64 {
    fileprivate func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
