// Turns the logits of a binary model into probabilities that agree with what happens.

import Numerics

/// A line through logits, under the logistic function.
///
/// Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999; fitted as in Lin, Lin and
/// Weng, "A Note on Platt's Probabilistic Outputs for Support Vector Machines", 2007.
package struct PlattScaling: Equatable, Sendable {
    /// Above 0, so that the order of logits is kept.
    package let slope: Float
    package let intercept: Float

    package init(slope: Float, intercept: Float) {
        precondition(slope > 0)
        self.slope = slope
        self.intercept = intercept
    }

    package func probability(_ logit: Float) -> Float {
        logistic(slope * logit + intercept)
    }

    /// Fits the line to logits and whether each belongs to a positive example.
    ///
    /// Nil where the logits say nothing, or the opposite: the best line does not rise.
    package init?(fitting logits: [Float], positives: [Bool]) {
        precondition(logits.count == positives.count)
        let count = positives.count { $0 }
        // Targets softened by one example of each kind, so that no certainty comes of few examples.
        let high = Double(count + 1) / Double(count + 2)
        let low = 1 / Double(positives.count - count + 2)
        let examples = zip(logits, positives).map { (x: Double($0), target: $1 ? high : low) }
        var (a, b) = (0.0, Double.log(Double(count + 1) / Double(positives.count - count + 1)))
        var loss = Self.loss(examples, a, b)
        for _ in 0..<100 {
            let (stepA, stepB) = Self.newtonStep(examples, a, b)
            var scale = 1.0
            var next = Self.loss(examples, a + stepA, b + stepB)
            while next >= loss, scale > 1e-6 {
                scale /= 2
                next = Self.loss(examples, a + scale * stepA, b + scale * stepB)
            }
            guard next < loss - 1e-10 else { break }
            (a, b, loss) = (a + scale * stepA, b + scale * stepB, next)
        }
        guard a > 1e-6, a.isFinite, b.isFinite else { return nil }
        self.init(slope: Float(a), intercept: Float(b))
    }

    private static func loss(
        _ examples: [(x: Double, target: Double)], _ a: Double, _ b: Double
    ) -> Double {
        examples.reduce(0) { sum, example in
            let z = a * example.x + b
            // log(1 + exp(z)) − target · z, in the form that does not overflow.
            return sum + max(z, 0) + Double.log(1 + Double.exp(-abs(z))) - example.target * z
        }
    }

    private static func newtonStep(
        _ examples: [(x: Double, target: Double)], _ a: Double, _ b: Double
    ) -> (Double, Double) {
        // Ridge that keeps the Hessian invertible.
        var (haa, hbb, hab, ga, gb) = (1e-9, 1e-9, 0.0, 0.0, 0.0)
        for (x, target) in examples {
            let p = 1 / (1 + Double.exp(-(a * x + b)))
            let weight = p * (1 - p)
            haa += x * x * weight
            hbb += weight
            hab += x * weight
            ga += x * (p - target)
            gb += p - target
        }
        let determinant = haa * hbb - hab * hab
        return ((-hbb * ga + hab * gb) / determinant, (hab * ga - haa * gb) / determinant)
    }
}
