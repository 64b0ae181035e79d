// A control and a treatment over the same mix of strata.

/// The measure of two arms as the mean of that in their strata, at the same weights for both.
///
/// Where shares grow, most units of the treatment come later than those of the control, and what is merely
/// other later on would look like an effect; within strata it is alike in both arms. A stratum with n and m units
/// weighs n m / (n + m), what it tells of a difference where variances are alike; as weights depend on counts
/// alone, tests are as valid as without strata. Strata that lack an arm tell nothing and do not count. Source:
/// Cochran, "Some methods for strengthening the common χ² tests", Biometrics 10, 1954.
struct StratifiedPair: Equatable {
    let control: Estimate
    let treatment: Estimate

    /// Nil where no stratum has two units of each, and something to divide by.
    ///
    /// `moments` has shape (strata, arms). With CUPED those strata are adjusted where both arms have a past, and it
    /// is nil where none have.
    init?(_ moments: [[UnitMoments]], _ arm: Int, _ cuped: CUPED? = nil) {
        var pairs: [(control: Estimate, treatment: Estimate, weight: Double)] = []
        var isAdjusted = false
        for stratum in moments {
            guard let control = stratum[0].estimate, let treatment = stratum[arm].estimate else {
                continue
            }
            let (n, m) = (Double(control.units), Double(treatment.units))
            let weight = n * m / (n + m)
            if let cuped, stratum[0].hasPast, stratum[arm].hasPast {
                isAdjusted = true
                pairs.append((cuped.estimate(stratum[0]), cuped.estimate(stratum[arm]), weight))
            } else {
                pairs.append((control, treatment, weight))
            }
        }
        guard !pairs.isEmpty, cuped == nil || isAdjusted else { return nil }
        let sum = pairs.reduce(0) { $0 + $1.weight }
        control = Self.mean(pairs.map { ($0.control, $0.weight / sum) })
        treatment = Self.mean(pairs.map { ($0.treatment, $0.weight / sum) })
    }

    private static func mean(_ parts: [(estimate: Estimate, weight: Double)]) -> Estimate {
        parts.reduce(Estimate(value: 0, variance: 0, units: 0)) { sum, part in
            Estimate(
                value: sum.value + part.weight * part.estimate.value,
                variance: sum.variance + part.weight * part.weight * part.estimate.variance,
                units: sum.units + part.estimate.units)
        }
    }
}
