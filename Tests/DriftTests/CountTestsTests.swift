import Drift
import Numerics
import Testing

@Suite struct CountTestsTests {
    /// Expected values are those of SciPy 1.17: chi2_contingency without correction, fisher_exact.
    @Test func `the tests of counts give the chances of the books`() {
        #expect(
            abs(homogeneityTest([30, 50, 20], [45, 40, 40]) / 0.01742237463949352 - 1)
                < 1e-9)
        #expect(
            abs(excessTest(2, of: 200, 9, of: 100) / 0.001124598472467606 - 1) < 1e-9)
        #expect(
            abs(excessTest(0, of: 2000, 5, of: 100) / 2.2226818934771474e-07 - 1) < 1e-9
        )
        #expect(excessTest(50, of: 100, 1, of: 100) == 1)
        #expect(homogeneityTest([10], [20]) == 1)
        #expect(homogeneityTest([10, 5], [0, 0]) == 1)
    }

    @Test func `under no change one test in a hundred finds what happens once in a hundred`() {
        var samples = Samples(seed: 11)
        var (found, of) = (0, 0)
        for round in 0..<150 {
            let reference = samples.reference(round.isMultiple(of: 2) ? 150 : 1000)
            for count in [100, 300, 900] {
                var live = reference.features.map { [Int](repeating: 0, count: $0.slotCount) }
                for _ in 0..<count {
                    for (i, value) in samples.values().enumerated() {
                        live[i][reference.features[i].slot(of: value)] += 1
                    }
                }
                for (feature, counts) in zip(reference.features, live) {
                    let (a, b) = pooled(feature.counts, counts, least: 10)
                    of += 1
                    if homogeneityTest(a, b) < 0.01 { found += 1 }
                }
            }
        }
        // 1350 tests: 13.5 are expected, and more than 25 once in five hundred.
        #expect(of == 1350 && found <= 25, "\(found) of \(of)")
    }

    @Test(arguments: UInt64(0)..<50)
    func `slots put together hold enough of either sample, and lose nothing`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let reference = (0..<20).map { _ in Int.random(in: 0...60, using: &random) } + [30]
        let live = (0..<21).map { _ in Int.random(in: 0...20, using: &random) }
        let (a, b) = pooled(reference, live, least: 10)
        let (m, n) = (reference.reduce(0, +), live.reduce(0, +))
        #expect(a.reduce(0, +) == m && b.reduce(0, +) == n && a.count == b.count)
        for (x, y) in zip(a, b) where a.count > 1 {
            #expect(Double(x + y) * Double(min(m, n)) / Double(m + n) >= 10 - 1e-9)
        }
        // It makes no difference which is which.
        let (c, d) = pooled(live, reference, least: 10)
        #expect(c == b && d == a)
    }
}
