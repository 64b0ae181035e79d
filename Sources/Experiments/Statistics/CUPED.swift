// Less variance by what was known before.

/// Takes from an outcome what the same units' past explains of it.
///
/// adjusted = y − θ (x − mean x), with θ = cov(y, x) / var(x) within the arms, pooled. As the assignment is
/// random, x has the same mean in all arms, so the effect stays what it is while its variance falls to
/// 1 − corr². Of ratios y and x are linearised at the means of their arm.
///
/// Source: Deng et al., "Improving the sensitivity of online controlled experiments by utilizing
/// pre-experiment data", WSDM 2013, section 3; for ratios, appendix B.
package struct CUPED: Equatable, Sendable {
    package let theta: Double
    /// The covariate over all arms.
    package let mean: Double
    /// 1 − corr²: the adjusted variance as a share of the other.
    package let varianceRatio: Double

    /// nil where the covariate or the outcome does not vary, or an arm has fewer than two units.
    package init?(_ arms: [UnitMoments]) {
        var (both, past, outcome) = (0.0, 0.0, 0.0)
        var sums = SIMD4<Double>.zero
        for arm in arms {
            guard arm.count > 1, arm.mean[1] != 0, arm.mean[3] != 0 else { return nil }
            let (g, h) = (arm.outcomeGradient, arm.covariateGradient)
            let weight = Double(arm.count - 1)
            both += weight * arm.covariance(g, h)
            past += weight * arm.covariance(h, h)
            outcome += weight * arm.covariance(g, g)
            sums += Double(arm.count) * arm.mean
        }
        guard past > 0, outcome > 0 else { return nil }
        theta = both / past
        mean = sums[2] / sums[3]
        varianceRatio = max(0, 1 - both * both / (past * outcome))
    }

    /// The value of one unit, adjusted.
    package func adjusted(_ value: Double, before: Double) -> Double {
        value - theta * (before - mean)
    }

    /// The adjusted measure of one of the arms that this was made of.
    package func estimate(_ arm: UnitMoments) -> Estimate {
        let direction = arm.outcomeGradient - theta * arm.covariateGradient
        return Estimate(
            value: adjusted(arm.mean[0] / arm.mean[1], before: arm.mean[2] / arm.mean[3]),
            variance: max(0, arm.covariance(direction, direction)) / Double(arm.count),
            units: arm.count)
    }
}
