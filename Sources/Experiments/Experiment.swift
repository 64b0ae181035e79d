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
    /// By what the primary metric is told apart in reports.
    package let slices: [SliceDimension]
    package let state: State
    /// The shares that the arms had before, the oldest first.
    package let earlier: [Period]
    /// When it was defined, by which it is known from one that had its name before.
    package let created: Double?
    let seeds: AssignmentSeeds

    package init(
        name: String, unit: AssignmentUnit = .user, salt: String? = nil, arms: [Arm],
        buckets: BucketTable, traffic: Int = BucketTable.count, holdout: Int = 0,
        layer: Layer? = nil, start: Double? = nil, stop: Double? = nil, metrics: ExperimentMetrics,
        slices: [SliceDimension] = [], state: State = .running, earlier: [Period] = [],
        created: Double? = nil
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
        self.slices = slices
        self.state = state
        self.earlier = earlier
        self.created = created
        seeds = AssignmentSeeds(salt: self.salt, layer: layer?.name)
    }

    /// A time in which the arms had shares of their own.
    package struct Period: Equatable, Sendable {
        package let until: Double
        /// In buckets, by the name of the arm.
        package let shares: [String: Int]
        /// Where it was another than that of the next period.
        package let salt: String?

        package init(until: Double, shares: [String: Int], salt: String? = nil) {
            self.until = until
            self.shares = shares
            self.salt = salt
        }
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
    package func with(state: State) -> Experiment {
        copy(buckets: buckets, state: state, earlier: earlier, created: created)
    }

    /// The same experiment as it is defined at a time, unless that is known.
    func created(at time: Double) -> Experiment {
        copy(buckets: buckets, state: state, earlier: earlier, created: created ?? time)
    }

    /// Whether it is another experiment of the name of one that has ended, rather than that one changed, which
    /// would tell the same time.
    private func beginsAnew(after before: Experiment) -> Bool {
        before.state != .running && state == .running
            && (created == nil || created != before.created)
    }

    /// This definition with the buckets that the one before gave, as far as the shares allow, and with the
    /// shares that it had until `time` if they are others now.
    ///
    /// An arm that grows keeps all its units, one that shrinks keeps as many as it can, and one that keeps its
    /// share keeps its units; arms are the same if their names are. With another salt there is nothing to keep,
    /// nor where one that has ended is defined anew: what was logged of that does not count.
    package func keepingUnits(of before: Experiment, at time: Double) -> Experiment {
        if beginsAnew(after: before) { return created(at: time) }
        let created = before.created
        var next = self
        if salt == before.salt {
            let kept = before.arms.map { arm in arms.firstIndex { $0.name == arm.name } }
            let table = BucketTable(before.buckets, renumbered: kept, shares: buckets.shares)
            next = copy(buckets: table, state: state, earlier: earlier, created: created)
        }
        let isAsBefore = salt == before.salt && next.shares == before.shares
        let other = salt == before.salt ? nil : before.salt
        let past = isAsBefore ? [] : [Period(until: time, shares: before.shares, salt: other)]
        return next.copy(
            buckets: next.buckets, state: state, earlier: before.earlier + past, created: created)
    }

    /// How many of the buckets have gone from one arm to another since a definition before.
    package func moved(since before: Experiment) -> Int {
        (0..<BucketTable.count).count { bucket in
            guard let old = before.buckets[bucket], let new = buckets[bucket] else { return false }
            return salt != before.salt || before.arms[old].name != arms[new].name
        }
    }

    /// In buckets, by the name of the arm.
    var shares: [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(arms.map(\.name), buckets.shares))
    }

    /// The models that its arms are forms of, each once, in their order: one, or it cannot be run.
    package var models: [String] {
        var models: [String] = []
        for model in arms.compactMap(\.model) where !models.contains(model) { models.append(model) }
        return models
    }

    /// The number of the time in which the shares are those of now, from 0.
    package var period: Int { earlier.count }

    /// By arm, in buckets; 0 for one that was not there then.
    package func shares(in period: Int) -> [Int] {
        guard period < earlier.count else { return buckets.shares }
        return arms.map { earlier[period].shares[$0.name] ?? 0 }
    }

    private func copy(
        buckets: BucketTable, state: State, earlier: [Period], created: Double?
    ) -> Experiment {
        Experiment(
            name: name, unit: unit, salt: salt, arms: arms, buckets: buckets, traffic: traffic,
            holdout: holdout, layer: layer, start: start, stop: stop, metrics: metrics,
            slices: slices, state: state, earlier: earlier, created: created)
    }
}
