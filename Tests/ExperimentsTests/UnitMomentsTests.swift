import Experiments
import Numerics
import Testing

@Suite struct UnitMomentsTests {
    @Test func `a ratio has the variance of the delta method`() throws {
        var moments = UnitMoments()
        let units: [(Double, Double)] = [(1, 10), (0, 4), (2, 8), (5, 20), (3, 9), (0, 1)]
        for (clicks, impressions) in units { moments.add(clicks, per: impressions) }
        let estimate = try #require(moments.estimate)
        #expect(abs(estimate.value - 0.21153846153846154) < 1e-15)
        #expect(abs(estimate.variance - 0.0017275524316375474) < 1e-15)
    }

    @Test func `with nothing to divide by there is no estimate`() {
        var moments = UnitMoments()
        #expect(moments.estimate == nil)
        moments.add(0, per: 0)
        moments.add(0, per: 0)
        #expect(moments.estimate == nil)
    }

    /// Users differ in their click rate and in how much they see.
    private func arm(_ random: inout SplitMix64, _ count: Int) -> (UnitMoments, Int, Int) {
        var (moments, clicks, impressions) = (UnitMoments(), 0, 0)
        for _ in 0..<count {
            let rate = random.next().isMultiple(of: 2) ? 0.05 : 0.4
            let seen = Int.random(in: 1...30, using: &random)
            let clicked = (0..<seen).count { _ in Double.random(in: 0..<1, using: &random) < rate }
            moments.add(Double(clicked), per: Double(seen))
            clicks += clicked
            impressions += seen
        }
        return (moments, clicks, impressions)
    }

    @Test
    func `of users with many impressions the delta method is right where counting them is not`() {
        var random = SplitMix64(seed: 1)
        var (delta, naive) = (0, 0)
        for _ in 0..<300 {
            let (a, b) = (arm(&random, 150), arm(&random, 150))
            guard let control = a.0.estimate, let treatment = b.0.estimate else { continue }
            if WelchTest(control: control, treatment: treatment).pValue < 0.05 { delta += 1 }
            let counted = TwoProportionTest(control: (a.1, a.2), treatment: (b.1, b.2))
            if counted.pValue < 0.05 { naive += 1 }
        }
        #expect(delta >= 5 && delta <= 27)
        #expect(naive > 60)
    }

    // MARK: CUPED

    private static let control: [(Double, Double)] = [(1, 0), (3, 2), (2, 2), (5, 6), (4, 3)]
    private static let treatment: [(Double, Double)] = [(2, 1), (6, 5), (4, 2), (5, 5)]

    private func moments(_ units: [(Double, Double)]) -> UnitMoments {
        var moments = UnitMoments()
        for (value, before) in units { moments.add(value, before: before) }
        return moments
    }

    @Test func `CUPED's figures are those of another implementation`() throws {
        let arms = [moments(Self.control), moments(Self.treatment)]
        let cuped = try #require(CUPED(arms))
        #expect(abs(cuped.theta - 0.7120500782472614) < 1e-12)
        #expect(abs(cuped.mean - 2.888888888888889) < 1e-12)
        #expect(abs(cuped.varianceRatio - 0.1360459050599896) < 1e-12)
        let (a, b) = (cuped.estimate(arms[0]), cuped.estimate(arms[1]))
        #expect(abs(a.value - 3.2057033559380974) < 1e-12)
        #expect(abs(a.variance - 0.061069599653214034) < 1e-12)
        #expect(abs(b.value - 3.992870805077378) < 1e-12)
        #expect(abs(b.variance - 0.11078906056754363) < 1e-12)
        let values = Self.control.map { cuped.adjusted($0.0, before: $0.1) }
        #expect(abs(values.reduce(0, +) / 5 - a.value) < 1e-12)
    }

    @Test func `a covariate that does not vary adjusts nothing`() {
        #expect(CUPED([moments([(1, 0), (2, 0)]), moments([(3, 0), (5, 0)])]) == nil)
        #expect(CUPED([moments([(1, 0)]), moments([(3, 1), (5, 2)])]) == nil)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a ratio whose past foretells it loses variance, and keeps its effect`(seed: UInt64) throws
    {
        var random = SplitMix64(seed: seed)
        var arms = [UnitMoments(), UnitMoments()]
        for unit in 0..<2000 {
            let rate = Double.random(in: 0.05...0.6, using: &random)
            let lift = unit.isMultiple(of: 2) ? 1 : 1.3
            let (seen, earlier) = (10.0, Double.random(in: 20...40, using: &random))
            let noise = Double.random(in: -0.5...0.5, using: &random)
            arms[unit % 2].add(
                rate * lift * seen + noise, per: seen, before: rate * earlier, perBefore: earlier)
        }
        let cuped = try #require(CUPED(arms))
        #expect(cuped.varianceRatio < 0.2)
        let estimates = arms.map(cuped.estimate)
        let raw = try #require(arms[1].estimate)
        #expect(estimates[1].variance < 0.3 * raw.variance)
        #expect(abs(estimates[1].value / estimates[0].value - 1.3) < 0.02)
    }
}
