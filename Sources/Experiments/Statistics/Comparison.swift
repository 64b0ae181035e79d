// A treatment beside the control, on one measure.

/// Difference and relative lift of a treatment, with what may be said of them at any time.
package struct Comparison: Equatable, Sendable {
    package let control: Estimate
    package let treatment: Estimate
    package let difference: Effect
    /// nil where nothing varies, or an arm has fewer than `SequentialTest.minimumUnits`.
    package let differenceInterval: ClosedRange<Double>?
    /// The difference as a share of the control's size; nil where that is 0.
    package let lift: Double?
    /// 0 is in it just where it is in that of the difference; nil where that is, or where the control might
    /// be 0, for then the lift has no bound.
    package let liftInterval: ClosedRange<Double>?
    /// The always-valid p of the difference; 1 where there is no interval.
    package let pValue: Double

    package init(control: Estimate, treatment: Estimate, _ test: SequentialTest) {
        self.control = control
        self.treatment = treatment
        difference = Effect(difference: treatment, control)
        lift = control.value == 0 ? nil : difference.value / control.value.magnitude
        guard min(control.units, treatment.units) >= SequentialTest.minimumUnits,
            difference.variance > 0
        else {
            (differenceInterval, liftInterval, pValue) = (nil, nil, 1)
            return
        }
        differenceInterval = test.interval(difference)
        liftInterval = Self.liftInterval(control, treatment, test.squaredBound(difference))
        pValue = test.pValue(difference)
    }

    /// The lifts r − 1 for which b − r a, with variance V(b) + r² V(a), is within the bound k.
    ///
    /// They lie between the zeros of r² (a² − k V(a)) − 2 r a b + b² − k V(b). With a tuned mixture the bound
    /// does not depend on the variance, and each r has its own always-valid test. Source: Fieller, "Some
    /// problems in interval estimation", J. R. Stat. Soc. B 16, 1954.
    private static func liftInterval(
        _ control: Estimate, _ treatment: Estimate, _ bound: Double
    ) -> ClosedRange<Double>? {
        let (a, b) = (control.value, treatment.value)
        let square = a * a - bound * control.variance
        guard square > 0 else { return nil }
        let rest = b * b - bound * treatment.variance
        let root = max(0, a * a * b * b - square * rest).squareRoot()
        let (low, high) = ((a * b - root) / square - 1, (a * b + root) / square - 1)
        return a > 0 ? low...high : -high ... -low
    }

    /// 1 where the treatment is shown to be above the control, −1 below, 0 where neither is shown.
    package var sign: Int {
        guard let differenceInterval else { return 0 }
        if differenceInterval.lowerBound > 0 { return 1 }
        return differenceInterval.upperBound < 0 ? -1 : 0
    }
}
