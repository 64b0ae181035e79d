import Experiments
import Testing

@Suite struct BucketTableTests {
    @Test(arguments: UInt64(0)..<50)
    func `an arm that grows keeps its buckets, and no more move than must`(seed: UInt64) {
        var random = RandomExperiment(seed: seed)
        var table = BucketTable(shares: random.shares(4))
        for _ in 0..<5 {
            let shares = random.shares(4)
            let next = BucketTable(table, renumbered: [0, 1, 2, 3], shares: shares)
            #expect(next.shares == shares)
            var moved = 0
            for bucket in 0..<BucketTable.count where next[bucket] != table[bucket] {
                moved += 1
                #expect(shares[table[bucket]] < table.shares[table[bucket]])
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
        #expect(
            BucketTable(ranges: [table.ranges(of: 0), table.ranges(of: 1)]) == nil
                || table.shares[2] == 0)
    }

    @Test func `an arm that comes takes from those that shrink, one that goes leaves its buckets`()
    {
        let before = Experiment.halves()
        let wider = Experiment(
            name: "order", arms: [Arm("A"), Arm("C"), Arm("B")],
            buckets: BucketTable(shares: [4000, 2000, 4000]), metrics: .ctr)
        let after = wider.keepingUnits(of: before)
        #expect(after.buckets.ranges(of: 0) == [0..<4000])
        #expect(after.buckets.ranges(of: 1) == [4000..<5000, 9000..<10_000])
        #expect(after.buckets.ranges(of: 2) == [5000..<9000])
        let back = Experiment.halves().keepingUnits(of: after)
        #expect(back.buckets.ranges(of: 0) == [0..<5000])
        #expect(back == before)
    }

    @Test func `another salt keeps nothing`() {
        let before = Experiment.halves().keepingUnits(
            of: Experiment(
                name: "order", arms: [Arm("A"), Arm("B")],
                buckets: BucketTable(shares: [1000, 9000]), metrics: .ctr))
        #expect(before.buckets.ranges(of: 0) == [0..<1000, 6000..<10_000])
        #expect(Experiment.halves(salt: "new").keepingUnits(of: before) == .halves(salt: "new"))
    }
}
