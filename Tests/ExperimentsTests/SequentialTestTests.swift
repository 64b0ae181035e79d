import Experiments
import Numerics
import Testing

@Suite struct SequentialTestTests {
    @Test func `the formulas give what another implementation gives`() throws {
        let effect = Effect(value: 0.03, variance: 0.0001, units: 2000)
        let fixed = SequentialTest(mixture: .deviation(0.02))
        #expect(abs(fixed.pValue(effect) - 0.06109770079048311) < 1e-14)
        let interval = try #require(fixed.interval(effect))
        #expect(abs(interval.lowerBound + 0.0008238999388909297) < 1e-14)
        #expect(abs(interval.upperBound - 0.060823899938890924) < 1e-14)
        let tuned = SequentialTest(mixture: .tuned(units: 5000))
        #expect(abs(tuned.pValue(effect) - 0.06670175521542622) < 1e-14)
        let wide = try #require(tuned.interval(effect))
        #expect(abs(wide.lowerBound + 0.0012377909167472952) < 1e-14)
    }

    @Test(arguments: UInt64(0)..<200)
    func `p is below alpha just where 0 is outside the interval`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let effect = Effect(
            value: .random(in: -5...5, using: &random),
            variance: .random(in: 0.01...2, using: &random),
            units: .random(in: 200...100_000, using: &random))
        let test = SequentialTest(alpha: .random(in: 0.01...0.2, using: &random))
        let isOutside = test.interval(effect).map { !$0.contains(0) }
        #expect(isOutside == (test.pValue(effect) < test.alpha))
    }

    @Test func `it costs width, least near the size it is tuned to`() throws {
        func half(_ test: SequentialTest, _ units: Int) throws -> Double {
            let variance = 1 / Double(units)
            let effect = Effect(value: 0, variance: variance, units: units)
            return try #require(test.interval(effect)).upperBound / variance.squareRoot()
        }
        let test = SequentialTest(mixture: .tuned(units: 5000))
        let atTuning = try half(test, 5000)
        #expect(atTuning > 1.96 && atTuning < 3.1)
        for units in [1000, 25_000] {
            let other = SequentialTest(mixture: .tuned(units: units))
            #expect(try half(other, 5000) > atTuning)
        }
    }

    @Test func `without variance nothing is shown`() {
        let effect = Effect(value: 0, variance: 0, units: 500)
        #expect(SequentialTest().pValue(effect) == 1)
        #expect(SequentialTest().interval(effect) == nil)
    }

    @Test func `several hypotheses share alpha`() {
        #expect(SequentialTest(alpha: 0.05).split(by: 5) == SequentialTest(alpha: 0.01))
    }

    // MARK: Looking every 100 users

    /// Two arms of clicking users at these rates, looked at every 100 users an arm up to `count`.
    private func looks(
        _ seed: UInt64, _ rates: (Double, Double), count: Int = 10_000,
        _ body: (Comparison, TwoProportionTest) -> Void, test: SequentialTest
    ) {
        var random = SplitMix64(seed: seed)
        let limits = [rates.0, rates.1].map { UInt64($0 * 0x1p64) }
        var clicks = [0, 0]
        for n in 1...count {
            for arm in 0...1 where random.next() < limits[arm] { clicks[arm] += 1 }
            guard n.isMultiple(of: 100) else { continue }
            let arms = clicks.map { clicks in
                let share = Double(clicks) / Double(n)
                return Estimate(value: share, variance: share * (1 - share) / Double(n), units: n)
            }
            body(
                Comparison(control: arms[0], treatment: arms[1], test),
                TwoProportionTest(control: (clicks[0], n), treatment: (clicks[1], n)))
        }
    }

    @Test(arguments: [SequentialTest.Mixture.deviation(0.02), .tuned(units: 5000)])
    func `peeking finds nothing in an A/A test more often than alpha, as the plain test does`(
        mixture: SequentialTest.Mixture
    ) {
        let test = SequentialTest(mixture: mixture)
        var (sequential, plain) = (0, 0)
        for seed in UInt64(0)..<400 {
            var (isShown, isPlain) = (false, false)
            looks(
                seed, (0.1, 0.1),
                { comparison, fixed in
                    if comparison.sign != 0 { isShown = true }
                    if fixed.pValue < 0.05 { isPlain = true }
                }, test: test)
            if isShown { sequential += 1 }
            if isPlain { plain += 1 }
        }
        #expect(Double(sequential) / 400 <= 0.05)
        #expect(Double(plain) / 400 > 0.3)
    }

    @Test func `a true effect is found, and the interval holds it at every look`() {
        let test = SequentialTest()
        var (found, missed) = (0, 0)
        for seed in UInt64(0)..<100 {
            var (isFound, isMissed) = (false, false)
            looks(
                seed, (0.1, 0.12),
                { comparison, _ in
                    if comparison.sign > 0 { isFound = true }
                    if let interval = comparison.differenceInterval, !interval.contains(0.02) {
                        isMissed = true
                    }
                }, test: test)
            if isFound { found += 1 }
            if isMissed { missed += 1 }
        }
        #expect(found >= 90)
        #expect(missed <= 5)
    }

    @Test func `peeking at a ratio with the past taken out keeps alpha too`() throws {
        var (adjusted, raw) = (0, 0)
        for seed in UInt64(0)..<200 {
            var random = SplitMix64(seed: seed)
            var arms = [UnitMoments(), UnitMoments()]
            var (isShown, isShownRaw) = (false, false)
            for n in 1...1000 {
                for arm in 0...1 { arms[arm].addUser(&random) }
                guard n.isMultiple(of: 100), let cuped = CUPED(arms) else { continue }
                let estimates = arms.map(cuped.estimate)
                let comparison = Comparison(
                    control: estimates[0], treatment: estimates[1], SequentialTest())
                if comparison.sign != 0 { isShown = true }
                let plain = Comparison(
                    control: try #require(arms[0].estimate),
                    treatment: try #require(arms[1].estimate), SequentialTest())
                if plain.sign != 0 { isShownRaw = true }
            }
            if isShown { adjusted += 1 }
            if isShownRaw { raw += 1 }
        }
        #expect(adjusted <= 10 && raw <= 10)
    }
}

extension UnitMoments {
    /// A user with a click rate of their own, and up to eight impressions before and after.
    fileprivate mutating func addUser(_ random: inout SplitMix64) {
        let limit = random.next() / 3
        var clicks = [0.0, 0.0]
        let seen = [Int(random.next() % 8) + 1, Int(random.next() % 8) + 1]
        for period in 0...1 {
            for _ in 0..<seen[period] where random.next() < limit { clicks[period] += 1 }
        }
        add(clicks[0], per: Double(seen[0]), before: clicks[1], perBefore: Double(seen[1]))
    }
}
