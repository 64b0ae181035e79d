// Binary logistic regressions that share their features.

import Numerics

/// One linear model a class, each for itself: an example may have any number of classes.
///
/// Fitted example by example with AdaGrad, all classes in one pass over the features, like
/// `SoftmaxRegression`. There is no bias: a column that is 1 in every example gives one.
package struct LogisticRegression: Sendable {
    /// What governs the fit.
    package struct Settings: Equatable, Sendable {
        /// How often every example is seen.
        package var passes = 30
        package var learningRate: Float = 0.2
        /// Classes whose gradient is smaller are skipped.
        package var gradientFloor: Float = 1e-3

        package init() {}
    }

    package let classCount: Int
    package let featureCount: Int
    /// Elements from one row to the next: `classCount` in whole vectors.
    package let stride: Int
    /// Shape (features, stride), row-major; the columns from `classCount` on are zero.
    package private(set) var weights: [Float]

    /// Fits the models; equal examples, settings and random numbers give equal weights.
    ///
    /// `classes` gives those of each row of `examples`; `progress` is told after every pass, with
    /// the mean log loss of the examples as they were met, summed over the classes.
    package init(
        fitting examples: SparseMatrix, classes: [[Int]], featureCount: Int, classCount: Int,
        settings: Settings, using random: inout some RandomNumberGenerator,
        progress: (_ pass: Int, _ loss: Double) -> Void = { _, _ in }
    ) {
        precondition(classes.count == examples.rowCount && classCount > 0)
        precondition(classes.allSatisfy { $0.allSatisfy { $0 >= 0 && $0 < classCount } })
        self.classCount = classCount
        self.featureCount = featureCount
        stride = wholeVectors(classCount)
        weights = Array(repeating: 0, count: featureCount * stride)
        var history = weights
        var gradient = [Float](repeating: 0, count: stride)
        var order = Array(classes.indices)
        for pass in 1...max(settings.passes, 1) {
            order.shuffle(using: &random)
            var loss = 0.0
            for row in order {
                let (columns, values) = (examples.columns(ofRow: row), examples.values(ofRow: row))
                loss += fillGradient(columns, values, classes[row], settings, &gradient)
                var table = weights.mutableSpan
                var past = history.mutableSpan
                adaGradStep(
                    &table, history: &past, rows: columns, values: values,
                    gradient: gradient.span, rate: settings.learningRate)
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

    /// Writes the derivative of the log loss by the logits: probability minus target; gives the loss.
    private func fillGradient(
        _ columns: Span<UInt32>, _ values: Span<Float>, _ classes: [Int], _ settings: Settings,
        _ gradient: inout [Float]
    ) -> Double {
        for c in gradient.indices { gradient[c] = 0 }
        var output = gradient.mutableSpan
        addLogits(columns: columns, values: values, to: &output)
        var loss = 0.0
        for c in 0..<classCount {
            let isTarget = classes.contains(c)
            let probability = logistic(gradient[c])
            let own = isTarget ? probability : 1 - probability
            loss -= Double.log(max(Double(own), 1e-12))
            let difference = probability - (isTarget ? 1 : 0)
            gradient[c] = abs(difference) < settings.gradientFloor ? 0 : difference
        }
        return loss
    }
}

/// The probability of a logit: 1 / (1 + exp(−x)).
package func logistic(_ x: Float) -> Float {
    Float(1 / (1 + Double.exp(-Double(x))))
}
