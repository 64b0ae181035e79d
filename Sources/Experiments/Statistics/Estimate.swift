// What is known of a measure of one arm, and of the difference of two.

/// A measure of an arm with the variance of this estimate (not of one unit).
package struct Estimate: Equatable, Sendable {
    package let value: Double
    package let variance: Double
    package let units: Int

    package init(value: Double, variance: Double, units: Int) {
        self.value = value
        self.variance = variance
        self.units = units
    }
}

/// An estimate of a difference between arms.
package struct Effect: Equatable, Sendable {
    package let value: Double
    package let variance: Double
    /// Of both arms.
    package let units: Int

    package init(value: Double, variance: Double, units: Int) {
        self.value = value
        self.variance = variance
        self.units = units
    }

    /// By how much the treatment is above the control; the arms are independent.
    package init(difference treatment: Estimate, _ control: Estimate) {
        value = treatment.value - control.value
        variance = treatment.variance + control.variance
        units = treatment.units + control.units
    }
}
