// Experiments for the tests.

import Experiments
import JSON
import Numerics

extension ExperimentMetrics {
    /// Clicks per impression; dismissals are guarded.
    static let ctr = ExperimentMetrics(
        primary: .init("ctr", .ratio(of: "click", per: "impression")),
        secondary: [.init("clicking", .conversion(of: "click"))],
        guardrails: [.init(.init("dismissals", .mean(of: "dismiss"), better: .lower), margin: 0.1)])
}

extension Experiment {
    /// Two arms with half each.
    static func halves(
        _ name: String = "order", salt: String? = nil, traffic: Int = BucketTable.count,
        holdout: Int = 0, layer: Layer? = nil, start: Double? = nil, stop: Double? = nil,
        metrics: ExperimentMetrics = .ctr
    ) -> Experiment {
        Experiment(
            name: name, salt: salt, arms: [Arm("A"), Arm("B")],
            buckets: BucketTable(shares: [5000, 5000]), traffic: traffic, holdout: holdout,
            layer: layer, start: start, stop: stop, metrics: metrics)
    }

    func arm(of unit: String) -> Int? {
        if case .arm(let arm) = assignment(of: unit, at: 0) { arm } else { nil }
    }
}

/// Draws definitions.
struct RandomExperiment {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func shares(_ count: Int) -> [Int] {
        let cuts = (1..<count).map { _ in Int.random(in: 0...BucketTable.count, using: &random) }
        let edges = [0] + cuts.sorted() + [BucketTable.count]
        return (0..<count).map { edges[$0 + 1] - edges[$0] }
    }

    mutating func next() -> Experiment {
        let count = Int.random(in: 2...5, using: &random)
        let first = BucketTable(shares: shares(count))
        let arms = (0..<count).map { Arm("arm \($0)", treatment()) }
        let start = Bool.random(using: &random) ? Double.random(in: 0...1e9, using: &random) : nil
        let slot = Int.random(in: 0..<BucketTable.count, using: &random)
        let states: [Experiment.State] = [.running, .stopped, .shipped(count - 1)]
        return Experiment(
            name: "é \"name\"",
            unit: AssignmentUnit.allCases.randomElement(using: &random) ?? .user,
            salt: Bool.random(using: &random) ? "salt" : nil, arms: arms,
            buckets: Bool.random(using: &random)
                ? first : BucketTable(first, renumbered: Array(0..<count), shares: shares(count)),
            traffic: Int.random(in: 0...BucketTable.count, using: &random),
            holdout: Int.random(in: 0...500, using: &random),
            layer: Bool.random(using: &random)
                ? .init(name: "layer", slots: slot..<BucketTable.count) : nil,
            start: start, stop: start.map { $0 + 1 }, metrics: metrics(),
            state: states.randomElement(using: &random) ?? .running,
            earlier: (0..<Int.random(in: 0...2, using: &random)).map {
                .init(until: Double($0), shares: ["A": 1234, "gone": 8000])
            }, created: Bool.random(using: &random) ? 1_767_225_600.123456 : nil)
    }

    private mutating func treatment() -> Arm.Treatment {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: .deployed
        case 1: .model("intents@3f2a")
        default: .settings(recommender: "articles", patch: ["limit": 8, "rerank": nil])
        }
    }

    private mutating func metrics() -> ExperimentMetrics {
        func metric(_ name: String) -> ExperimentMetric {
            let kinds: [ExperimentMetric.Kind] = [
                .conversion(of: "a"), .mean(of: "b"), .ratio(of: "c", per: "d"),
            ]
            return ExperimentMetric(
                name, kinds.randomElement(using: &random) ?? kinds[0],
                better: Bool.random(using: &random) ? .higher : .lower)
        }
        return ExperimentMetrics(
            primary: metric("first"),
            secondary: (0..<Int.random(in: 0...2, using: &random)).map { metric("more \($0)") },
            guardrails: (0..<Int.random(in: 0...2, using: &random)).map {
                Guardrail(metric("guard \($0)"), margin: 0.02)
            })
    }
}
