// Means and covariances of the totals of units.

/// Of so many units: the means and covariances of an outcome's numerator and denominator, and of the same two
/// before the exposure.
///
/// A metric by unit is a ratio whose denominators are 1, so one formula serves all kinds. The unit of
/// randomisation is the unit here: clicks and impressions of one user go together, and by the delta method
/// their ratio has the right variance. Source: Deng, Knoblich, Lu, "Applying the delta method in metric
/// analytics", KDD 2018.
package struct UnitMoments: Equatable, Sendable {
    package private(set) var count = 0
    /// Shape (4,): numerator, denominator, numerator before, denominator before.
    package private(set) var mean = SIMD4<Double>.zero
    /// Shape (4, 4): sums of products of deviations from the means.
    private var products = [SIMD4<Double>](repeating: .zero, count: 4)

    package init() {}

    /// Adds a unit, by Welford's recurrence (Technometrics 4, 1962).
    package mutating func add(
        _ value: Double, per: Double = 1, before: Double = 0, perBefore: Double = 1
    ) {
        let unit = SIMD4(value, per, before, perBefore)
        count += 1
        let deviation = unit - mean
        mean += deviation / Double(count)
        let rest = unit - mean
        for i in 0..<4 { products[i] += deviation[i] * rest }
    }

    /// gᵀ Σ h, of two directions, by the sample covariance Σ; at least two units.
    func covariance(_ g: SIMD4<Double>, _ h: SIMD4<Double>) -> Double {
        var sum = 0.0
        for i in 0..<4 { sum += g[i] * (products[i] * h).sum() }
        return sum / Double(count - 1)
    }

    /// How the ratio y / x changes with (y, x), at the means: (1 / x, −y / x²).
    var outcomeGradient: SIMD4<Double> {
        SIMD4(1 / mean[1], -mean[0] / (mean[1] * mean[1]), 0, 0)
    }

    /// The same of the covariate.
    var covariateGradient: SIMD4<Double> {
        SIMD4(0, 0, 1 / mean[3], -mean[2] / (mean[3] * mean[3]))
    }

    /// Whether outcome and covariate can be told.
    var hasPast: Bool { count > 1 && mean[1] != 0 && mean[3] != 0 }

    /// The ratio of the means; nil with fewer than two units or a denominator of 0.
    package var estimate: Estimate? {
        guard count > 1, mean[1] != 0 else { return nil }
        let g = outcomeGradient
        return Estimate(
            value: mean[0] / mean[1], variance: max(0, covariance(g, g)) / Double(count),
            units: count)
    }
}
