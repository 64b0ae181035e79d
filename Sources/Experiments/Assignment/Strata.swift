// Which units of an experiment may be compared with each other.

/// Groups of units in which the arms have their shares by chance alone.
///
/// While shares stay as they are, all units are one stratum. When they have changed, those that come in later
/// are others: by a bucket that an arm had before come only units that were not there before, by one that was in
/// no arm, all. So units are told apart by the period in which they came in and by the earlier periods in which
/// their bucket was in some arm.
package struct Strata: Sendable {
    private enum Places: Sendable {
        /// Shape (periods, buckets): the number of the stratum.
        case byBucket([[Int]])
        /// The number of the stratum is that of the period.
        case byPeriod
    }

    private let places: Places
    private let seed: UInt64
    /// Shape (strata, arms), in buckets.
    package let shares: [[Int]]

    package var count: Int { shares.count }

    /// Where the earlier tables cannot be told, units are parted by their periods alone.
    init(_ experiment: Experiment) {
        seed = experiment.seeds.arm
        let arms = experiment.arms.count
        guard let tables = experiment.tables else {
            places = .byPeriod
            shares = (0...experiment.period).map(experiment.shares(in:))
            return
        }
        var (numbers, shares): ([[Int]], [[Int]]) = ([], [])
        var kinds = [Int](repeating: 0, count: BucketTable.count)
        for table in tables {
            var strata: [Int: Int] = [:]
            let row = kinds.map { kind in
                if let known = strata[kind] { return known }
                strata[kind] = shares.count
                shares.append([Int](repeating: 0, count: arms))
                return shares.count - 1
            }
            for (bucket, stratum) in row.enumerated() {
                if let arm = table[bucket], arm < arms { shares[stratum][arm] += 1 }
            }
            // Strata of one period part those of the next.
            kinds = row.indices.map { row[$0] * 2 + (table[$0] == nil ? 0 : 1) }
            numbers.append(row)
        }
        places = .byBucket(numbers)
        self.shares = shares
    }

    /// The number of the stratum of a unit that came in in a period.
    package func stratum(of unit: String, in period: Int) -> Int {
        switch places {
        case .byBucket(let numbers):
            numbers.count == 1
                ? 0 : numbers[period][BucketTable.bucket(of: unit, seed: seed)]
        case .byPeriod: period
        }
    }
}

extension Experiment {
    package var strata: Strata { Strata(self) }

    /// The table of each period, arms that are gone after those there are.
    ///
    /// Nil where the shares do not lead to the table of now: after another salt, or another order of arms.
    fileprivate var tables: [BucketTable]? {
        guard let first = earlier.first else { return [buckets] }
        guard earlier.allSatisfy({ $0.salt == nil }) else { return nil }
        let own = arms.map(\.name)
        let gone = Set(earlier.flatMap(\.shares.keys)).subtracting(own).sorted()
        let names = own + gone
        let shares = earlier.map { period in names.map { period.shares[$0] ?? 0 } }
        guard names.count <= BucketTable.maximumArms,
            shares.allSatisfy({ $0.reduce(0, +) <= BucketTable.count })
        else { return nil }
        var tables = [BucketTable(shares: names.map { first.shares[$0] ?? 0 })]
        for next in shares.dropFirst() + [buckets.shares + gone.map { _ in 0 }] {
            tables.append(
                BucketTable(
                    tables[tables.count - 1], renumbered: Array(names.indices), shares: next))
        }
        let leadsHere = arms.indices.allSatisfy { arm in
            tables[tables.count - 1].ranges(of: arm) == buckets.ranges(of: arm)
        }
        return leadsHere ? tables : nil
    }
}
