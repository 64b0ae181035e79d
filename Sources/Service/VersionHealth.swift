// How a version does, and whether a canary may go on.

internal import Drift
internal import Experiments
internal import Numerics
internal import Registry

/// What is known of a version's answers, since the server started.
struct VersionHealth: Equatable, Sendable {
    var answers = 0.0
    var outOfScope = 0.0
    var failures = 0.0
    /// Lists that were seen, and those of which an item was chosen.
    var lists = 0.0
    var hits = 0.0
    /// By the bounds of the histogram, then infinity: batches that took no longer for each answer.
    var latencies: [Double] = []
    /// How often each intent was the answer to a text that rests.
    var intents: [String: Int] = [:]

    /// What came since an earlier look.
    func since(_ earlier: VersionHealth) -> VersionHealth {
        var health = VersionHealth()
        health.answers = answers - earlier.answers
        health.outOfScope = outOfScope - earlier.outOfScope
        health.failures = failures - earlier.failures
        health.lists = lists - earlier.lists
        health.hits = hits - earlier.hits
        let before =
            earlier.latencies.isEmpty ? latencies.map { _ in 0 } : earlier.latencies
        health.latencies = zip(latencies, before).map { $0 - $1 }
        health.intents = intents.merging(earlier.intents) { $0 - $1 }
        return health
    }

    /// How many texts it was asked.
    var asked: Double { answers + failures }

    /// The first that enough was asked of to compare a canary with; the last where it is none of them.
    static func reference(_ healths: [VersionHealth]) -> VersionHealth {
        healths.first { $0.asked >= leastCompared } ?? healths.last ?? VersionHealth()
    }

    /// Of so few answers on either side nothing is told.
    static let leastCompared = 20.0

    /// How many batches were timed.
    var timed: Double { latencies.last ?? 0 }

    /// How many batches took longer for each answer than a bound of the histogram, the first from `seconds` on.
    func slow(over seconds: Double, _ bounds: [Double]) -> Double {
        guard let total = latencies.last, let place = bounds.firstIndex(where: { $0 >= seconds })
        else { return 0 }
        return total - latencies[place]
    }

    /// The upper bound of the bucket that holds the 99th percentile; nil where there is none.
    func latency(_ bounds: [Double]) -> Double? {
        guard let total = latencies.last, total > 0 else { return nil }
        let place = latencies.firstIndex { $0 >= 0.99 * total } ?? bounds.count
        return place < bounds.count ? bounds[place] : .infinity
    }
}

/// What is to become of a canary.
enum CanaryVerdict: Equatable, Sendable {
    case hold
    case grow
    /// Nothing is left to compare it with: it goes back by a step.
    case reduce
    case promote
    case halt(String)
}

extension Rollout {
    /// Judges a canary by its answers since its step began, and those of what is live.
    ///
    /// A share is worse only if it is so beyond chance (p < 0.001 of a two-proportion test), for many
    /// looks are taken; the guard says how much worse is too much. A step ends when there is something to
    /// compare with, unless it asks for fewer answers than can be compared. `now` is in microseconds since 1970.
    func verdict(
        of canary: VersionHealth, beside live: VersionHealth, latencyBounds: [Double], now: Int
    ) -> CanaryVerdict {
        if let reason = trouble(of: canary, beside: live, latencyBounds) { return .halt(reason) }
        let least = VersionHealth.leastCompared
        if Double(leastAnswers) >= least, live.asked < least {
            return share == 1 && step > 0 ? .reduce : .hold
        }
        guard now - since >= hold * 1_000_000, canary.answers >= Double(leastAnswers) else {
            return .hold
        }
        return step + 1 < steps.count ? .grow : .promote
    }

    private func trouble(
        of canary: VersionHealth, beside live: VersionHealth, _ bounds: [Double]
    ) -> String? {
        if isWorse(
            canary.failures, canary.asked, live.failures, live.asked, by: guards.failures)
        {
            return told("failures", canary.failures, canary.asked)
        }
        if isWorse(
            canary.outOfScope, canary.answers, live.outOfScope, live.answers, by: guards.outOfScope)
        {
            return told("answers out of scope", canary.outOfScope, canary.answers)
        }
        // Lists that nobody took anything from, more of them than of the live version.
        let rate = live.lists > 0 ? live.hits / live.lists : 0
        if isWorse(
            canary.lists - canary.hits, canary.lists, live.lists - live.hits, live.lists,
            by: guards.clicks * rate)
        {
            return told("lists clicked", canary.hits, canary.lists)
        }
        if let limit = guards.drift, let reason = drift(of: canary, beside: live, over: limit) {
            return reason
        }
        return slowness(of: canary, beside: live, bounds)
    }

    /// Whether more than one in a hundred takes longer than is allowed, told by the 99th percentile of both.
    private func slowness(
        of canary: VersionHealth, beside live: VersionHealth, _ bounds: [Double]
    ) -> String? {
        guard let usual = live.latency(bounds), let p99 = canary.latency(bounds) else { return nil }
        let allowed = guards.latency * max(usual, 0.001)
        let (slow, liveSlow) = (
            canary.slow(over: allowed, bounds), live.slow(over: allowed, bounds)
        )
        guard isWorse(slow, canary.timed, liveSlow, live.timed, by: 0.01) else { return nil }
        return "p99 of an answer: \(p99) s, where the live version takes \(usual) s"
    }

    /// In what the intents of both differ, beyond chance and by more than is allowed.
    private func drift(
        of canary: VersionHealth, beside live: VersionHealth, over limit: Double
    ) -> String? {
        let names = Set(live.intents.keys).union(canary.intents.keys).sorted()
        let (a, b) = pooled(
            names.map { live.intents[$0] ?? 0 }, names.map { canary.intents[$0] ?? 0 }, least: 10)
        let (m, n) = (a.reduce(0, +), b.reduce(0, +))
        guard m >= 100, n >= 100 else { return nil }
        let index = stabilityIndex(a, b)
        let chance = homogeneityTest(a, b)
        // It is looked at twice a second.
        guard index - expectedStabilityIndex(slots: a.count, m, n) > limit, chance < 1e-6 else {
            return nil
        }
        return "drift: PSI \(decimal(index)) of \(n) intents against \(m) of the live version"
    }

    private func told(_ what: String, _ count: Double, _ of: Double) -> String {
        "\(what): \(Int(count)) of \(Int(of))"
    }

    /// Whether a share is greater than another one by more than is allowed, beyond chance.
    private func isWorse(
        _ count: Double, _ of: Double, _ liveCount: Double, _ liveOf: Double, by margin: Double
    ) -> Bool {
        let least = VersionHealth.leastCompared
        guard of >= least, liveOf >= least, count / of > liveCount / liveOf + margin else {
            return false
        }
        let test = TwoProportionTest(
            control: (Int(liveCount), Int(liveOf)), treatment: (Int(count), Int(of)))
        return test.pValue < 0.001
    }
}
