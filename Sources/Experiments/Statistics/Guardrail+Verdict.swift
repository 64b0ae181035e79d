// Whether a guardrail holds.

extension Guardrail {
    /// What is shown of a margin, at any time of looking (a test of non-inferiority).
    package enum Verdict: String, Sendable {
        /// The loss is smaller than the margin.
        case holds
        /// The loss is greater than the margin.
        case violated
        /// Neither is shown; also where nothing varies, as of events that never happen.
        case undecided
    }

    /// The verdict on a treatment.
    ///
    /// Tested is b − a ∓ margin · |a|, so that there is a verdict for a control of 0 too, where a lift has no
    /// bounds; elsewhere it is what the interval of the lift says. `violation` is the test of the greater loss,
    /// which has no greater alpha than `test`, that of the smaller one.
    package func verdict(
        control: Estimate, treatment: Estimate, _ test: SequentialTest,
        violation: SequentialTest? = nil
    ) -> Verdict {
        guard min(control.units, treatment.units) >= SequentialTest.minimumUnits else {
            return .undecided
        }
        let loss = metric.better == .higher ? -1.0 : 1.0
        let ratio = 1 + (control.value < 0 ? -loss : loss) * margin
        let beyond = Effect(
            value: loss * (treatment.value - ratio * control.value),
            variance: treatment.variance + ratio * ratio * control.variance,
            units: control.units + treatment.units)
        guard let interval = test.interval(beyond), let wider = (violation ?? test).interval(beyond)
        else {
            return .undecided
        }
        if interval.upperBound < 0 { return .holds }
        return wider.lowerBound > 0 ? .violated : .undecided
    }
}
