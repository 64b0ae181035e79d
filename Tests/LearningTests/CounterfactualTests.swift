import Learning
import Numerics
import Testing

@Suite struct CounterfactualTests {
    /// Five choices whose rewards come with these chances, and what a poor model expects of them.
    private static let rates = [0.1, 0.25, 0.4, 0.15, 0.6]
    private static let expected = [0.15, 0.2, 0.45, 0.25, 0.5]
    /// What the log's policy did, and what the other one would do.
    private static let logging = [0.4, 0.3, 0.1, 0.1, 0.1]
    private static let policy = [0.0, 0.1, 0.3, 0.1, 0.5]

    private func mean(_ chances: [Double], _ values: [Double]) -> Double {
        zip(chances, values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func estimates(
        _ count: Int, seed: UInt64, expected: [Double] = Self.expected
    ) -> CounterfactualEstimates {
        var random = SplitMix64(seed: seed)
        let decisions = (0..<count).map { number in
            var uniform = Double.random(in: 0..<1, using: &random)
            var choice = 0
            while choice < 4, uniform >= Self.logging[choice] {
                uniform -= Self.logging[choice]
                choice += 1
            }
            let isTaken = Double.random(in: 0..<1, using: &random) < Self.rates[choice]
            return LoggedDecision(
                reward: isTaken ? 1 : 0, propensity: Self.logging[choice],
                chance: Self.policy[choice],
                expected: (expected[choice], mean(Self.policy, expected)), cluster: number)
        }
        return CounterfactualEstimates(decisions)
    }

    @Test func `intervals hold the true value as often as they say`() {
        let truth = mean(Self.policy, Self.rates)
        var (ips, snips, robust, logged) = (0, 0, 0, 0)
        for seed in UInt64(0)..<400 {
            let estimates = estimates(500, seed: seed)
            ips += estimates.ips.interval.contains(truth) ? 1 : 0
            snips += estimates.snips?.interval.contains(truth) == true ? 1 : 0
            robust += estimates.doublyRobust.interval.contains(truth) ? 1 : 0
            let own = mean(Self.logging, Self.rates)
            logged += estimates.logged.interval.contains(own) ? 1 : 0
        }
        // 95 % of 400 are 380, with a standard deviation of 4.4.
        for count in [ips, snips, robust, logged] { #expect((364...394).contains(count)) }
    }

    @Test func `IPS and DR are unbiased, however wrong the model is`() {
        let truth = mean(Self.policy, Self.rates)
        let wrong = [0.9, 0.9, 0.1, 0.9, 0.1]
        let logs = (0..<400).map { estimates(200, seed: UInt64($0), expected: wrong) }
        func check(_ values: [CounterfactualEstimates.Estimate]) {
            let mean = values.reduce(0) { $0 + $1.value } / 400
            let squares = values.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
            #expect(abs(mean - truth) < 3 * (squares / 400).squareRoot() / 20)
        }
        check(logs.map(\.ips))
        check(logs.map(\.doublyRobust))
    }

    @Test func `a model that knows something narrows the doubly robust estimate`() {
        let truth = mean(Self.policy, Self.rates)
        let logs = (0..<200).map { estimates(500, seed: UInt64($0)) }
        func error(_ values: [Double]) -> Double {
            values.reduce(0) { $0 + ($1 - truth) * ($1 - truth) }
        }
        #expect(error(logs.map(\.doublyRobust.value)) < 0.9 * error(logs.map(\.ips.value)))
        for log in logs { #expect(log.doublyRobust.standardError < log.ips.standardError) }
    }

    @Test func `the log's own policy is worth what it got`() {
        let decisions = [1.0, 0, 0, 1].enumerated().map { number, reward in
            LoggedDecision(
                reward: reward, propensity: 0.3, chance: 0.3, expected: (0.4, 0.4), cluster: number)
        }
        let estimates = CounterfactualEstimates(decisions)
        #expect(estimates.logged.value == 0.5 && estimates.ips == estimates.logged)
        #expect(estimates.snips?.value == 0.5 && estimates.effectiveDecisions == 4)
        #expect(abs(estimates.doublyRobust.value - 0.5) < 1e-12)
    }

    @Test func `decisions of one cluster are one observation`() {
        let single = [1.0, 0, 1, 1].enumerated().map {
            LoggedDecision(reward: $1, propensity: 1, chance: 1, cluster: $0)
        }
        // Each three times, in one cluster: it tells no more.
        let repeated = single.flatMap { Array(repeating: $0, count: 3) }
        let (one, three) = (CounterfactualEstimates(single), CounterfactualEstimates(repeated))
        #expect(abs(one.ips.standardError - three.ips.standardError) < 1e-12)
        // The variance of a mean: s² / n.
        #expect(abs(one.ips.standardError - 0.25) < 1e-12)
    }

    @Test func `a policy that would never have done what was done has no ratio`() {
        let decision = LoggedDecision(reward: 1, propensity: 0.5, chance: 0, cluster: 0)
        let estimates = CounterfactualEstimates([decision, decision])
        #expect(estimates.snips == nil && estimates.ips.value == 0)
        #expect(estimates.ips.standardError == .infinity)
    }
}
