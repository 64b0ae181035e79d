import Experiments
import Numerics
import Testing

/// Experiments whose shares change while they run.
@Suite struct ChangedSharesTests {
    /// Reports on users who come by and by, while the shares of A and B go from one pair to the next.
    private func report(
        _ shares: [[Int]], users: Int, seed: UInt64, losing: Double = 0
    ) -> ExperimentReport {
        var random = SplitMix64(seed: seed)
        var current: Experiment?
        var seen: [(user: String, arm: Int, time: Double, period: Int)] = []
        for (step, pair) in shares.enumerated() {
            let next = Experiment(
                name: "order", arms: [Arm("A"), Arm("B")], buckets: BucketTable(shares: pair),
                metrics: .ctr)
            let experiment =
                current.map { next.keepingUnits(of: $0, at: Double(step) * 1000) } ?? next
            current = experiment
            for visit in 0..<users {
                // Half of them have been there before.
                let number = Int.random(in: 0..<(step + 1) * users, using: &random)
                let isLost = Double.random(in: 0..<1, using: &random) < losing
                let user = "user \(seed) \(number)"
                guard let arm = experiment.arm(of: user), !(isLost && arm == 1) else { continue }
                let time = Double(step * 1000) + Double(visit) / Double(users)
                seen.append((user, arm, time, experiment.period))
            }
        }
        guard let experiment = current else { preconditionFailure("there is a step") }
        var log = ExperimentLog(experiment)
        for one in seen.shuffled(using: &random) {
            log.expose(one.user, to: one.arm, at: one.time, period: one.period)
        }
        return ExperimentReport(experiment, log.totals())
    }

    private static let steps = [[9000, 1000], [7000, 3000], [5000, 5000]]

    @Test func `changed shares give no alarm more often than shares that stay`() {
        let alarms = (UInt64(0)..<60).map { report(Self.steps, users: 2000, seed: $0) }
            .map(\.sampleRatio.pValue)
        // Of 60 fair ones some 3 are below 0.05, and none below the threshold.
        #expect(alarms.count { $0 < 0.05 } <= 9)
        #expect(!alarms.contains { $0 < SampleRatioTest.threshold })
    }

    @Test func `lost units of an arm give an alarm in spite of changed shares`() {
        for seed in UInt64(0)..<10 {
            let report = report(Self.steps, users: 4000, seed: seed, losing: 0.3)
            #expect(report.sampleRatio.isAlarm && report.verdict == .sampleRatioMismatch)
        }
    }

    @Test func `growth out of what is in no arm moves nobody`() {
        let report = report([[1000, 1000], [3000, 2000], [5000, 5000]], users: 3000, seed: 1)
        #expect(report.crossed == 0 && !report.sampleRatio.isAlarm)
        #expect(report.text.contains("over 3 times of other shares"))
    }

    @Test func `the values of periods add up, and those without units do not count`() {
        let test = SampleRatioTest([
            ([90, 10], [9000, 1000]), ([0, 0], [0, 1]), ([60, 40], [1, 1]),
        ])
        #expect(test.chiSquare == 4 && test.expected == [140, 60])
        #expect(abs(test.pValue - chiSquareTail(4, degrees: 2)) < 1e-15)
        #expect(SampleRatioTest([([1, 0], [0, 1])]).isAlarm)
    }
}
