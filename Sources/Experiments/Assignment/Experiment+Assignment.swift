// Who is in which arm.

/// What an experiment means for a unit.
package enum Assignment: Equatable, Sendable {
    /// In this arm, by its number; using it is an exposure, to be logged when it happens.
    case arm(Int)
    /// Gets the arm that was shipped; no exposure.
    case shipped(Int)
    /// Kept out of all experiments of the layer.
    case holdout
    /// Not in the experiment: not running, another slot of the layer, outside the traffic, or in no arm.
    case outside
}

extension Experiment {
    /// The assignment of a unit; the same one for the same definition, on every machine.
    ///
    /// Arm, traffic, slot and holdout are independent hashes of the unit. So more traffic takes nobody out of
    /// an arm, the arms have their shares at any traffic, and the arms of two experiments are independent if
    /// their salts differ. Takes some 10 ns a hash.
    package func assignment(of unit: String, at time: Double) -> Assignment {
        guard state != .stopped else { return .outside }
        if holdout > 0, BucketTable.bucket(of: unit, seed: seeds.holdout) < holdout {
            return .holdout
        }
        if case .shipped(let arm) = state { return .shipped(arm) }
        guard isOpen(at: time), has(unit) else { return .outside }
        let arm = buckets[BucketTable.bucket(of: unit, seed: seeds.arm)]
        return arm.map { .arm($0) } ?? .outside
    }

    /// Whether `time` lies within start and stop.
    package func isOpen(at time: Double) -> Bool {
        time >= start ?? -.infinity && time < stop ?? .infinity
    }

    private func has(_ unit: String) -> Bool {
        if let layer, !layer.slots.contains(BucketTable.bucket(of: unit, seed: seeds.slot)) {
            return false
        }
        return traffic == BucketTable.count
            || BucketTable.bucket(of: unit, seed: seeds.traffic) < traffic
    }
}
