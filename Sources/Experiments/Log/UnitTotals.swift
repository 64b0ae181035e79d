// What each unit of an experiment did.

/// The totals of one unit, from its first exposure on.
package struct UnitTotals: Equatable, Sendable {
    /// The number of its arm.
    package let arm: Int
    package let exposures: Int
    /// The number of its stratum in `Strata`: when it came in, and by what kind of bucket.
    package let stratum: Int
    /// By event, in the order of `ExperimentTotals.events`: after the first exposure.
    package let after: [Tally]
    /// The same before it: the covariate.
    package let before: [Tally]
    /// Labels of the groups it belongs to, such as `locale=de`.
    package let slices: [String]

    package init(
        arm: Int, exposures: Int = 1, stratum: Int = 0, after: [Tally], before: [Tally],
        slices: [String] = []
    ) {
        precondition(after.count == before.count)
        self.arm = arm
        self.exposures = exposures
        self.stratum = stratum
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
    /// The labels of all units, in the order in which they were first seen.
    package let slices: [String]

    /// Without `slices` they are in the order of the units.
    package init(
        events: [String], units: [UnitTotals], crossed: Int = 0, gone: Int = 0,
        slices: [String]? = nil
    ) {
        var known: Set<String> = []
        self.slices = slices ?? units.flatMap(\.slices).filter { known.insert($0).inserted }
        self.events = events
        self.units = units
        self.crossed = crossed
        self.gone = gone
    }
}
