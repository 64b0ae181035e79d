// What each unit of an experiment did.

/// The totals of one unit, from its first exposure on.
package struct UnitTotals: Equatable, Sendable {
    /// The number of its arm.
    package let arm: Int
    package let exposures: Int
    /// In which of the times with other shares it came in.
    package let period: Int
    /// By event, in the order of `ExperimentTotals.events`: after the first exposure.
    package let after: [Tally]
    /// The same before it: the covariate.
    package let before: [Tally]
    /// Labels of the groups it belongs to, such as `locale=de`.
    package let slices: [String]

    package init(
        arm: Int, exposures: Int = 1, period: Int = 0, after: [Tally], before: [Tally],
        slices: [String] = []
    ) {
        precondition(after.count == before.count)
        self.arm = arm
        self.exposures = exposures
        self.period = period
        self.after = after
        self.before = before
        self.slices = slices
    }

    /// How many events there were, and the sum of their values.
    package struct Tally: Equatable, Sendable {
        package var count: Int
        package var sum: Double

        package init(count: Int = 0, sum: Double = 0) {
            self.count = count
            self.sum = sum
        }
    }
}

/// The units of an experiment: what a report is made of.
package struct ExperimentTotals: Equatable, Sendable {
    /// The names of the events that units are counted by.
    package let events: [String]
    package let units: [UnitTotals]
    /// How many units were seen in a second arm; they count in their first.
    package let crossed: Int
    /// How many units came in by an arm that is no more; they do not count.
    package let gone: Int

    package init(events: [String], units: [UnitTotals], crossed: Int = 0, gone: Int = 0) {
        self.events = events
        self.units = units
        self.crossed = crossed
        self.gone = gone
    }
}
