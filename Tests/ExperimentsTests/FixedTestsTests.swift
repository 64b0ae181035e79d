import Experiments
import Testing

/// Figures are those of SciPy 1.17; `ExperimentFixtureTests` has more.
@Suite struct FixedTestsTests {
    @Test(arguments: [
        (100, 1000, 130, 1000, 0.30000000000000004, 2.102740605622114, 0.03548845046647471),
        (480, 10000, 530, 10000, 0.10416666666666652, 1.6145884183488097, 0.10639985517542977),
        (5, 50, 9, 50, 0.7999999999999998, 1.1527808354084699, 0.24900035245210006),
    ])
    func `two shares are compared by their pooled variance`(
        a: Int, n: Int, b: Int, m: Int, lift: Double, z: Double, p: Double
    ) {
        let test = TwoProportionTest(control: (a, n), treatment: (b, m))
        #expect(abs(test.lift - lift) < 1e-12)
        #expect(abs(test.z - z) < 1e-10 && abs(test.pValue - p) < 1e-10)
        let swapped = TwoProportionTest(control: (b, m), treatment: (a, n))
        #expect(swapped.z == -test.z && swapped.pValue == test.pValue)
    }

    @Test func `shares that do not vary do not differ`() {
        let test = TwoProportionTest(control: (0, 10), treatment: (0, 20))
        #expect(test.z == 0 && test.pValue == 1)
    }

    @Test func `means are compared by Welch's test`() {
        let (a, b) = (moments([3, 0, 5, 1, 2, 2, 7, 0.5]), moments([4, 6, 1, 9, 3, 8]))
        guard let control = a.estimate, let treatment = b.estimate else {
            Issue.record("no estimate")
            return
        }
        let test = WelchTest(control: control, treatment: treatment)
        #expect(abs(test.t - 1.7283035623176026) < 1e-12)
        #expect(abs(test.degrees - 9.21651775887528) < 1e-10)
        #expect(abs(test.pValue - 0.11720792552752463) < 1e-12)
    }

    private func moments(_ values: [Double]) -> UnitMoments {
        var moments = UnitMoments()
        for value in values { moments.add(value) }
        return moments
    }

    @Test(
        arguments: [
            ([5000, 5000], 0, 1, false), ([5100, 4900], 4, 0.04550026389635857, false),
            ([5200, 4800], 16, 6.334248366623988e-05, true),
            ([50300, 49700], 3.6, 0.05777957112359715, false),
        ] as [([Int], Double, Double, Bool)])
    func `a sample ratio that is off raises an alarm`(
        counts: [Int], chiSquare: Double, p: Double, isAlarm: Bool
    ) {
        let test = SampleRatioTest(counts: counts, shares: [5000, 5000])
        #expect(abs(test.chiSquare - chiSquare) < 1e-12 && abs(test.pValue - p) < 1e-12)
        #expect(test.isAlarm == isAlarm)
    }

    @Test func `the sample ratio takes any number of arms, and none that should be empty`() {
        let test = SampleRatioTest(counts: [510, 310, 180], shares: [5000, 3000, 2000])
        #expect(abs(test.chiSquare - 2.533333333333333) < 1e-12)
        #expect(abs(test.pValue - 0.2817692890949582) < 1e-12)
        #expect(SampleRatioTest(counts: [9, 0], shares: [10_000, 0]).pValue == 1)
        #expect(SampleRatioTest(counts: [9, 1], shares: [10_000, 0]).pValue == 0)
        #expect(SampleRatioTest(counts: [0, 0], shares: [1, 1]).pValue == 1)
    }

}
