// Multinomial logistic regression over sparse features.

import Numerics

/// A linear model: logits are the sum of the rows of the features an example has.
///
/// Fitted example by example with AdaGrad, whose step for a weight shrinks with that weight's own
/// gradients: rare features still learn when frequent ones have settled, without a schedule.
/// Neither bias nor penalty: features carry a length of 1 and there are few passes, which is
/// penalty enough.
package struct SoftmaxRegression: Sendable {
    /// What governs the fit.
    package struct Settings: Equatable, Sendable {
        /// How often every example is seen.
        package var passes = 30
        /// Small: long steps fit the last mistake too well (CLINC150 valid 92.6 % at 0.3, 93.1 at
        /// 0.08; at five examples an intent 67.7 and 71.0).
        package var learningRate: Float = 0.08
        /// Classes whose gradient is smaller are skipped: three times faster, equally accurate.
        package var gradientFloor: Float = 1e-3

        package init() {}
    }

    package let classCount: Int
    package let featureCount: Int
    /// Elements from one row to the next: `classCount` in whole vectors.
    package let stride: Int
    /// Shape (features, stride), row-major; the columns from `classCount` on are zero.
    package private(set) var weights: [Float]

    /// Fits the model; equal examples, settings and random numbers give equal weights.
    ///
    /// `labels` gives the class of each row of `examples`; `progress` is told after every pass, with
    /// the mean log loss of the examples as they were met.
    package init(
        fitting examples: SparseMatrix, labels: [Int], featureCount: Int, classCount: Int,
        settings: Settings, using random: inout some RandomNumberGenerator,
        progress: (_ pass: Int, _ loss: Double) -> Void = { _, _ in }
    ) {
        precondition(labels.count == examples.rowCount && classCount > 0)
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classCount })
        self.classCount = classCount
        self.featureCount = featureCount
        stride = wholeVectors(classCount)
        weights = Array(repeating: 0, count: featureCount * stride)
        var history = weights
        var gradient = [Float](repeating: 0, count: stride)
        var order = Array(labels.indices)
        for pass in 1...settings.passes {
            order.shuffle(using: &random)
            var loss = 0.0
            for row in order {
                loss += learn(
                    examples.columns(ofRow: row), examples.values(ofRow: row), label: labels[row],
                    settings, &history, &gradient)
            }
            progress(pass, loss / Double(max(order.count, 1)))
        }
    }

    /// Adds the logits of an example to `sum`, which has `stride` elements.
    package func addLogits(
        columns: Span<UInt32>, values: Span<Float>, to sum: inout MutableSpan<Float>
    ) {
        sumRows(columns, scales: values, of: weights.span, stride: stride, into: &sum)
    }

    /// Takes one step; gives the log loss before it.
    private mutating func learn(
        _ columns: Span<UInt32>, _ values: Span<Float>, label: Int, _ settings: Settings,
        _ history: inout [Float], _ gradient: inout [Float]
    ) -> Double {
        let loss = fillGradient(columns, values, label, settings.gradientFloor, &gradient)
        var table = weights.mutableSpan
        var past = history.mutableSpan
        adaGradStep(
            &table, history: &past, rows: columns, values: values, gradient: gradient.span,
            rate: settings.learningRate)
        return loss
    }

    /// Writes the derivative of the log loss by the logits: probability minus target.
    private func fillGradient(
        _ columns: Span<UInt32>, _ values: Span<Float>, _ label: Int, _ floor: Float,
        _ gradient: inout [Float]
    ) -> Double {
        var output = gradient.mutableSpan
        for c in 0..<classCount { output[c] = 0 }
        // Softmax over whole vectors: what pads them must come out as 0.
        for c in classCount..<stride { output[c] = -1e30 }
        addLogits(columns: columns, values: values, to: &output)
        softmax(&output)
        let loss = -Double.log(max(Double(output[label]), 1e-12))
        output[label] -= 1
        for c in 0..<classCount where abs(output[c]) < floor { output[c] = 0 }
        return loss
    }
}
