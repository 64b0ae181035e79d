// A few places for what is not known well enough.

internal import Numerics

/// Fills the last places that are shown by chance, so that the log can tell how other items would do.
///
/// It draws from the best candidates that have no place before; pinned ones stay where they are. For each
/// place the probability of what came there, given the places before, is kept as its propensity: over all
/// candidates that could have come there these sum to 1, and those of the places of a list multiply to the
/// probability of the list.
package struct Exploration: Equatable, Sendable {
    package enum Policy: Equatable, Sendable {
        /// With that probability any of the candidates with equal odds, otherwise the best one.
        case epsilon(Double)
        /// The candidate whose rate, drawn from what is known of it, is greatest (`RateBelief`).
        case thompson
    }

    /// More candidates would make the propensities of `thompson` inexact.
    package static let maximumPool = 20

    package let policy: Policy
    /// How many places.
    package let slots: Int
    /// From how many candidates is drawn; places count among them.
    package let pool: Int

    package init(_ policy: Policy, slots: Int = 1, pool: Int = 10) {
        let possible = 1...Self.maximumPool
        precondition(possible.contains(slots) && possible.contains(pool))
        self.policy = policy
        self.slots = slots
        self.pool = pool
    }

    /// Cuts the list to what is shown, with the last places filled by chance.
    func explore(
        _ candidates: inout [Candidate], limit: Int, seed: UInt64, now: Double, in catalog: Catalog
    ) {
        let shown = min(limit, candidates.count)
        let places = Array((0..<shown).filter { !candidates[$0].isPinned }.suffix(slots))
        guard let first = places.first else { return }
        let free = candidates[first...].filter { !$0.isPinned }
        var open = Array(free.prefix(max(pool, places.count)))
        candidates.removeLast(candidates.count - shown)
        var random = SplitMix64(seed: seed)
        for place in places {
            let (choice, propensity) = choose(open, &random, now, catalog)
            candidates[place] = open.remove(at: choice)
            candidates[place].propensity = propensity
        }
    }

    private func choose(
        _ open: [Candidate], _ random: inout SplitMix64, _ now: Double, _ catalog: Catalog
    ) -> (choice: Int, propensity: Double) {
        guard open.count > 1 else { return (0, 1) }
        switch policy {
        case .epsilon(let epsilon):
            let isRandom = Double.random(in: 0..<1, using: &random) < epsilon
            let choice = isRandom ? Int.random(in: 0..<open.count, using: &random) : 0
            let share = epsilon / Double(open.count)
            return (choice, choice == 0 ? 1 - epsilon + share : share)
        case .thompson:
            let rule = catalog.popularityRule
            let beliefs = RateBelief.of(
                open.map { rule.counts(catalog.profiles[$0.slot].popularity, at: now) })
            let choice = RateBelief.draw(beliefs, &random)
            return (choice, RateBelief.probability(ofChoosing: choice, beliefs))
        }
    }
}

/// What is known of a rate, as probabilities of cells of equal width.
///
/// It is a Beta distribution cut into 64 cells that cover what is likely of any of the candidates, and even
/// within a cell. That is what is drawn from, so that the probability of a choice is an exact integral and no
/// estimate: within a cell it is a polynomial, which ten points of Gauss and Legendre integrate without error up
/// to degree 19, for 20 candidates.
struct RateBelief {
    static let cellCount = 64
    /// Of the cells; they sum to 1.
    let masses: [Double]
    /// Of all below each cell.
    let below: [Double]

    /// The beliefs of candidates, over the same cells, from what speaks for and against each.
    static func of(_ counts: [(successes: Double, failures: Double)]) -> [RateBelief] {
        var (low, high) = (1.0, 0.0)
        for (a, b) in counts {
            let mean = a / (a + b)
            let deviation = (mean * (1 - mean) / (a + b + 1)).squareRoot()
            low = min(low, max(mean - 5 * deviation, 0))
            high = max(high, min(mean + 5 * deviation, 1))
        }
        return counts.map { RateBelief($0.successes, $0.failures, low, high) }
    }

    private init(_ a: Double, _ b: Double, _ low: Double, _ high: Double) {
        let width = (high - low) / Double(Self.cellCount)
        let logs = (0..<Self.cellCount).map { cell in
            let rate = low + (Double(cell) + 0.5) * width
            return (a - 1) * Double.log(rate) + (b - 1) * Double.log(1 - rate)
        }
        let greatest = logs.max() ?? 0
        let densities = logs.map { Double.exp($0 - greatest) }
        let total = densities.reduce(0, +)
        masses = densities.map { $0 / total }
        var sum = 0.0
        below = masses.map { mass in
            defer { sum += mass }
            return sum
        }
    }

    /// Draws a rate for each; gives whose is greatest.
    static func draw(_ beliefs: [RateBelief], _ random: inout SplitMix64) -> Int {
        var (choice, greatest) = (0, -Double.infinity)
        for (i, belief) in beliefs.enumerated() {
            let uniform = Double.random(in: 0..<1, using: &random)
            let cell = belief.below.lastIndex { $0 <= uniform } ?? 0
            let rate = Double(cell) + Double.random(in: 0..<1, using: &random)
            if rate > greatest { (choice, greatest) = (i, rate) }
        }
        return choice
    }

    /// Σ over cells of  mass · ∫₀¹ Π over the others of (below + mass · u) du.
    static func probability(ofChoosing choice: Int, _ beliefs: [RateBelief]) -> Double {
        var sum = 0.0
        for cell in 0..<cellCount where beliefs[choice].masses[cell] > 0 {
            var integral = 0.0
            for (point, weight) in points {
                var product = weight
                for (i, other) in beliefs.enumerated() where i != choice {
                    product *= other.below[cell] + other.masses[cell] * point
                }
                integral += product
            }
            sum += beliefs[choice].masses[cell] * integral
        }
        return sum
    }

    /// Points in 0...1 with weights that sum to 1 (Abramowitz, Stegun, table 25.4, n = 10).
    private static let points: [(point: Double, weight: Double)] = {
        var points: [(point: Double, weight: Double)] = []
        for (x, weight) in halfPoints {
            points.append(((1 - x) / 2, weight / 2))
            points.append(((1 + x) / 2, weight / 2))
        }
        return points
    }()

    private static let halfPoints: [(Double, Double)] = [
        (0.148874338981631, 0.295524224714753), (0.433395394129247, 0.269266719309996),
        (0.679409568299024, 0.219086362515982), (0.865063366688985, 0.149451349150581),
        (0.973906528517172, 0.066671344308688),
    ]
}

extension PopularityRule {
    /// What speaks for and against an item, with the prior; both positive.
    func counts(
        _ popularity: Popularity, at now: Double
    ) -> (successes: Double, failures: Double) {
        let rewards = max(popularity.rewards.value(at: now, halfLife: halfLife), 0)
        let impressions = popularity.impressions.value(at: now, halfLife: halfLife)
        let least = 1e-3
        return (
            max(rewards + prior * strength, least),
            max(impressions - rewards + (1 - prior) * strength, least)
        )
    }
}
