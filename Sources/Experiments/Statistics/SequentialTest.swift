// A test that may be looked at all the time.

import Numerics

/// A mixture sequential probability ratio test: p-values and intervals that hold at any time of looking, also
/// one that is chosen by what was seen.
///
/// Of an effect with estimate d and variance V, against the normal mixture N(0, τ²) of effects, the ratio of
/// likelihoods is
///
///     Λ = √(V / (V + τ²)) · exp(d² τ² / (2 V (V + τ²))).
///
/// If there is no effect, the chance that Λ ever reaches 1/α is at most α. So min(1, 1/Λ) is an always-valid p,
/// and the effects that are not rejected make up the confidence sequence
///
///     d ± √(V (V + τ²) / τ² · (2 ln(1/α) + ln((V + τ²) / V))).
///
/// Both are exact for normal data of known variance, and otherwise hold as the sample grows: hence
/// `minimumUnits`. They need no history. Sources: Johari, Koomen, Pekelis, Walsh, "Peeking at A/B tests",
/// KDD 2017; Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences", 2021 (the
/// two-sided normal mixture).
package struct SequentialTest: Equatable, Sendable {
    /// The chance of ever being wrong where there is no effect.
    package let alpha: Double
    package let mixture: Mixture

    package enum Mixture: Equatable, Sendable {
        /// τ itself, in the unit of the effect: about as great as the effects that are looked for.
        case deviation(Double)
        /// A τ by which the interval is narrowest when both arms together have so many units.
        case tuned(units: Int)
    }

    /// There are no intervals with fewer in an arm, for variances are estimated.
    package static let minimumUnits = 100

    package init(alpha: Double = 0.05, mixture: Mixture = .tuned(units: 5000)) {
        precondition(alpha > 0 && alpha < 1)
        self.alpha = alpha
        self.mixture = mixture
    }

    /// The same test of one of several hypotheses, by Bonferroni.
    package func split(by count: Int) -> SequentialTest {
        SequentialTest(alpha: alpha / Double(max(count, 1)), mixture: mixture)
    }

    /// The always-valid p; 1 where the variance is 0, as of events that never happen.
    package func pValue(_ effect: Effect) -> Double {
        guard effect.variance > 0 else { return 1 }
        let (v, mixed) = (effect.variance, mixtureVariance(effect))
        let exponent = effect.value * effect.value * mixed / (2 * v * (v + mixed))
        return min(1, ((v + mixed) / v).squareRoot() * Double.exp(-exponent))
    }

    /// Where the effect lies, at all times at once with chance 1 − alpha; nil where the variance is 0.
    package func interval(_ effect: Effect) -> ClosedRange<Double>? {
        guard effect.variance > 0 else { return nil }
        let half = (squaredBound(effect) * effect.variance).squareRoot()
        return effect.value - half...effect.value + half
    }

    /// How many squared standard errors an effect may be from 0 without being shown; the variance is above 0.
    func squaredBound(_ effect: Effect) -> Double {
        let (v, mixed) = (effect.variance, mixtureVariance(effect))
        return (v + mixed) / mixed * (-2 * Double.log(alpha) + Double.log((v + mixed) / v))
    }

    /// The variance τ² of the mixture.
    ///
    /// Tuned: V · n · ρ², where V · n is the variance by unit and ρ² = (−2 ln α + ln(1 − 2 ln α)) / units.
    /// Source: Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences",
    /// 2021 (tuning of Robbins' normal mixture).
    private func mixtureVariance(_ effect: Effect) -> Double {
        switch mixture {
        case .deviation(let tau): return tau * tau
        case .tuned(let units):
            let logarithm = -2 * Double.log(alpha)
            let rho = (logarithm + Double.log(1 + logarithm)) / Double(units)
            return effect.variance * Double(effect.units) * rho
        }
    }
}
