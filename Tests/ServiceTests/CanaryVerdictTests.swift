import JSON
import Registry
import Testing

@testable import Service

/// Whether a canary may go on.
@Suite struct CanaryVerdictTests {
    private let reference: ModelReference
    private let bounds = [0.001, 0.01, 0.1]

    init() throws { reference = try ModelReference(name: "m", version: "abc") }

    private func health(
        _ answers: Double, outOfScope: Double = 0, failures: Double = 0, slow: Double = 0
    ) -> VersionHealth {
        VersionHealth(
            answers: answers, outOfScope: outOfScope, failures: failures,
            latencies: [answers - slow, answers - slow, answers, answers])
    }

    private func verdict(
        _ canary: VersionHealth, _ live: VersionHealth, step: Int = 0, now: Int = 100_000_000
    ) -> CanaryVerdict {
        Rollout(
            reference, .canary, steps: [0.05, 1], hold: 60, leastAnswers: 100, step: step, since: 0
        ).verdict(of: canary, beside: live, latencyBounds: bounds, now: now)
    }

    @Test func `it goes on step by step, once it has answered enough for long enough`() {
        #expect(verdict(health(99), health(1000)) == .hold)
        #expect(verdict(health(100), health(1000), now: 59_000_000) == .hold)
        #expect(verdict(health(100), health(1000)) == .grow)
        #expect(verdict(health(100), health(1000), step: 1) == .promote)
    }

    @Test func `it is halted for what is worse beyond chance and beyond what is allowed`() {
        let live = health(1000, outOfScope: 100)
        // 4 points more are allowed; 9 points more of 100 may be chance, of 1,000 they are not.
        #expect(verdict(health(1000, outOfScope: 140), live) == .grow)
        #expect(verdict(health(100, outOfScope: 19), live) == .grow)
        #expect(
            verdict(health(1000, outOfScope: 190), live)
                == .halt("answers out of scope: 190 of 1000"))
        #expect(verdict(health(1000, failures: 200), live) == .halt("failures: 200 of 1200"))
        if case .halt(let reason) = verdict(health(1000, slow: 50), live) {
            #expect(reason.hasPrefix("p99"))
        } else {
            Issue.record("it is slow")
        }
        var (canary, clicked) = (health(1000), health(1000))
        (canary.lists, canary.hits, clicked.lists, clicked.hits) = (500, 50, 500, 250)
        #expect(verdict(canary, clicked) == .halt("lists clicked: 50 of 500"))
    }

    @Test func `a step waits for something to compare with, but for one of few answers`() {
        #expect(verdict(health(100), health(19)) == .hold)
        #expect(verdict(health(100), health(19), step: 1) == .reduce)
        #expect(verdict(health(100), health(19, failures: 1)) == .grow)
        let few = Rollout(
            reference, .canary, steps: [0.5, 1], hold: 60, leastAnswers: 19, since: 0)
        let now = 100_000_000
        #expect(
            few.verdict(of: health(19), beside: health(0), latencyBounds: bounds, now: now)
                == .grow)
    }

    @Test func `few answers are enough where all of them are slow or fail`() {
        let live = health(1000)
        #expect(verdict(health(20, failures: 3), live) == .halt("failures: 3 of 23"))
        guard case .halt(let reason) = verdict(health(20, slow: 20), live) else {
            Issue.record("it is slow")
            return
        }
        #expect(reason == "p99 of an answer: 0.1 s, where the live version takes 0.001 s")
        #expect(verdict(health(100, slow: 1), live) == .grow)
        #expect(verdict(health(1000, slow: 20), health(1000, slow: 10)) == .grow)
    }

    @Test func `what is counted is what is judged`() {
        let metrics = ServiceMetrics()
        let counts = metrics.answers(of: "m@abc")
        for _ in 0..<3 { counts.observe(2, outOfScope: 1, failures: 1, seconds: 0.06) }
        let health = metrics.health(of: "m@abc")
        #expect(health.answers == 6 && health.outOfScope == 3 && health.failures == 3)
        #expect(health.timed == 3 && health.asked == 9)
        // Two answers in 60 ms take 30 ms each.
        #expect(health.latency(ServiceMetrics.versionBounds) == 0.05)
        #expect(health.slow(over: 0.02, ServiceMetrics.versionBounds) == 3)
        #expect(health.slow(over: 0.05, ServiceMetrics.versionBounds) == 0)
    }

    @Test func `a canary of all is compared with what was live before`() {
        let references = [health(19), health(20), health(1000)]
        #expect(VersionHealth.reference(references) == references[1])
        #expect(VersionHealth.reference([health(1), health(2)]) == health(2))
        let bad = verdict(health(1000, outOfScope: 900), references[1], step: 1)
        #expect(bad == .halt("answers out of scope: 900 of 1000"))
    }

    @Test func `what was before the step does not count`() {
        let later = health(150, outOfScope: 30).since(health(50, outOfScope: 30))
        #expect(
            later.answers == 100 && later.outOfScope == 0
                && later.latencies == [100, 100, 100, 100])
    }

    @Test func `a rollout is read as it was written`() throws {
        for rollout in [
            Rollout(reference, .shadow, since: 5, by: "ada"),
            Rollout(
                reference, .canary, steps: [0.05, 0.5, 1], hold: 30, leastAnswers: 7,
                guards: .init(outOfScope: 0.1, latency: 2, failures: 0, clicks: 0.5), step: 1,
                since: 9, by: "bob"),
        ] {
            #expect(try Rollout(rollout.json) == rollout)
        }
        #expect(throws: RegistryError.self) {
            try Rollout([
                "name": "m", "version": "abc", "mode": "canary", "steps": [0.5, 0.1],
            ])
        }
    }
}
