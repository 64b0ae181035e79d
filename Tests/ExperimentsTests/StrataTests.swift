import Experiments
import Numerics
import Testing

/// Units that come while shares change are compared with those that came as they did.
@Suite struct StrataTests {
    /// A and B with these shares in turn, as the last definition has it.
    private func experiment(_ shares: [[Int]]) -> [Experiment] {
        var all: [Experiment] = []
        for (step, pair) in shares.enumerated() {
            let next = Experiment(
                name: "order", arms: [Arm("A"), Arm("B")], buckets: BucketTable(shares: pair),
                metrics: ExperimentMetrics(primary: .init("buying", .conversion(of: "buy"))))
            all.append(all.last.map { next.keepingUnits(of: $0, at: Double(step)) } ?? next)
        }
        return all
    }

    /// All users come in each period, half as many new ones with them.
    ///
    /// They buy at the rate of the period in which they came in, those of B by `lift` more often; some of B are
    /// lost.
    private func report(
        _ shares: [[Int]], users: Int, rates: [Double], lift: Double = 1, losing: Double = 0,
        seed: UInt64
    ) -> ExperimentReport {
        looks(shares, users: users, rates: rates, lift: lift, losing: losing, seed: seed).last
            ?? ExperimentReport(.halves(), ExperimentTotals(events: [], units: []))
    }

    /// The same, looked at again and again while they come.
    private func looks(
        _ shares: [[Int]], users: Int, rates: [Double], lift: Double = 1, losing: Double = 0,
        seed: UInt64, count: Int = 1
    ) -> [ExperimentReport] {
        var reports: [ExperimentReport] = []
        var random = SplitMix64(seed: seed)
        let steps = experiment(shares)
        var log = ExperimentLog(steps[steps.count - 1])
        var known: Set<Int> = []
        for (step, experiment) in steps.enumerated() {
            let comers = users + step * users / 2
            for number in 0..<comers {
                if step == steps.count - 1, (number + 1).isMultiple(of: comers / count) {
                    reports.append(ExperimentReport(experiment, log.totals()))
                }
                let user = "user \(seed) \(number)"
                guard let arm = experiment.arm(of: user), !known.contains(number) else { continue }
                let isLost = Double.random(in: 0..<1, using: &random) < losing
                guard !(isLost && arm == 1) else { continue }
                known.insert(number)
                log.expose(user, to: arm, at: Double(step), period: experiment.period)
                let rate = rates[step] * (arm == 1 ? lift : 1)
                guard Double.random(in: 0..<1, using: &random) < rate else { continue }
                log.record("buy", by: user, at: Double(step) + 0.5)
            }
        }
        return reports
    }

    @Test func `growth out of what is in no arm gives no alarm, however many come again`() {
        let shares = [[5000, 1000], [5000, 5000]]
        let reports = (UInt64(0)..<60).map {
            report(shares, users: 4000, rates: [0.1, 0.1], seed: $0)
        }
        #expect(reports.count { $0.sampleRatio.pValue < 0.05 } <= 9)
        #expect(!reports.contains { $0.sampleRatio.isAlarm })
        // All of B that came anew would have been too many.
        #expect(reports[0].arms[1].units > 2000)
        for seed in UInt64(0)..<5 {
            let lossy = report(
                shares, users: 8000, rates: [0.1, 0.1], losing: 0.3, seed: seed)
            #expect(lossy.sampleRatio.isAlarm)
        }
    }

    @Test func `what is other later on is no effect of the arm that came later`() throws {
        let shares = [[9000, 1000], [5000, 5000]]
        var shown = 0
        for seed in UInt64(0)..<50 {
            let looks = looks(shares, users: 2000, rates: [0.1, 0.4], seed: seed, count: 6)
            let comparisons = try looks.map {
                try #require($0.metrics.first?.treatments.first).raw
            }
            #expect(abs(try #require(comparisons.last).difference.value) < 0.1)
            shown += comparisons.contains { $0.sign != 0 } ? 1 : 0
        }
        #expect(shown <= 2)
    }

    @Test func `an effect in all strata is found, as large as it is`() throws {
        let report = report(
            [[6000, 1000], [5000, 5000]], users: 20_000, rates: [0.2, 0.4], lift: 1.2, seed: 1)
        let lift = try #require(report.metrics[0].treatments[0].raw.liftInterval)
        #expect(lift.contains(0.2) && lift.lowerBound > 0)
        #expect(report.verdict == .better(arm: 1, undecided: []))
    }

    @Test(arguments: UInt64(0)..<20)
    func `every bucket of an arm is in one stratum of its period`(seed: UInt64) {
        var random = RandomExperiment(seed: seed)
        let steps = experiment(
            (0..<4).map { _ in
                let shares = random.shares(3)
                return [max(1, shares[0]), shares[1]].map { min($0, 5000) }
            })
        let last = steps[steps.count - 1]
        #expect(last.period == steps.count - 1)
        let strata = last.strata
        let owned = steps.flatMap(\.buckets.shares).reduce(0, +)
        #expect(strata.shares.joined().reduce(0, +) == owned)
        for number in 0..<200 {
            let unit = "unit \(number)"
            for (period, step) in steps.enumerated() {
                guard let arm = step.arm(of: unit) else { continue }
                #expect(strata.shares[strata.stratum(of: unit, in: period)][arm] > 0)
            }
        }
    }

    @Test func `after another salt units are parted by periods alone`() {
        let before = experiment([[1000, 9000]])[0]
        let anew = Experiment.halves(salt: "new").keepingUnits(of: before, at: 2)
        #expect(anew.strata.shares == [[1000, 9000], [5000, 5000]])
        #expect(anew.strata.stratum(of: "anna", in: 1) == 1)
        #expect(anew.earlier.map(\.salt) == ["order"])
    }

    @Test func `few units of a stratum raise no alarm`() {
        let one = SampleRatioTest(counts: [0, 1], shares: [9900, 100])
        #expect(one.pValue == 1 && one.expected == [0.99, 0.01])
        // Strata with few units count together.
        let many = [(counts: [Int], shares: [Int])](repeating: ([0, 4], [1, 1]), count: 20)
        #expect(SampleRatioTest(many).isAlarm)
    }
}
