// Whether a confidence means what it says, and the temperature that makes it so.

import Numerics

/// Compares confidence with accuracy in bins of equal width.
///
/// Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 2.
package struct ReliabilityTable: Equatable, Sendable {
    /// The answers whose confidence falls into one bin.
    package struct Bin: Equatable, Sendable {
        package fileprivate(set) var count = 0
        package fileprivate(set) var correct = 0
        fileprivate var confidenceSum = 0.0

        /// The mean confidence; 0 while empty.
        package var confidence: Double { confidenceSum / Double(max(count, 1)) }
        /// The share of right answers; 0 while empty.
        package var accuracy: Double { Double(correct) / Double(max(count, 1)) }
    }

    /// Bin i holds the confidences above i/n up to (i + 1)/n.
    package private(set) var bins: [Bin]

    package init(binCount: Int = 15) {
        bins = Array(repeating: Bin(), count: binCount)
    }

    /// Counts an answer, or several equal ones; `confidence` lies in 0...1.
    package mutating func record(confidence: Double, isCorrect: Bool, times: Int = 1) {
        let place = Int((confidence * Double(bins.count)).rounded(.up)) - 1
        let i = min(max(place, 0), bins.count - 1)
        bins[i].count += times
        bins[i].correct += isCorrect ? times : 0
        bins[i].confidenceSum += confidence * Double(times)
    }

    /// The expected calibration error: |accuracy − confidence|, averaged over the answers.
    package var expectedError: Double {
        let total = bins.reduce(0) { $0 + $1.count }
        let sum = bins.reduce(0) { $0 + abs($1.accuracy - $1.confidence) * Double($1.count) }
        return sum / Double(max(total, 1))
    }
}

/// Logits with the right answers, for fitting what turns them into probabilities.
package struct LabelledLogits: Sendable {
    package let classCount: Int
    /// Shape (examples, classes), row-major.
    private var logits: [Float] = []
    package private(set) var labels: [Int] = []

    package init(classCount: Int) {
        self.classCount = classCount
    }

    package mutating func append(_ row: Span<Float>, label: Int) {
        precondition(row.count == classCount)
        for i in row.indices { logits.append(row[i]) }
        labels.append(label)
    }

    /// Adds the examples of others after these.
    package mutating func append(_ others: LabelledLogits) {
        precondition(others.classCount == classCount)
        logits += others.logits
        labels += others.labels
    }

    /// The mean log loss of the right classes when logits are divided by `temperature`; 0 if empty.
    package func logLoss(temperature: Float) -> Double {
        var sum = 0.0
        for (example, label) in labels.enumerated() {
            var probabilities = logits(of: example).map { $0 / temperature }
            var output = probabilities.mutableSpan
            softmax(&output)
            sum -= Double.log(max(Double(output[label]), 1e-12))
        }
        return sum / Double(max(labels.count, 1))
    }

    /// The logits of one example, shape (classes,).
    package func logits(of example: Int) -> ArraySlice<Float> {
        logits[example * classCount..<(example + 1) * classCount]
    }

    /// The temperature under which the log loss is least; logits are divided by it.
    ///
    /// The targets are softened as by Platt ("Probabilistic Outputs for Support Vector Machines",
    /// 1999): with n examples the right class gets (n + 1)/(n + 2), so that a few examples that are
    /// all right do not call for boundless confidence. Stays in 0.05...20; 1 without examples.
    package func bestTemperature() -> Float {
        guard !labels.isEmpty else { return 1 }
        // The loss is convex in 1/T, hence its slope rises and bisection finds the zero.
        var (low, high) = (Double.log(0.05), Double.log(20))
        for _ in 0..<24 {
            let middle = (low + high) / 2
            if slope(atInverseTemperature: Float(Double.exp(middle))) > 0 {
                high = middle
            } else {
                low = middle
            }
        }
        return Float(Double.exp(-(low + high) / 2))
    }

    /// The derivative of the softened log loss by 1/T, summed over the examples.
    private func slope(atInverseTemperature inverse: Float) -> Double {
        let certainty = Double(labels.count + 1) / Double(labels.count + 2)
        var slope = 0.0
        var probabilities = [Float](repeating: 0, count: classCount)
        for (example, label) in labels.enumerated() {
            let row = logits.span.extracting(example * classCount..<(example + 1) * classCount)
            var output = probabilities.mutableSpan
            for c in row.indices { output[c] = row[c] * inverse }
            softmax(&output)
            var (expected, sum) = (0.0, 0.0)
            for c in row.indices {
                expected += Double(output[c] * row[c])
                sum += Double(row[c])
            }
            let own = Double(row[label])
            let others = classCount > 1 ? (sum - own) / Double(classCount - 1) : own
            slope += expected - certainty * own - (1 - certainty) * others
        }
        return slope
    }
}
