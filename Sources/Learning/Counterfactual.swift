// What another policy would have got, from a log of what one policy did by chance.

/// A choice that was made by chance, as an estimate of another policy's value needs it.
package struct LoggedDecision: Equatable, Sendable {
    /// What came of the choice.
    package let reward: Double
    /// The chance with which the log's policy chose it, above 0.
    package let propensity: Double
    /// The chance with which the other policy would have chosen it.
    package let chance: Double
    /// What a model expects of that choice, and of the other policy's: the mean over its choices.
    package let expected: (logged: Double, policy: Double)
    /// Decisions of one list or person depend on each other; those of different clusters do not.
    package let cluster: Int

    package init(
        reward: Double, propensity: Double, chance: Double,
        expected: (logged: Double, policy: Double) = (0, 0), cluster: Int
    ) {
        precondition(propensity > 0 && propensity <= 1 && chance >= 0 && chance <= 1)
        self.reward = reward
        self.propensity = propensity
        self.chance = chance
        self.expected = expected
        self.cluster = cluster
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.reward == b.reward && a.propensity == b.propensity && a.chance == b.chance
            && a.expected == b.expected && a.cluster == b.cluster
    }
}

/// Estimates of the mean reward of a decision under another policy.
///
/// With the weight w = chance / propensity, the reward r, and q what the model expects:
///
///     IPS    mean of w r
///     SNIPS  Σ w r / Σ w
///     DR     mean of q(policy) + w (r − q(logged))
///
/// IPS and DR are unbiased if the log's policy could choose whatever the other one would, and if q does not come
/// from these rewards; SNIPS has a bias that vanishes with the number of decisions. The better q is, the narrower
/// is DR. Intervals are those of the normal distribution, with errors summed by cluster; that of SNIPS is
/// linearised.
///
/// Sources: Horvitz and Thompson, 1952; Swaminathan and Joachims, "The Self-Normalized Estimator for
/// Counterfactual Learning", NIPS 2015; Dudík, Langford, Li, "Doubly Robust Policy Evaluation and Learning",
/// ICML 2011.
package struct CounterfactualEstimates: Equatable, Sendable {
    package struct Estimate: Equatable, Sendable {
        package let value: Double
        package let standardError: Double

        /// Holds the true value of 95 of 100 logs.
        package var interval: ClosedRange<Double> {
            let half = 1.959964 * standardError
            return value - half...value + half
        }
    }

    package let decisions: Int
    /// The mean reward of what was done.
    package let logged: Estimate
    package let ips: Estimate
    /// Nil where the other policy would never have chosen what was.
    package let snips: Estimate?
    package let doublyRobust: Estimate
    /// (Σ w)² / Σ w²: how many decisions of the other policy itself would tell as much.
    package let effectiveDecisions: Double

    /// Estimates from at least one decision.
    package init(_ decisions: [LoggedDecision]) {
        precondition(!decisions.isEmpty)
        self.decisions = decisions.count
        let weights = decisions.map { $0.chance / $0.propensity }
        let rewards = decisions.map(\.reward)
        func mean(_ values: [Double]) -> Estimate {
            let mean = values.reduce(0, +) / Double(values.count)
            return Estimate(
                value: mean, standardError: Self.error(values.map { $0 - mean }, decisions))
        }
        logged = mean(rewards)
        ips = mean(zip(weights, rewards).map { $0 * $1 })
        doublyRobust = mean(
            zip(weights, decisions).map { weight, decision in
                let (own, other) = decision.expected
                return other + weight * (decision.reward - own)
            })
        let sum = weights.reduce(0, +)
        let squares = weights.reduce(0) { $0 + $1 * $1 }
        effectiveDecisions = squares > 0 ? sum * sum / squares : 0
        guard sum > 0 else {
            snips = nil
            return
        }
        let ratio = zip(weights, rewards).reduce(0) { $0 + $1.0 * $1.1 } / sum
        let share = sum / Double(decisions.count)
        let errors = zip(weights, rewards).map { $0 * ($1 - ratio) / share }
        snips = Estimate(value: ratio, standardError: Self.error(errors, decisions))
    }

    /// The standard error of a mean whose single errors are given.
    private static func error(_ errors: [Double], _ decisions: [LoggedDecision]) -> Double {
        var sums: [Int: Double] = [:]
        for (error, decision) in zip(errors, decisions) {
            sums[decision.cluster, default: 0] += error
        }
        guard sums.count > 1 else { return .infinity }
        // In the order of clusters: the last bits of a sum depend on it.
        let squares = sums.sorted { $0.key < $1.key }.reduce(0) { $0 + $1.value * $1.value }
        let clusters = Double(sums.count)
        return (squares * clusters / (clusters - 1)).squareRoot() / Double(decisions.count)
    }
}
