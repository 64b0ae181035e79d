// The values that threads write at the same time.

import Synchronization

/// A number that only grows; an addition from any thread costs some nanoseconds.
package final class Counter: Sendable {
    private let number = Atomic<UInt64>(0)

    package init() {}

    package var value: UInt64 { number.load(ordering: .relaxed) }

    package func add(_ amount: UInt64 = 1) {
        number.wrappingAdd(amount, ordering: .relaxed)
    }
}

/// A number that goes up and down.
package final class Gauge: Sendable {
    /// The bits of a double.
    private let bits = Atomic<UInt64>(0)

    package init() {}

    package var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    package func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    package func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (done, current) = bits.weakCompareExchange(
                expected: old, desired: new, ordering: .relaxed)
            if done { return }
            old = current
        }
    }
}

/// Counts values by buckets.
package final class Histogram: Sendable {
    /// Seconds, from 50 µs to 10 s: three steps a decade, and one at the 5 ms that are promised.
    package static let latencyBounds: [Double] = [
        0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.02, 0.05,
        0.1, 0.2, 0.5, 1, 2, 5, 10,
    ]

    /// Upper bounds, inclusive, ascending.
    package let bounds: [Double]
    /// One more than bounds: the last takes what is above them all.
    private let buckets: [Counter]
    private let total = Gauge()

    package init(bounds: [Double]) {
        precondition(!bounds.isEmpty && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
        precondition(bounds.allSatisfy(\.isFinite))
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    /// Counts a value, which must be a number.
    package func observe(_ value: Double) {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        buckets[low].add()
        total.add(value)
    }

    /// The sum of all values.
    package var sum: Double { total.value }

    /// For each bound, and then for infinity, how many values were not above it.
    package var cumulativeCounts: [UInt64] {
        var sum: UInt64 = 0
        return buckets.map { bucket in
            sum += bucket.value
            return sum
        }
    }
}

extension Counter: MetricValue {
    package func render(
        name: String, labels: [(name: String, value: String)], into text: inout PrometheusText
    ) {
        text.sample(name, labels: labels, value: String(value))
    }
}

extension Gauge: MetricValue {
    package func render(
        name: String, labels: [(name: String, value: String)], into text: inout PrometheusText
    ) {
        text.sample(name, labels: labels, value: PrometheusText.number(value))
    }
}

extension Histogram: MetricValue {
    package func render(
        name: String, labels: [(name: String, value: String)], into text: inout PrometheusText
    ) {
        let counts = cumulativeCounts
        for (index, count) in counts.enumerated() {
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            text.sample(
                name + "_bucket", labels: labels + [(name: "le", value: bound)],
                value: String(count))
        }
        text.sample(name + "_sum", labels: labels, value: PrometheusText.number(sum))
        // From the same reading as the buckets: both must agree while others go on counting.
        text.sample(name + "_count", labels: labels, value: String(counts[bounds.count]))
    }
}
