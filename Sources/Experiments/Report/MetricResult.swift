// What an experiment says of one metric.

/// A metric of all arms, and each treatment beside the control.
package struct MetricResult: Equatable, Sendable {
    package let metric: ExperimentMetric
    package let role: Role
    /// Of the control, over the strata of the first treatment that it is compared with; nil where there are fewer
    /// than two units, or nothing to divide by.
    package let control: Estimate?
    /// In the order of the arms.
    package let treatments: [Treatment]
    /// Of CUPED: the adjusted variance as a share of the other; nil where nothing is known from before.
    package let varianceRatio: Double?

    package enum Role: Equatable, Sendable {
        case primary, secondary
        case guardrail(margin: Double)
    }

    package struct Treatment: Equatable, Sendable {
        /// The number of the arm.
        package let arm: Int
        package let raw: Comparison
        /// The same by CUPED.
        package let adjusted: Comparison?
        /// The p of a test that is looked at once, at a size planned before; not valid for looking earlier.
        ///
        /// Of the shares for a conversion, Welch's for others, and for all where shares have changed.
        package let fixedHorizonP: Double
        /// Of a guardrail.
        package let verdict: Guardrail.Verdict?

        /// The comparison that counts: the adjusted one where there is one.
        ///
        /// Whether there is does not depend on the outcome, so the choice costs no validity.
        package var decisive: Comparison { adjusted ?? raw }
    }

    /// `moments` has shape (strata, arms).
    init(
        _ metric: ExperimentMetric, _ role: Role, _ moments: [[UnitMoments]],
        _ test: SequentialTest,
        violation: SequentialTest
    ) {
        self.metric = metric
        self.role = role
        let cuped = CUPED(moments.joined().filter(\.hasPast))
        let guardrail: Guardrail? =
            if case .guardrail(let margin) = role { Guardrail(metric, margin: margin) } else { nil }
        varianceRatio = cuped?.varianceRatio
        treatments = moments[0].indices.dropFirst().compactMap { arm in
            guard let pair = StratifiedPair(moments, arm) else { return nil }
            let raw = Comparison(control: pair.control, treatment: pair.treatment, test)
            let adjusted = cuped.flatMap { StratifiedPair(moments, arm, $0) }
                .map { Comparison(control: $0.control, treatment: $0.treatment, test) }
            let decisive = adjusted ?? raw
            return Treatment(
                arm: arm, raw: raw, adjusted: adjusted,
                fixedHorizonP: metric.fixedHorizonP(raw, isStratified: moments.count > 1),
                verdict: guardrail?.verdict(
                    control: decisive.control, treatment: decisive.treatment, test,
                    violation: violation))
        }
        control =
            treatments.first?.raw.control
            ?? moments.compactMap { $0[0].estimate }.max { $0.units < $1.units }
    }
}

extension ExperimentMetric {
    fileprivate func fixedHorizonP(_ comparison: Comparison, isStratified: Bool) -> Double {
        let (control, treatment) = (comparison.control, comparison.treatment)
        guard case .conversion = kind, !isStratified else {
            return WelchTest(control: control, treatment: treatment).pValue
        }
        func counts(_ arm: Estimate) -> (successes: Int, trials: Int) {
            (Int((arm.value * Double(arm.units)).rounded()), arm.units)
        }
        return TwoProportionTest(control: counts(control), treatment: counts(treatment)).pValue
    }

    /// Whether a difference of this sign is a gain (1), a loss (−1) or neither (0).
    func gain(_ comparison: Comparison) -> Int {
        better == .higher ? comparison.sign : -comparison.sign
    }
}

/// The primary metric within one group of units.
package struct SliceResult: Equatable, Sendable {
    package let slice: String
    /// The number of the treatment.
    package let arm: Int
    /// Of the treatment and the control.
    package let units: Int
    /// Always valid for all slices and treatments together, each at a part of alpha.
    ///
    /// Nil where nothing is told, for the reason that `gap` gives.
    package let comparison: Comparison?
    /// The p of the comparison over that part.
    package let adjustedP: Double?
    package let gap: Gap?

    package enum Gap: String, Sendable {
        /// An arm has fewer than `SequentialTest.minimumUnits`, or nothing to divide by.
        case tooFewUnits
        /// The arms have not the shares they should: what parts the slice is not independent of the arm.
        case sampleRatio
    }
}
