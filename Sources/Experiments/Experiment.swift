// What an experiment compares, on whom, and by what it is judged.

/// A controlled experiment: arms, who is in which, and metrics.
///
/// Shares are counted in buckets of `BucketTable.count` (10,000), times in seconds since 1970.
package struct Experiment: Equatable, Sendable {
    package let name: String
    package private(set) var unit: AssignmentUnit
    /// What a unit is hashed with: another salt is another, independent assignment.
    package let salt: String
    /// At least two; the first is the control.
    package private(set) var arms: [Arm]
    /// Which arm has which buckets of those who take part.
    package private(set) var buckets: BucketTable
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
    package private(set) var state: State
    /// The shares that the arms had before, the oldest first.
    package private(set) var earlier: [Period]
    /// When it was defined, by which it is known from one that had its name before.
    package private(set) var created: Double?
    /// When it ceased to run: units are counted up to then.
    package private(set) var ended: Double?
    /// When it had ceased before, and when it went on; nothing counts in between.
    package private(set) var pauses: [Range<Double>]
    let seeds: AssignmentSeeds

    package init(
        name: String, unit: AssignmentUnit = .user, salt: String? = nil, arms: [Arm],
        buckets: BucketTable, traffic: Int = BucketTable.count, holdout: Int = 0,
        layer: Layer? = nil, start: Double? = nil, stop: Double? = nil, metrics: ExperimentMetrics,
        slices: [SliceDimension] = [], state: State = .running, earlier: [Period] = [],
        created: Double? = nil, ended: Double? = nil, pauses: [Range<Double>] = []
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
        self.ended = ended
        self.pauses = pauses
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
        var next = self
        next.state = state
        return next
    }

    /// The same experiment as it is defined at a time, unless that is known.
    func created(at time: Double) -> Experiment {
        var next = self
        next.created = created ?? time
        return next
    }

    /// This definition with the buckets that the one before gave, as far as the shares allow, and with the
    /// shares that it had until `time` if they are others now.
    ///
    /// An arm that grows keeps all its units, one that shrinks keeps as many as it can, and one that keeps its
    /// share keeps its units; arms are the same if their names are. With another salt there is nothing to keep,
    /// nor where it begins anew, as another experiment of that name: what was logged before does not count
    /// then. That is so where one that has ended is defined once more, rather than changed, which would tell the
    /// same time; and where units, or what they get in an arm, become others. One that is stopped stays what it
    /// was. When it ended and went on is told by its states, whatever the definition says.
    package func keepingUnits(of before: Experiment, at time: Double) -> Experiment {
        var next = self
        if state == .stopped { next.compareAsBefore(before) }
        if next.beginsAnew(after: before) {
            return created == before.created ? next.anew(at: time) : next.created(at: time)
        }
        next.created = before.created
        next.takeTimes(of: before, at: time)
        if salt == before.salt {
            let kept = before.arms.map { arm in arms.firstIndex { $0.name == arm.name } }
            next.buckets = BucketTable(before.buckets, renumbered: kept, shares: buckets.shares)
        }
        let isAsBefore = salt == before.salt && shares == before.shares
        let other = salt == before.salt ? nil : before.salt
        let past = isAsBefore ? [] : [Period(until: time, shares: before.shares, salt: other)]
        next.earlier = before.earlier + past
        return next
    }

    private mutating func compareAsBefore(_ before: Experiment) {
        unit = before.unit
        arms = arms.map { arm in before.arms.first { $0.name == arm.name } ?? arm }
    }

    private func beginsAnew(after before: Experiment) -> Bool {
        let isDefinedAnew = created == nil || created != before.created
        let isOther = arms.contains { arm in
            before.arms.contains { $0.name == arm.name && $0 != arm }
        }
        return before.state != .running && state == .running && isDefinedAnew || isOther
            || unit != before.unit
    }

    /// This definition as that of an experiment of which nobody has been counted.
    private func anew(at time: Double) -> Experiment {
        var next = self
        (next.created, next.ended) = (time, nil)
        (next.earlier, next.pauses) = ([], [])
        return next
    }

    private mutating func takeTimes(of before: Experiment, at time: Double) {
        (ended, pauses) = (before.ended, before.pauses)
        if before.state == .running, state != .running { ended = time }
        guard before.state != .running, state == .running else { return }
        if let ended, ended < time { pauses.append(ended..<time) }
        ended = nil
    }

    /// Whether units are counted by what they do at `time`, in seconds since 1970.
    package func counts(at time: Double) -> Bool {
        isOpen(at: time) && time < end && !isPaused(at: time)
    }

    /// Up to when units are counted, exclusive.
    var end: Double {
        min(stop ?? .infinity, state == .running ? .infinity : ended ?? .infinity)
    }

    func isPaused(at time: Double) -> Bool { pauses.contains { $0.contains(time) } }

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
}
