// Which items are wanted together.

package import Learning
internal import Numerics

/// How items that somebody wants one after another become companions.
package struct CompanionRule: Equatable, Sendable {
    /// In seconds; a pair counts half of it later.
    package let halfLife: Double
    /// In seconds; what lies further apart does not belong together.
    package let window: Double
    /// So many pairs are needed to be believed half.
    package let shrinkage: Double

    package init(
        halfLife: Double = 90 * 86_400, window: Double = 30 * 86_400, shrinkage: Double = 3
    ) {
        self.halfLife = halfLife
        self.window = window
        self.shrinkage = shrinkage
    }
}

/// Counts pairs of items that the same person, or the same document, wanted.
///
///     similarity = n(a, b) / (n(a, b) + shrinkage) · n(a, b) / √(n(a) · n(b))
///
/// with decayed counts: the cosine of who wanted what, drawn to 0 where there is little to go by (Bell, Koren,
/// "Scalable collaborative filtering with jointly derived neighborhood interpolation weights", ICDM 2007).
///
/// Bounds: the last 20 items of 10,000 baskets; 400 companions an item, of which the weakest are forgotten.
package struct Companions: Sendable {
    static let maximumBasket = 20
    static let maximumCompanions = 400

    private struct Visit: Equatable, Sendable {
        let item: String
        var time: Double
    }

    package let rule: CompanionRule
    private var baskets = ScopeMemory<[Visit]>(capacity: 10_000)
    /// By slot, both ways alike.
    private var pairs: [Int: [Int: DecayedSum]] = [:]
    private var totals: [Int: DecayedSum] = [:]
    private var latest = -Double.infinity

    package init(rule: CompanionRule = CompanionRule()) {
        self.rule = rule
    }

    /// What was wanted last, the last first.
    func recent(in basket: String) -> [String] {
        (baskets[basket] ?? []).reversed().map(\.item)
    }

    /// Counts that an item was wanted; the same one again in a basket only stays there longer.
    ///
    /// - Parameters:
    ///   - item: what was wanted.
    ///   - basket: who wanted it, or where.
    ///   - time: seconds since 1970.
    ///   - slot: gives the slot of an item that is still there.
    mutating func count(
        _ item: String, in basket: String, at time: Double, slot: (String) -> Int?
    ) {
        guard let here = slot(item) else { return }
        var others: [Visit] = []
        var isNew = true
        baskets.update(basket, initial: []) { visits in
            if let known = visits.firstIndex(where: { $0.item == item }) {
                isNew = false
                visits.remove(at: known)
            }
            others = visits
            visits.append(Visit(item: item, time: time))
            if visits.count > Self.maximumBasket { visits.removeFirst() }
        }
        guard isNew else { return }
        latest = max(latest, time)
        totals[here, default: DecayedSum()].add(1, at: time, halfLife: rule.halfLife)
        for other in others where abs(time - other.time) <= rule.window {
            guard let there = slot(other.item), there != here else { continue }
            add(here, there, at: time)
            add(there, here, at: time)
            if pairs[there, default: [:]].count > Self.maximumCompanions { prune(there) }
        }
        if pairs[here, default: [:]].count > Self.maximumCompanions { prune(here) }
    }

    private mutating func add(_ a: Int, _ b: Int, at time: Double) {
        pairs[a, default: [:]][b, default: DecayedSum()].add(1, at: time, halfLife: rule.halfLife)
    }

    /// Forgets the weaker half of an item's companions, both ways.
    private mutating func prune(_ slot: Int) {
        let row = pairs[slot] ?? [:]
        let strength = row.mapValues { $0.order(halfLife: rule.halfLife) ?? -Double.infinity }
        let order = row.keys.sorted { a, b in
            let (x, y) = (strength[a] ?? 0, strength[b] ?? 0)
            return x == y ? a < b : x > y
        }
        for loser in order.dropFirst(Self.maximumCompanions / 2) {
            pairs[slot]?[loser] = nil
            pairs[loser]?[slot] = nil
        }
    }

    /// Forgets an item, so that its slot can serve another.
    mutating func remove(_ slot: Int) {
        for other in (pairs[slot] ?? [:]).keys { pairs[other]?[slot] = nil }
        pairs[slot] = nil
        totals[slot] = nil
    }

    // MARK: Reading

    /// How much two items are wanted together, in 0...1.
    func similarity(_ a: Int, _ b: Int, at now: Double) -> Double {
        guard let pair = pairs[a]?[b] else { return 0 }
        let both = pair.value(at: now, halfLife: rule.halfLife)
        let each = total(a, at: now) * total(b, at: now)
        guard both > 0, each > 0 else { return 0 }
        return min(both / (both + rule.shrinkage) * both / each.squareRoot(), 1)
    }

    private func total(_ slot: Int, at now: Double) -> Double {
        totals[slot]?.value(at: now, halfLife: rule.halfLife) ?? 0
    }

    /// The companions of an item with their similarities, in ascending order of slots.
    func companions(of slot: Int, at now: Double) -> [(slot: Int, similarity: Double)] {
        (pairs[slot] ?? [:]).keys.sorted().map { ($0, similarity(slot, $0, at: now)) }
    }

    /// Positive pointwise mutual information of pairs, by slot; the context's counts to the power ¾.
    ///
    /// Source: Levy, Goldberg, Dagan, "Improving distributional similarity with lessons learned from word
    /// embeddings", TACL 3, 2015, sections 2.1 and 3.2.
    package func mutualInformation(slotCount: Int) -> SparseMatrix {
        let rows = (0..<slotCount).map { slot in
            (pairs[slot] ?? [:]).sorted { $0.key < $1.key }.map {
                (slot: $0.key, weight: $0.value.value(at: latest, halfLife: rule.halfLife))
            }
        }
        let sums = rows.map { row in row.reduce(0) { $0 + $1.weight } }
        let smoothed = sums.map { $0 > 0 ? Double.pow($0, 0.75) : 0 }
        let all = smoothed.reduce(0, +)
        var matrix = SparseMatrix()
        for (slot, row) in rows.enumerated() {
            var (columns, values): ([UInt32], [Float]) = ([], [])
            for entry in row where entry.weight > 0 {
                let ratio = entry.weight * all / (sums[slot] * smoothed[entry.slot])
                guard ratio > 1 else { continue }
                columns.append(UInt32(entry.slot))
                values.append(Float(Double.log(ratio)))
            }
            matrix.append(columns: columns.span, values: values.span)
        }
        return matrix
    }
}
