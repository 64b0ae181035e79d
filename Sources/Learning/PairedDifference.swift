// By how much one model is better than another on the same questions.

import Numerics

/// The mean of the differences of a measure, question by question, and how sure it is.
///
/// Source: Sakai, "Evaluating evaluation metrics based on the bootstrap", SIGIR 2006 (paired, percentiles).
package struct PairedDifference: Equatable, Sendable {
    /// The mean of first − second; above 0 where the first is better.
    package let mean: Double
    package let standardError: Double
    /// Where the mean lies on other questions of the kind, from resamples.
    package let interval: ClosedRange<Double>

    /// Compares two lists of one measure, both in the order of the questions; there is at least one.
    package init(_ first: [Double], minus second: [Double], _ bootstrap: Bootstrap = Bootstrap()) {
        precondition(first.count == second.count && !first.isEmpty)
        let differences = zip(first, second).map { $0 - $1 }
        let count = Double(differences.count)
        let mean = differences.reduce(0, +) / count
        let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        standardError = (squares / max(count - 1, 1) / count).squareRoot()
        interval =
            bootstrap.intervals(of: [Array(differences.indices)]) { times in
                var sum = 0.0
                for i in differences.indices { sum += Double(times[i]) * differences[i] }
                return [sum / count]
            }[0]
    }

    /// Whether the first is better by more than chance: the whole interval lies above 0.
    package var isBetter: Bool { interval.lowerBound > 0 }
}
