import JSON
import Numerics
import Registry
import Testing

@testable import Service

/// What halts a canary whose intents are others than those of the version in use.
@Suite struct DriftGuardTests {
    private func rollout(_ drift: Double?) throws -> Rollout {
        let guards: JSONValue = drift.map { ["drift": .number($0)] } ?? [:]
        let rollout = try Rollout([
            "name": "desk", "version": "000000000001", "mode": "canary", "steps": [0.5, 1],
            "guards": guards,
        ])
        // What is written down is read as it was.
        #expect(try Rollout(rollout.json) == rollout && rollout.guards.drift == drift)
        return rollout
    }

    /// Answers of which so many thousandths are refunds, the rest of nine other intents.
    private func health(
        _ answers: Int, refunds: Int, _ random: inout SplitMix64
    ) -> VersionHealth {
        var health = VersionHealth()
        health.answers = Double(answers)
        for _ in 0..<answers {
            let isRefund = Int.random(in: 0..<1000, using: &random) < refunds
            let other = "other \(Int.random(in: 0..<9, using: &random))"
            health.intents[isRefund ? "refund" : other, default: 0] += 1
        }
        return health
    }

    private func verdict(
        _ canary: VersionHealth, _ live: VersionHealth, _ drift: Double?
    ) throws -> CanaryVerdict {
        try rollout(drift).verdict(of: canary, beside: live, latencyBounds: [], now: 0)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a canary is halted by other intents, not by chance nor by what both are asked`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let live = health(3000, refunds: 100, &random)
        for count in [30, 100, 300, 3000] {
            // The traffic may change as it likes: it does for both.
            #expect(try verdict(health(count, refunds: 100, &random), live, 0.1) == .hold)
        }
        let other = health(1000, refunds: 400, &random)
        guard case .halt(let reason) = try verdict(other, live, 0.2) else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.hasPrefix("drift: PSI 0.") && reason.hasSuffix("3000 of the live version"))
        #expect(try verdict(other, live, nil) == .hold)
        #expect(try verdict(other, live, 2) == .hold)
    }

    @Test func `what was answered before a step began does not count`() {
        var random = SplitMix64(seed: 1)
        let before = health(100, refunds: 900, &random)
        var now = before
        now.intents["refund", default: 0] += 3
        #expect(now.since(before).intents["refund"] == 3)
        #expect(now.since(before).intents.values.reduce(0, +) == 3)
        #expect(now.since(VersionHealth()).intents == now.intents)
    }
}
