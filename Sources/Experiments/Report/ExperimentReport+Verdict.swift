// What to make of an experiment.

extension ExperimentReport {
    /// What its metrics say, in this order of weight; arms by their numbers.
    package enum Verdict: Equatable, Sendable {
        /// Units are lost or miscounted: stop, and look for the reason.
        case sampleRatioMismatch
        /// No treatment bears its guardrails; the first one broken, by its number among the metrics.
        case guardrailViolated(metric: Int, arm: Int)
        /// This treatment is better by the primary metric; the guardrails that do not hold yet, by their numbers
        /// among the metrics.
        case better(arm: Int, undecided: [Int])
        /// All treatments are worse than the control.
        case worse
        case undecided

        /// `results` begin with the primary metric; of several better treatments the one with the greatest gain
        /// is named.
        init(_ results: [MetricResult], treatments count: Int) {
            let broken = Self.guardrails(results) { $0 == .violated }
            let brokenArms = Set(broken.map(\.arm))
            if let first = broken.first, brokenArms.count == count {
                self = .guardrailViolated(metric: first.metric, arm: first.arm)
                return
            }
            let primary = results[0]
            let better = primary.treatments.filter {
                primary.metric.gain($0.decisive) > 0 && !brokenArms.contains($0.arm)
            }
            let best = better.max { a, b in
                a.decisive.difference.value.magnitude < b.decisive.difference.value.magnitude
            }
            if let best {
                let open = Self.guardrails(results) { $0 == .undecided }
                self = .better(
                    arm: best.arm, undecided: open.filter { $0.arm == best.arm }.map(\.metric))
            } else if primary.treatments.count == count,
                primary.treatments.allSatisfy({ primary.metric.gain($0.decisive) < 0 })
            {
                self = .worse
            } else {
                self = .undecided
            }
        }

        private static func guardrails(
            _ results: [MetricResult], where condition: (Guardrail.Verdict) -> Bool
        ) -> [(metric: Int, arm: Int)] {
            results.indices.flatMap { metric in
                results[metric].treatments.filter { $0.verdict.map(condition) ?? false }
                    .map { (metric, $0.arm) }
            }
        }
    }
}
