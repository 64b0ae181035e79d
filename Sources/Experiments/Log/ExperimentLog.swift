// From the events of a log to the totals of its units.

/// Collects exposures and metric events, in any order, and joins them by unit.
///
/// An event counts from the first exposure of its unit on, the same moment included, up to the experiment's
/// stop or end and without its pauses; what comes within `lookback` before it is the covariate. A unit is in the arm of its first exposure
/// (of two at one moment, in the first arm); one whose arm is gone from the definition does not count, as what
/// it does may come of that arm. Exposures at other times do not count, nor do events of
/// names that no metric has.
///
/// The totals depend on the set of events only, not on their order, to the last bit. As an exposure may come
/// after what it makes count, all events are kept until then: 24 bytes each, and some 100 by unit.
package struct ExperimentLog: Sendable {
    private struct Exposure: Sendable {
        let time: Double
        /// Nil for one that is gone.
        let arm: Int?
        let period: Int
        let slices: [String]

        var rank: Int { arm ?? .max }
    }

    private struct Event: Sendable {
        let unit: UInt32
        let name: UInt32
        let value: Double
        let time: Double
    }

    private let experiment: Experiment
    private let strata: Strata
    /// In seconds.
    private let lookback: Double
    private let names: [String: UInt32]
    private var numbers: [String: UInt32] = [:]
    private var units: [String] = []
    private var exposures: [[Exposure]] = []
    private var events: [Event] = []

    /// Fourteen days.
    package static let usualLookback = 14 * 86_400.0

    package init(_ experiment: Experiment, lookback: Double = usualLookback) {
        self.experiment = experiment
        strata = experiment.strata
        self.lookback = lookback
        let events = experiment.metrics.events
        names = Dictionary(uniqueKeysWithValues: zip(events, 0..<UInt32(events.count)))
    }

    /// Notes that a unit has used what its arm gives, nil for one that is gone; `slices` are labels of the unit
    /// at that time, and `period` is the number of the shares by which it was assigned.
    package mutating func expose(
        _ unit: String, to arm: Int?, at time: Double, period: Int = 0, slices: [String] = []
    ) {
        precondition(arm.map(experiment.arms.indices.contains) ?? true)
        guard experiment.counts(at: time) else { return }
        let period = min(max(period, 0), experiment.period)
        exposures[number(of: unit)].append(
            Exposure(time: time, arm: arm, period: period, slices: slices))
    }

    /// Notes an event of a unit; without a value of its own it is worth 1.
    package mutating func record(
        _ name: String, by unit: String, value: Double = 1, at time: Double
    ) {
        guard let name = names[name], value.isFinite, time < experiment.end else { return }
        let unit = UInt32(number(of: unit))
        events.append(Event(unit: unit, name: name, value: value, time: time))
    }

    private mutating func number(of unit: String) -> Int {
        if let number = numbers[unit] { return Int(number) }
        numbers[unit] = UInt32(units.count)
        units.append(unit)
        exposures.append([])
        return units.count - 1
    }

    /// The totals of the units that were exposed, in the order of their names.
    package func totals() -> ExperimentTotals {
        let first = exposures.map(Self.first)
        let none = [UnitTotals.Tally](repeating: .init(), count: names.count)
        var after = [[UnitTotals.Tally]](repeating: none, count: units.count)
        var before = after
        for event in events.sorted(by: Self.comesFirst) {
            let (unit, name) = (Int(event.unit), Int(event.name))
            guard let start = first[unit]?.time else { continue }
            if event.time >= start {
                guard !experiment.isPaused(at: event.time) else { continue }
                after[unit][name].add(event.value)
            } else if event.time >= start - lookback {
                before[unit][name].add(event.value)
            }
        }
        let order = units.indices.sorted { units[$0] < units[$1] }
        let totals = order.compactMap { unit in
            first[unit].flatMap { first in
                first.arm.map { arm in
                    UnitTotals(
                        arm: arm, exposures: exposures[unit].count,
                        stratum: strata.stratum(of: units[unit], in: first.period),
                        after: after[unit], before: before[unit], slices: first.slices)
                }
            }
        }
        let crossed = exposures.count { all in all.contains { $0.arm != all[0].arm } }
        return ExperimentTotals(
            events: experiment.metrics.events, units: totals, crossed: crossed,
            gone: first.count { $0 != nil && $0?.arm == nil }, slices: Self.labels(first))
    }

    /// Of units that count, by the time at which each was first seen, then by name.
    private static func labels(_ exposures: [Exposure?]) -> [String] {
        var times: [String: Double] = [:]
        for case let exposure? in exposures where exposure.arm != nil {
            for label in exposure.slices {
                times[label] = min(times[label] ?? .infinity, exposure.time)
            }
        }
        return times.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    private static func first(_ exposures: [Exposure]) -> Exposure? {
        exposures.min { a, b in
            if a.time != b.time { return a.time < b.time }
            if a.arm != b.arm { return a.rank < b.rank }
            return a.period != b.period
                ? a.period < b.period : a.slices.lexicographicallyPrecedes(b.slices)
        }
    }

    /// An order in which sums are the same whatever the order of the log; equal events are alike.
    private static func comesFirst(_ a: Event, _ b: Event) -> Bool {
        a.time != b.time ? a.time < b.time : a.value < b.value
    }
}

extension UnitTotals.Tally {
    fileprivate mutating func add(_ value: Double) {
        count += 1
        sum += value
    }
}
