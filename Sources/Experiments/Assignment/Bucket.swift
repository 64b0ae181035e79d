// Where a unit falls by hash.

import Numerics

extension BucketTable {
    /// The bucket of a unit, in 0..<`count`: h · 10,000 / 2⁶⁴, rounded down.
    ///
    /// h is wyhash (final version 4) of the UTF-8 of the unit, its seed the wyhash of the UTF-8 of the salt with
    /// seed 0. Another program that has a wyhash finds the same one; the tests hold vectors.
    package static func bucket(of unit: String, salt: String) -> Int {
        bucket(of: unit, seed: seed(salt))
    }

    static func bucket(of unit: String, seed: UInt64) -> Int {
        Int(wyhash(unit, seed: seed).multipliedFullWidth(by: UInt64(count)).high)
    }

    static func seed(_ salt: String) -> UInt64 { wyhash(salt, seed: 0) }
}

private func wyhash(_ text: String, seed: UInt64) -> UInt64 {
    var text = text
    return text.withUTF8 { unsafe hash($0.span, seed: seed) }
}

/// The seeds of the hashes of an experiment, which are independent of each other.
struct AssignmentSeeds: Equatable, Sendable {
    /// Of the salt: which arm.
    let arm: UInt64
    /// Of the salt and "/traffic": who takes part.
    let traffic: UInt64
    /// Of the layer's name and "/slot".
    let slot: UInt64
    /// Of the layer's name, or else the salt, and "/holdout".
    let holdout: UInt64

    init(salt: String, layer: String?) {
        let group = layer ?? salt
        arm = BucketTable.seed(salt)
        traffic = BucketTable.seed("\(salt)/traffic")
        slot = BucketTable.seed("\(group)/slot")
        holdout = BucketTable.seed("\(group)/holdout")
    }
}
