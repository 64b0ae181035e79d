// Two models on the same examples.

package import Learning

/// The measures of two models side by side, and whether they differ by more than chance.
package struct Comparison: Sendable {
    package let first: IntentMeasures
    package let second: IntentMeasures
    /// On the top answers to the examples in scope.
    package let test: PairedTest
    /// By `IntentMeasures.named`, the interval of first − second: both are measured on the same
    /// resamples.
    package let differences: [ClosedRange<Double>]

    /// Compares evaluations on the same data set.
    package init(_ first: Evaluation, _ second: Evaluation, _ bootstrap: Bootstrap) {
        precondition(first.answers.count == second.answers.count)
        self.first = first.measures
        self.second = second.measures
        let inScope = first.strata[0]
        test = PairedTest(
            first: inScope.map { first.answers[$0].isCorrect },
            second: inScope.map { second.answers[$0].isCorrect })
        let (a, b) = (MeasureCounts(first), MeasureCounts(second))
        differences = bootstrap.intervals(of: first.strata) { times in
            let (one, other) = (a.measures(times), b.measures(times))
            return IntentMeasures.named.map { one[keyPath: $0.path] - other[keyPath: $0.path] }
        }
    }
}
