// Integrals of polynomials by their values at a few points.

/// Points and weights by which ∫₀¹ f = Σ weights[k] · f(points[k]) for polynomials of degree below 2 · count.
///
/// Source: Press et al., "Numerical Recipes", section 4.6: zeros of the Legendre polynomials by Newton's method.
package struct GaussLegendre: Sendable {
    /// Shape (count,): within 0..<1, greatest first.
    package let points: [Double]
    /// Shape (count,): above 0; their sum is 1.
    package let weights: [Double]

    /// Finds the points; takes O(count²).
    package init(count: Int) {
        precondition(count > 0)
        var (points, weights) = ([Double](), [Double]())
        for k in 0..<count {
            var x = Double.cos(.pi * (Double(k) + 0.75) / (Double(count) + 0.5))
            // From this beginning each step doubles the digits that are right.
            for _ in 0..<6 {
                let (value, slope) = Self.legendre(count, x)
                x -= value / slope
            }
            let slope = Self.legendre(count, x).slope
            points.append((1 + x) / 2)
            weights.append(1 / ((1 - x * x) * slope * slope))
        }
        (self.points, self.weights) = (points, weights)
    }

    /// The Legendre polynomial of a degree and its derivative, at −1 < x < 1.
    private static func legendre(_ degree: Int, _ x: Double) -> (value: Double, slope: Double) {
        var (last, value) = (1.0, x)
        for k in 1..<max(degree, 1) {
            let n = Double(k)
            (last, value) = (value, ((2 * n + 1) * x * value - n * last) / (n + 1))
        }
        return (value, Double(degree) * (x * value - last) / (x * x - 1))
    }
}
