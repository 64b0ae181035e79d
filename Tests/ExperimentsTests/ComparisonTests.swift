import Experiments
import Numerics
import Testing

@Suite struct ComparisonTests {
    private func estimate(_ value: Double, _ variance: Double, _ units: Int = 1000) -> Estimate {
        Estimate(value: value, variance: variance, units: units)
    }

    @Test(arguments: UInt64(0)..<200)
    func `0 is in the interval of the lift just where it is in that of the difference`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let size = Double.random(in: 1...3, using: &random)
        let control = estimate(size, .random(in: 0.001...0.05, using: &random))
        let treatment = estimate(
            .random(in: 0...4, using: &random), .random(in: 0.001...0.05, using: &random))
        let comparison = Comparison(control: control, treatment: treatment, SequentialTest())
        let difference = try #require(comparison.differenceInterval)
        let lift = try #require(comparison.liftInterval)
        #expect(difference.contains(0) == lift.contains(0))
        #expect(lift.contains(try #require(comparison.lift)))
        // The same figures mirrored at 0: what is greater is now less, by the same share.
        let mirrored = Comparison(
            control: estimate(-size, control.variance),
            treatment: estimate(-treatment.value, treatment.variance), SequentialTest())
        #expect(mirrored.lift == comparison.lift.map { -$0 })
        #expect(mirrored.liftInterval == -lift.upperBound ... -lift.lowerBound)
        #expect(mirrored.sign == -comparison.sign)
    }

    @Test func `where the control is precise the lift's interval is the difference's, divided`()
        throws
    {
        let comparison = Comparison(
            control: estimate(2, 1e-18), treatment: estimate(2.5, 0.01), SequentialTest())
        let difference = try #require(comparison.differenceInterval)
        let lift = try #require(comparison.liftInterval)
        #expect(abs(lift.lowerBound - difference.lowerBound / 2) < 1e-6)
        #expect(abs(lift.upperBound - difference.upperBound / 2) < 1e-6)
    }

    @Test func `a control that might be 0 leaves the lift without bounds`() {
        let comparison = Comparison(
            control: estimate(0.01, 0.01), treatment: estimate(1, 0.01), SequentialTest())
        #expect(comparison.sign == 1 && comparison.liftInterval == nil)
        let none = Comparison(
            control: estimate(0, 0), treatment: estimate(1, 0.01), SequentialTest())
        #expect(none.lift == nil && none.sign == 1)
    }

    @Test func `few units or no variance show nothing`() {
        let few = Comparison(
            control: estimate(1, 0.0001, 99), treatment: estimate(2, 0.0001), SequentialTest())
        #expect(few.sign == 0 && few.pValue == 1 && few.lift == 1)
        let still = Comparison(
            control: estimate(1, 0), treatment: estimate(2, 0), SequentialTest())
        #expect(still.sign == 0 && still.pValue == 1)
    }

    // MARK: Guardrails

    @Test(arguments: UInt64(0)..<200)
    func `a guardrail is judged by the interval of the lift`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let metric = ExperimentMetric("a", .mean(of: "a"), better: seed % 2 == 0 ? .higher : .lower)
        let guardrail = Guardrail(metric, margin: .random(in: 0...0.3, using: &random))
        let size = Double.random(in: 1...3, using: &random) * (seed % 3 == 0 ? -1 : 1)
        let control = estimate(size, .random(in: 0.0001...0.01, using: &random))
        let treatment = estimate(size * .random(in: 0.5...1.5, using: &random), 0.001)
        let lift = try #require(
            Comparison(control: control, treatment: treatment, SequentialTest()).liftInterval)
        let (low, high) =
            metric.better == .higher
            ? (lift.lowerBound, lift.upperBound) : (-lift.upperBound, -lift.lowerBound)
        let expected: Guardrail.Verdict =
            low > -guardrail.margin
            ? .holds : high < -guardrail.margin ? .violated : .undecided
        let verdict = guardrail.verdict(
            control: control, treatment: treatment, SequentialTest())
        #expect(verdict == expected)
    }

    @Test func `a guardrail is broken also where the control has no such events at all`() {
        let guardrail = Guardrail(.init("errors", .mean(of: "error"), better: .lower), margin: 0.1)
        let test = SequentialTest()
        #expect(
            guardrail.verdict(control: estimate(0, 0), treatment: estimate(1, 0.01), test)
                == .violated)
        #expect(
            guardrail.verdict(control: estimate(0, 0), treatment: estimate(0, 0), test)
                == .undecided)
        #expect(
            guardrail.verdict(control: estimate(1, 0.0001, 99), treatment: estimate(9, 0.01), test)
                == .undecided)
    }
}
