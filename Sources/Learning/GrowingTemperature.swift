// A temperature that changes with how much of a text there is.

import Numerics

/// The temperature exp(intercept + slope · x), for some measure x of how much is known.
package struct GrowingTemperature: Equatable, Sendable {
    package var intercept: Double
    package var slope: Double

    package init(intercept: Double, slope: Double) {
        self.intercept = intercept
        self.slope = slope
    }

    /// The temperature at `x`, kept in 0.05...20.
    package func value(at x: Double) -> Double {
        min(max(Double.exp(intercept + slope * x), 0.05), 20)
    }

    /// Fits both numbers to answers: the log loss is least.
    ///
    /// `measures` gives the x of each example. The log loss is convex in 1/T but not in these two:
    /// Newton's method with the curvature of the convex part, a step being halved until it helps. It
    /// begins at the best temperature that does not grow, so the result is never worse than that.
    package init(fitting answers: LabelledLogits, measures: [Double]) {
        precondition(measures.count == answers.labels.count)
        self.init(intercept: Double.log(Double(answers.bestTemperature())), slope: 0)
        guard measures.count > 1 else { return }
        var here = Fall(answers, measures, at: self)
        for _ in 0..<15 {
            let step = here.newtonStep
            var length = 1.0
            while length > 0.05 {
                let next = GrowingTemperature(
                    intercept: intercept + length * step.intercept,
                    slope: slope + length * step.slope)
                let there = Fall(answers, measures, at: next)
                if there.loss < here.loss {
                    (self, here) = (next, there)
                    break
                }
                length /= 2
            }
            guard length > 0.05 else { return }
        }
    }
}

/// The log loss at a temperature, and how it falls.
private struct Fall {
    private(set) var loss = 0.0
    private var gradient = (0.0, 0.0)
    /// The upper triangle of a symmetric matrix.
    private var curvature = (0.0, 0.0, 0.0)

    init(_ answers: LabelledLogits, _ measures: [Double], at temperature: GrowingTemperature) {
        var probabilities = [Float](repeating: 0, count: answers.classCount)
        for (example, label) in answers.labels.enumerated() {
            let x = measures[example]
            let inverse = 1 / temperature.value(at: x)
            let row = answers.logits(of: example)
            for (c, logit) in zip(probabilities.indices, row) {
                probabilities[c] = logit * Float(inverse)
            }
            var output = probabilities.mutableSpan
            softmax(&output)
            loss -= Double.log(max(Double(probabilities[label]), 1e-12))
            var (mean, square) = (0.0, 0.0)
            for (p, logit) in zip(probabilities, row) {
                mean += Double(p) * Double(logit)
                square += Double(p) * Double(logit) * Double(logit)
            }
            let own = Double(row[row.startIndex + label])
            let slope = -inverse * (mean - own)
            let bend = inverse * inverse * max(square - mean * mean, 0)
            gradient = (gradient.0 + slope, gradient.1 + slope * x)
            curvature = (
                curvature.0 + bend, curvature.1 + bend * x, curvature.2 + bend * x * x
            )
        }
    }

    var newtonStep: GrowingTemperature {
        // A little on the diagonal: where all x are equal the slope stays what it is.
        let (a, b, d) = (curvature.0 * 1.001 + 1e-9, curvature.1, curvature.2 * 1.001 + 1e-9)
        let determinant = a * d - b * b
        return GrowingTemperature(
            intercept: -(d * gradient.0 - b * gradient.1) / determinant,
            slope: -(a * gradient.1 - b * gradient.0) / determinant)
    }
}
