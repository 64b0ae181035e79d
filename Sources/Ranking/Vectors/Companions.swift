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

    /// All that was ever chosen by somebody belongs together, and counts alike.
    static let ever = CompanionRule(halfLife: .infinity, window: .infinity, shrinkage: 0)
}

/// Counts pairs of items that the same person, or the same document, wanted.
///
///     similarity = n(a, b) / (n(a, b) + shrinkage) · n(a, b) / √(n(a) · n(b))
///
/// with decayed counts: the cosine of who wanted what, drawn to 0 where there is little to go by (Bell, Koren,
/// "Scalable collaborative filtering with jointly derived neighborhood interpolation weights", ICDM 2007).
///
/// Bounds: the last items of each basket, and so many baskets; 400 companions an item, of which the weakest
/// are forgotten.
package struct Companions: Sendable {
    static let maximumCompanions = 400

    struct Visit: Equatable, Sendable {
        let item: String
        var time: Double
    }

    struct Pair: Equatable, Sendable {
        let slot: UInt32
        var count: DecayedSum
    }

    package let rule: CompanionRule
    /// How many items of a basket are remembered.
    private let basketSize: Int
    private(set) var baskets: ScopeMemory<[Visit]>
    /// By slot, in ascending order of the other slots; both ways alike.
    private var pairs: [[Pair]] = []
    private var totals: [DecayedSum] = []
    private var latest = -Double.infinity

    package init(
        rule: CompanionRule = CompanionRule(), baskets: Int = 10_000, basketSize: Int = 20
    ) {
        self.rule = rule
        self.basketSize = basketSize
        self.baskets = ScopeMemory(capacity: baskets)
    }

    /// What was wanted last, the last first.
    func recent(in basket: String) -> [String] {
        (baskets[basket] ?? []).reversed().map(\.item)
    }

    // MARK: Changes

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
            if visits.count > basketSize { visits.removeFirst() }
        }
        guard isNew else { return }
        latest = max(latest, time)
        reach(here)
        totals[here].add(1, at: time, halfLife: rule.halfLife)
        for other in others where abs(time - other.time) <= rule.window {
            guard let there = slot(other.item), there != here else { continue }
            reach(there)
            add(here, there, at: time)
            add(there, here, at: time)
            if pairs[there].count > Self.maximumCompanions { prune(there) }
        }
        if pairs[here].count > Self.maximumCompanions { prune(here) }
    }

    private mutating func reach(_ slot: Int) {
        while pairs.count <= slot {
            pairs.append([])
            totals.append(DecayedSum())
        }
    }

    private mutating func add(_ a: Int, _ b: Int, at time: Double) {
        let place = place(of: b, in: a)
        if place == pairs[a].count || pairs[a][place].slot != UInt32(b) {
            pairs[a].insert(Pair(slot: UInt32(b), count: DecayedSum()), at: place)
        }
        pairs[a][place].count.add(1, at: time, halfLife: rule.halfLife)
    }

    /// The first place in the row of a slot that is not before another.
    private func place(of other: Int, in slot: Int) -> Int {
        let row = pairs[slot]
        var (low, high) = (0, row.count)
        while low < high {
            let middle = (low + high) / 2
            if row[middle].slot < other { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Forgets the weaker half of an item's companions, both ways.
    private mutating func prune(_ slot: Int) {
        let strength = pairs[slot].map { $0.count.order(halfLife: rule.halfLife) ?? -.infinity }
        let order = strength.indices.sorted { a, b in
            strength[a] == strength[b] ? a < b : strength[a] > strength[b]
        }
        let losers = order.dropFirst(Self.maximumCompanions / 2).map { pairs[slot][$0].slot }
        for loser in losers {
            drop(Int(loser), from: slot)
            drop(slot, from: Int(loser))
        }
    }

    private mutating func drop(_ other: Int, from slot: Int) {
        let place = place(of: other, in: slot)
        if place < pairs[slot].count, pairs[slot][place].slot == UInt32(other) {
            pairs[slot].remove(at: place)
        }
    }

    /// Forgets an item, so that its slot can serve another.
    mutating func remove(_ slot: Int) {
        guard slot < pairs.count else { return }
        for pair in pairs[slot] { drop(slot, from: Int(pair.slot)) }
        pairs[slot] = []
        totals[slot] = DecayedSum()
    }

    // MARK: Reading

    /// How much two items are wanted together, in 0...1.
    func similarity(_ a: Int, _ b: Int, at now: Double) -> Double {
        guard a < pairs.count, b < pairs.count else { return 0 }
        let place = place(of: b, in: a)
        guard place < pairs[a].count, pairs[a][place].slot == UInt32(b) else { return 0 }
        return similarity(a, pairs[a][place], at: now)
    }

    private func similarity(_ slot: Int, _ pair: Pair, at now: Double) -> Double {
        let both = pair.count.value(at: now, halfLife: rule.halfLife)
        let each = total(slot, at: now) * total(Int(pair.slot), at: now)
        guard both > 0, each > 0 else { return 0 }
        return min(both / (both + rule.shrinkage) * both / each.squareRoot(), 1)
    }

    func total(_ slot: Int, at now: Double) -> Double {
        slot < totals.count ? totals[slot].value(at: now, halfLife: rule.halfLife) : 0
    }

    /// The companions of an item with their similarities, in ascending order of slots.
    func companions(of slot: Int, at now: Double) -> [(slot: Int, similarity: Double)] {
        row(of: slot).map { (Int($0.slot), similarity(slot, $0, at: now)) }
    }

    /// The companions of an item with their counts, in ascending order of slots.
    func row(of slot: Int) -> [Pair] { slot < pairs.count ? pairs[slot] : [] }
}

extension Companions {
    /// Positive pointwise mutual information of pairs, by slot; the context's counts to the power ¾.
    ///
    /// Source: Levy, Goldberg, Dagan, "Improving distributional similarity with lessons learned from word
    /// embeddings", TACL 3, 2015, sections 2.1 and 3.2.
    package func mutualInformation(slotCount: Int) -> SparseMatrix {
        let rows = (0..<slotCount).map { slot in
            row(of: slot).map {
                (slot: Int($0.slot), weight: $0.count.value(at: latest, halfLife: rule.halfLife))
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

extension Companions {
    func write(to writer: inout StateWriter) {
        baskets.write(to: &writer) { visits, writer in
            writer.add(visits.map(\.item))
            writer.add(visits.map(\.time))
        }
        writer.add(count: pairs.count)
        for (slot, row) in pairs.enumerated() {
            // Both ways are alike, to the last bit.
            let later = row.filter { $0.slot > slot }
            writer.add(ascending: later.map(\.slot))
            for pair in later { pair.count.write(to: &writer) }
            totals[slot].write(to: &writer)
        }
        writer.add(latest)
    }

    /// Reads what `write` wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try baskets.read(&reader) { reader throws(ArchiveError) in
            let (items, times) = (try reader.strings(), try reader.doubles())
            try reader.check(items.count == times.count)
            return zip(items, times).map { Visit(item: $0, time: $1) }
        }
        let count = try reader.count()
        (pairs, totals) = (Array(repeating: [], count: count), [])
        for slot in 0..<count {
            for other in try reader.ascending() {
                try reader.check(other > slot && other < count)
                let sum = try DecayedSum(&reader)
                pairs[slot].append(Pair(slot: other, count: sum))
                pairs[Int(other)].append(Pair(slot: UInt32(slot), count: sum))
            }
            totals.append(try DecayedSum(&reader))
        }
        latest = try reader.double()
    }
}
