import Experiments
import Testing

@Suite struct BucketTableTests {
    @Test(arguments: UInt64(0)..<50)
    func `an arm that grows keeps its buckets, and no more move than must`(seed: UInt64) throws {
        var random = RandomExperiment(seed: seed)
        var table = BucketTable(shares: random.shares(4))
        for _ in 0..<5 {
            let shares = random.shares(4)
            let next = BucketTable(table, renumbered: [0, 1, 2, 3], shares: shares)
            #expect(next.shares == shares)
            var moved = 0
            for bucket in 0..<BucketTable.count where next[bucket] != table[bucket] {
                moved += 1
                let arm = try #require(table[bucket])
                #expect(shares[arm] < table.shares[arm])
            }
            #expect(moved == zip(table.shares, shares).reduce(0) { $0 + max(0, $1.0 - $1.1) })
            table = next
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `a table is made again of its ranges`(seed: UInt64) {
        var random = RandomExperiment(seed: seed)
        let first = BucketTable(shares: random.shares(3))
        let table = BucketTable(first, renumbered: [2, 0, 1], shares: random.shares(3))
        #expect(BucketTable(ranges: (0..<3).map(table.ranges)) == table)
        let twice = BucketTable(ranges: [table.ranges(of: 0), table.ranges(of: 0)])
        #expect(twice == nil || table.shares[0] == 0)
    }

    @Test(arguments: UInt64(0)..<30)
    func `while shares only grow no bucket goes from one arm to another`(seed: UInt64) {
        var random = RandomExperiment(seed: seed)
        var shares = [0, 0, 0]
        var table = BucketTable(shares: shares)
        for _ in 0..<6 {
            let grown = zip(shares, random.shares(4)).map { $0 + ($1 - min($0, $1)) / 3 }
            guard grown.reduce(0, +) <= BucketTable.count else { continue }
            let next = BucketTable(table, renumbered: [0, 1, 2], shares: grown)
            for bucket in 0..<BucketTable.count {
                #expect(table[bucket] == nil || next[bucket] == table[bucket])
            }
            #expect((0..<3).map { next.ranges(of: $0).reduce(0) { $0 + $1.count } } == grown)
            (table, shares) = (next, grown)
        }
        #expect(shares.reduce(0, +) > 0)
    }

    @Test func `what is given up goes to an arm only when nothing else is free`() {
        let before = BucketTable(shares: [5000, 1000])
        let after = BucketTable(before, renumbered: [0, 1], shares: [4000, 3000])
        #expect(after.ranges(of: 0) == [0..<4000])
        #expect(after.ranges(of: 1) == [5000..<8000])
        #expect((4000..<5000).allSatisfy { after[$0] == nil })
        #expect((8000..<10_000).allSatisfy { after[$0] == nil })
    }

    @Test func `an arm that comes takes from those that shrink, one that goes leaves its buckets`()
    {
        let before = Experiment.halves()
        let wider = Experiment(
            name: "order", arms: [Arm("A"), Arm("C"), Arm("B")],
            buckets: BucketTable(shares: [4000, 2000, 4000]), metrics: .ctr)
        let after = wider.keepingUnits(of: before, at: 5)
        #expect(after.buckets.ranges(of: 0) == [0..<4000])
        #expect(after.buckets.ranges(of: 1) == [4000..<5000, 9000..<10_000])
        #expect(after.buckets.ranges(of: 2) == [5000..<9000])
        let back = Experiment.halves().keepingUnits(of: after, at: 7)
        #expect(back.buckets == before.buckets)
        #expect(back.earlier.map(\.until) == [5, 7] && back.period == 2)
        #expect(back.shares(in: 1) == [4000, 4000] && back.shares(in: 2) == [5000, 5000])
        #expect(back.moved(since: after) == 2000 && after.moved(since: before) == 2000)
        // Nothing is new in what is as it was.
        #expect(Experiment.halves().keepingUnits(of: back, at: 9) == back)
    }

    @Test func `another salt keeps nothing`() {
        let before = Experiment.halves().keepingUnits(
            of: Experiment(
                name: "order", arms: [Arm("A"), Arm("B")],
                buckets: BucketTable(shares: [1000, 9000]), metrics: .ctr), at: 1)
        #expect(before.buckets.ranges(of: 0) == [0..<1000, 6000..<10_000])
        let anew = Experiment.halves(salt: "new").keepingUnits(of: before, at: 2)
        #expect(anew.buckets == Experiment.halves().buckets && anew.period == 2)
    }
}
