// How far a measure would vary on other examples of the same kind.

import Numerics

/// Intervals from resamples of the examples, with replacement.
///
/// Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3 (percentiles).
package struct Bootstrap: Equatable, Sendable {
    package let resamples: Int
    package let seed: UInt64
    /// The share of resamples within the interval.
    package let level: Double

    package init(resamples: Int = 1000, seed: UInt64 = 1, level: Double = 0.95) {
        precondition(resamples > 0 && level > 0 && level < 1)
        self.resamples = resamples
        self.seed = seed
        self.level = level
    }

    /// The intervals of several measures.
    ///
    /// - Parameters:
    ///   - strata: groups of examples, each resampled by itself; together 0..<count.
    ///   - measure: gives the measures when example i counts `times[i]` times.
    /// - Returns: by measure, in the order of `measure`.
    package func intervals(
        of strata: [[Int]], measure: ([Int]) -> [Double]
    ) -> [ClosedRange<Double>] {
        var random = SplitMix64(seed: seed)
        var times = [Int](repeating: 0, count: strata.reduce(0) { $0 + $1.count })
        var values: [[Double]] = []
        for _ in 0..<resamples {
            for i in times.indices { times[i] = 0 }
            for stratum in strata where !stratum.isEmpty {
                for _ in stratum {
                    times[stratum[Int.random(in: stratum.indices, using: &random)]] += 1
                }
            }
            values.append(measure(times))
        }
        return values[0].indices.map { i in interval(values.map { $0[i] }.sorted()) }
    }

    private func interval(_ sorted: [Double]) -> ClosedRange<Double> {
        let tail = Int((1 - level) / 2 * Double(sorted.count))
        return sorted[tail]...sorted[sorted.count - 1 - tail]
    }
}
