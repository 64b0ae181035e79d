// When a difference is called drift.

import Numerics

/// What it takes to call the answers of a window different from those of the reference.
///
/// Two things at once: a difference beyond chance, so that few answers make no false alarm, and one of a size
/// that matters, so that a great many with a trifling difference make none either.
package struct DriftCriteria: Equatable, Sendable {
    /// The chance of a false alarm of one version in a day, at most, whatever it answers.
    package var falseAlarmsADay = 0.01
    /// How often it is looked at in a day; by each window, and for each feature by three tests.
    package var looksADay = 1440
    /// How far the stability index must be above what chance gives.
    package var leastEffect = 0.1
    /// How many more of the answers, as a share, must lack a value or have one that was never seen.
    package var leastExcess = 0.05
    /// Of fewer answers nothing is said.
    package var leastAnswers = 100

    package init() {}

    /// A test is passed only by what is rarer than this, by Bonferroni's inequality.
    func level(features: Int, windows: Int) -> Double {
        falseAlarmsADay / Double(max(looksADay * features * windows * 3, 1))
    }

    /// As many values of either sample are wanted in what the chi-square test compares.
    static let leastInSlot = 10

    /// Judges one feature of one window.
    ///
    /// What was drift when it was last told, `isKnown`, is so until less than half of the least is left; of no
    /// answers at all nothing is said.
    package func judge(
        _ feature: FeatureReference, live: [Int], level: Double, isKnown: Bool = false
    ) -> FeatureDrift {
        let missing = feature.missingSlot
        let (a, b) = pooled(
            feature.tested(feature.counts), feature.tested(live), least: Self.leastInSlot)
        let (m, n) = (a.reduce(0, +), b.reduce(0, +))
        let ordered = feature.orderedCount
        var drift = FeatureDrift(
            name: feature.name, reference: feature.counts, live: live,
            labels: feature.counts.indices.map(feature.label),
            stabilityIndex: n > 0 ? stabilityIndex(a, b) : 0,
            expectedIndex: expectedStabilityIndex(slots: a.count, m, n),
            divergence: n > 0 ? jensenShannonDivergence(feature.counts, live) : 0,
            distance: ordered > 0 && n > 0
                ? kolmogorovDistance(
                    Array(feature.counts[..<ordered]), Array(live[..<ordered])) : nil,
            chance: homogeneityTest(a, b),
            missing: Excess(feature.counts[missing], of: feature.total, live[missing], of: live),
            unseen: Excess(feature.namedOnce, of: m, feature.unseen(live), of: live))
        drift.verdict = verdict(drift, level, isKnown)
        return drift
    }

    private func verdict(
        _ drift: FeatureDrift, _ level: Double, _ isKnown: Bool
    ) -> FeatureDrift.Verdict {
        guard drift.answers >= leastAnswers else {
            return isKnown && drift.answers > 0 ? .drifted : .tooFew
        }
        // What is known need not be found again: of a few answers it could not be.
        let part = isKnown ? 0.5 : 1
        let isFar = drift.effect >= part * leastEffect && (isKnown || drift.chance <= level)
        let areMore = [drift.missing, drift.unseen].contains {
            $0.live - $0.reference >= part * leastExcess && (isKnown || $0.chance <= level)
        }
        return isFar || areMore ? .drifted : .steady
    }
}

/// How many of the values are of a sort that the reference has less of.
package struct Excess: Equatable, Sendable {
    /// Shares.
    package let reference: Double
    package let live: Double
    /// That of as many, if nothing has changed.
    package let chance: Double

    init(_ a: Int, of m: Int, _ b: Int, of live: [Int]) {
        let n = live.reduce(0, +)
        reference = Double(a) / Double(max(m, 1))
        self.live = Double(b) / Double(max(n, 1))
        chance = excessTest(a, of: m, b, of: n)
    }
}

/// How one feature of a window stands.
package struct FeatureDrift: Equatable, Sendable {
    package enum Verdict: String, Sendable {
        case tooFew, steady, drifted
    }

    package let name: String
    /// Counts by slot, and what the slots are called.
    package let reference: [Int]
    package let live: [Int]
    package let labels: [String]
    /// Of the values that are there, slots that hold few put together.
    package let stabilityIndex: Double
    /// What chance alone gives.
    package let expectedIndex: Double
    /// Jensen-Shannon, in bits.
    package let divergence: Double
    /// That of the distribution functions; nil of names.
    package let distance: Double?
    /// That of a difference as great, if nothing has changed.
    package let chance: Double
    package let missing: Excess
    package let unseen: Excess
    package internal(set) var verdict = Verdict.tooFew

    package var answers: Int { live.reduce(0, +) }

    /// How far the index is above what chance gives.
    package var effect: Double { max(stabilityIndex - expectedIndex, 0) }

    /// The difference in a few words.
    package var summary: String {
        var parts = [
            "PSI \(decimal(stabilityIndex)), by chance \(decimal(expectedIndex))",
            "p \(Numerics.chance(chance))",
        ]
        if missing.live > missing.reference { parts.append("missing \(percent(missing.live)) %") }
        if unseen.live > 0 { parts.append("unseen \(percent(unseen.live)) %") }
        return parts.joined(separator: ", ")
    }
}
