// What an experiment compares, on whom, and by what it is judged.

/// A controlled experiment: arms, who is in which, and metrics.
///
/// Shares are counted in buckets of `BucketTable.count` (10,000), times in seconds since 1970.
package struct Experiment: Equatable, Sendable {
    package let name: String
    package let unit: AssignmentUnit
    /// What a unit is hashed with: another salt is another, independent assignment.
    package let salt: String
    /// At least two; the first is the control.
    package let arms: [Arm]
    /// Which arm has which buckets of those who take part.
    package let buckets: BucketTable
    /// How many of the buckets take part; who does at some traffic does at any greater one.
    package let traffic: Int
    /// How many of the buckets no experiment of the layer touches, even when an arm is shipped.
    package let holdout: Int
    package let layer: Layer?
    /// From when on; from the beginning of time if nil.
    package let start: Double?
    /// Up to when, exclusive.
    package let stop: Double?
    package let metrics: ExperimentMetrics
    package let state: State
    let seeds: AssignmentSeeds

    package init(
        name: String, unit: AssignmentUnit = .user, salt: String? = nil, arms: [Arm],
        buckets: BucketTable, traffic: Int = BucketTable.count, holdout: Int = 0,
        layer: Layer? = nil, start: Double? = nil, stop: Double? = nil, metrics: ExperimentMetrics,
        state: State = .running
    ) {
        precondition(arms.count >= 2 && arms.count == buckets.shares.count)
        precondition((0...BucketTable.count).contains(traffic))
        precondition((0...BucketTable.count).contains(holdout))
        if case .shipped(let arm) = state { precondition(arms.indices.contains(arm)) }
        self.name = name
        self.unit = unit
        self.salt = salt ?? name
        self.arms = arms
        self.buckets = buckets
        self.traffic = traffic
        self.holdout = holdout
        self.layer = layer
        self.start = start
        self.stop = stop
        self.metrics = metrics
        self.state = state
        seeds = AssignmentSeeds(salt: self.salt, layer: layer?.name)
    }

    package enum State: Equatable, Sendable {
        case running
        /// Nobody is in any arm.
        case stopped
        /// All but the holdout get this arm, by its number; nobody is counted any more.
        case shipped(Int)
    }

    /// A group of mutually exclusive experiments: each has slots of its own, so that no unit is in two.
    package struct Layer: Equatable, Sendable {
        package let name: String
        /// Within 0..<`BucketTable.count`.
        package let slots: Range<Int>

        package init(name: String, slots: Range<Int>) {
            precondition(slots.lowerBound >= 0 && slots.upperBound <= BucketTable.count)
            self.name = name
            self.slots = slots
        }
    }
}

/// What is assigned to an arm as a whole.
package enum AssignmentUnit: String, CaseIterable, Sendable {
    case user, session, document
}

extension Experiment {
    /// The same experiment in another state.
    package func with(state: State) -> Experiment { copy(buckets: buckets, state: state) }

    /// This definition with the buckets that the earlier one gave, as far as the shares allow.
    ///
    /// An arm that grows keeps all its units, one that shrinks keeps as many as it can, and one that keeps its
    /// share keeps its units; arms are the same if their names are. With another salt there is nothing to keep.
    package func keepingUnits(of earlier: Experiment) -> Experiment {
        guard salt == earlier.salt else { return self }
        let kept = earlier.arms.map { arm in arms.firstIndex { $0.name == arm.name } }
        return copy(
            buckets: BucketTable(earlier.buckets, renumbered: kept, shares: buckets.shares),
            state: state)
    }

    private func copy(buckets: BucketTable, state: State) -> Experiment {
        Experiment(
            name: name, unit: unit, salt: salt, arms: arms, buckets: buckets, traffic: traffic,
            holdout: holdout, layer: layer, start: start, stop: stop, metrics: metrics, state: state
        )
    }
}
