// Which arm has which of the 10,000 buckets.

/// The arm of each bucket, or that it is in none.
///
/// At first the arms have their buckets one after another, and the last ones are in no arm. When shares change,
/// only as many buckets change hands as must: arms that shrink give up their last ones; arms that grow take the
/// lowest that were in no arm, then the lowest that were given up, in the order of the arms. So while shares
/// only grow, no unit goes from one arm to another. A table depends on how it came about, and is written down
/// with the experiment.
package struct BucketTable: Equatable, Sendable {
    package static let count = 10_000
    /// By bucket: the number of its arm, or `none`.
    private let owners: [UInt8]
    /// By arm: how many buckets it has; their sum is at most `count`.
    package let shares: [Int]

    /// As many arms as there can be.
    package static let maximumArms = 100
    private static let none = UInt8.max

    /// The first table for these shares.
    package init(shares: [Int]) {
        Self.check(shares)
        self.shares = shares
        let owned = shares.indices.flatMap { [UInt8](repeating: UInt8($0), count: shares[$0]) }
        owners = owned + [UInt8](repeating: Self.none, count: Self.count - owned.count)
    }

    /// A table of these ranges, by arm; nil if they cover a bucket twice.
    package init?(ranges: [[Range<Int>]]) {
        guard ranges.count <= Self.maximumArms else { return nil }
        var owners = [UInt8](repeating: Self.none, count: Self.count)
        for (arm, range) in ranges.enumerated().flatMap({ arm, own in own.map { (arm, $0) } }) {
            guard range.lowerBound >= 0, range.upperBound <= Self.count else { return nil }
            for bucket in range {
                guard owners[bucket] == Self.none else { return nil }
                owners[bucket] = UInt8(arm)
            }
        }
        self.owners = owners
        shares = ranges.map { $0.reduce(0) { $0 + $1.count } }
    }

    /// The earlier table with other shares.
    ///
    /// `renumbered` has, by arm of the earlier table, its number in this one; nil if it is gone.
    package init(_ earlier: BucketTable, renumbered: [Int?], shares: [Int]) {
        Self.check(shares)
        precondition(renumbered.count == earlier.shares.count)
        var room = shares
        var owners = earlier.owners.map { owner in
            guard owner != Self.none, let arm = renumbered[Int(owner)], room[arm] > 0 else {
                return Self.none
            }
            room[arm] -= 1
            return UInt8(arm)
        }
        for wasFree in [true, false] {
            for bucket in owners.indices
            where owners[bucket] == Self.none && (earlier.owners[bucket] == Self.none) == wasFree {
                guard let next = room.firstIndex(where: { $0 > 0 }) else { break }
                room[next] -= 1
                owners[bucket] = UInt8(next)
            }
        }
        self.owners = owners
        self.shares = shares
    }

    private static func check(_ shares: [Int]) {
        precondition(!shares.isEmpty && shares.count <= maximumArms)
        precondition(shares.allSatisfy { $0 >= 0 } && shares.reduce(0, +) <= count)
    }

    /// The arm of a bucket; nil if it is in none.
    package subscript(bucket: Int) -> Int? {
        owners[bucket] == Self.none ? nil : Int(owners[bucket])
    }

    /// The buckets of an arm, as few ranges as can be, in order.
    package func ranges(of arm: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for bucket in owners.indices where Int(owners[bucket]) == arm {
            if let last = ranges.last, last.upperBound == bucket {
                ranges[ranges.count - 1] = last.lowerBound..<bucket + 1
            } else {
                ranges.append(bucket..<bucket + 1)
            }
        }
        return ranges
    }
}
