// A hierarchical navigable small world: nearest neighbours without looking at all vectors.

internal import Numerics

/// Links between slots of a `VectorTable`, in layers of which each holds fewer.
///
/// Laws: links are mutual, nobody has more than the layer allows, and none leads to a slot without
/// a vector. The graph depends only on the insertions and removals and their order.
///
/// Source: Malkov, Yashunin, "Efficient and robust approximate nearest neighbor search using
/// Hierarchical Navigable Small World graphs", arXiv 1603.09320, algorithms 1 to 5. Two things differ: links
/// are kept in both directions, so that a vector can be taken out; and its neighbours are then joined by
/// their greatest spanning tree, so that no way that led through it is lost.
struct NeighbourGraph: Sendable {
    struct Settings: Equatable, Sendable {
        /// Links that a new vector gets in each layer (M); a layer allows as many, the lowest twice.
        var links = 16
        /// How many are looked at for them (efConstruction).
        var breadth = 100
    }

    let settings: Settings
    /// The lowest layer, shape (slots, 1 + 2 · links): how many there are, then to where.
    var lowest: [UInt32] = []
    /// By slot, the layers above: (1 + links) for each.
    private var upper: [[UInt32]] = []
    /// The highest layer of each slot; −1 where there is no vector.
    private(set) var levels: [Int8] = []
    /// Where searches begin: a slot of the highest layer.
    private(set) var entry: Int?
    /// Slots whose highest layer is that one, from layer 1 on.
    private var tops: [Set<UInt32>] = []
    private var scratch = SearchScratch()

    init(settings: Settings = Settings()) {
        precondition(settings.links >= 4 && settings.breadth >= settings.links)
        self.settings = settings
    }

    /// Elements of a slot in the lowest layer.
    var stride: Int { 1 + 2 * settings.links }

    private var entryLevel: Int { entry.map { Int(levels[$0]) } ?? -1 }

    /// The highest layer of a slot: it is one higher with the odds of 1 to `links`.
    private func level(of slot: Int) -> Int {
        var random = SplitMix64(seed: UInt64(slot))
        let bits = Int.bitWidth - 1 - settings.links.leadingZeroBitCount
        return min(random.next().leadingZeroBitCount / bits, 8)
    }

    // MARK: Links

    func neighbours(of slot: Int, _ level: Int) -> [UInt32] {
        let start = level == 0 ? slot * stride : (level - 1) * (1 + settings.links)
        return level == 0
            ? Array(lowest[start + 1..<start + 1 + Int(lowest[start])])
            : Array(upper[slot][start + 1..<start + 1 + Int(upper[slot][start])])
    }

    private func degree(of slot: Int, _ level: Int) -> Int {
        level == 0
            ? Int(lowest[slot * stride])
            : Int(upper[slot][(level - 1) * (1 + settings.links)])
    }

    private func capacity(_ level: Int) -> Int {
        level == 0 ? 2 * settings.links : settings.links
    }

    private mutating func append(_ other: Int, to slot: Int, _ level: Int) {
        let place = degree(of: slot, level) + 1
        if level == 0 {
            lowest[slot * stride + place] = UInt32(other)
            lowest[slot * stride] = UInt32(place)
        } else {
            let start = (level - 1) * (1 + settings.links)
            upper[slot][start + place] = UInt32(other)
            upper[slot][start] = UInt32(place)
        }
    }

    private mutating func drop(_ other: Int, from slot: Int, _ level: Int) {
        let kept = neighbours(of: slot, level).filter { $0 != UInt32(other) }
        let start = level == 0 ? slot * stride : (level - 1) * (1 + settings.links)
        for (i, neighbour) in ([UInt32(kept.count)] + kept).enumerated() {
            if level == 0 {
                lowest[start + i] = neighbour
            } else {
                upper[slot][start + i] = neighbour
            }
        }
    }

    private mutating func unlink(_ a: Int, _ b: Int, _ level: Int) {
        drop(a, from: b, level)
        drop(b, from: a, level)
    }

    /// Links two slots; where one is full, it lets go of what it can best be reached without.
    private mutating func link(_ a: Int, _ b: Int, _ level: Int, in table: VectorTable) {
        guard a != b, !neighbours(of: a, level).contains(UInt32(b)) else { return }
        for (slot, other) in [(a, b), (b, a)] where degree(of: slot, level) == capacity(level) {
            guard makeRoom(for: other, at: slot, level, in: table) else { return }
        }
        append(b, to: a, level)
        append(a, to: b, level)
    }

    /// Lets go of a quarter of the links of a full slot; `false` if the new one is worth least.
    private mutating func makeRoom(
        for other: Int, at slot: Int, _ level: Int, in table: VectorTable
    ) -> Bool {
        let all = neighbours(of: slot, level).map(Int.init) + [other]
        let ranked = ranked(all, around: slot, in: table)
        let chosen = Set(diverse(ranked, count: capacity(level), in: table))
        let few = settings.links / 4
        var spare = ranked.filter { entry in
            !chosen.contains(entry.slot)
                && (entry.slot == other
                    ? degree(of: other, level) > few : degree(of: entry.slot, level) > few)
        }.map(\.slot)
        if spare.isEmpty { spare = ranked.map(\.slot).filter { $0 != other } }
        let leaving = spare.suffix(max(all.count - capacity(level) * 3 / 4, 1))
        for loser in leaving where loser != other { unlink(loser, slot, level) }
        return !leaving.contains(other)
    }

    // MARK: Choice

    struct Ranked: Sendable {
        let slot: Int
        let similarity: Float
    }

    private func ranked(_ slots: [Int], around slot: Int, in table: VectorTable) -> [Ranked] {
        slots.map { Ranked(slot: $0, similarity: table.similarity(slot, $0)) }
            .sorted { a, b in
                a.similarity == b.similarity ? a.slot < b.slot : a.similarity > b.similarity
            }
    }

    /// Those that are nearer to the middle than to any chosen before them (algorithm 4).
    private func diverse(_ ranked: [Ranked], count: Int, in table: VectorTable) -> [Int] {
        var chosen: [Int] = []
        for entry in ranked where chosen.count < count {
            let isNearest = chosen.allSatisfy {
                table.similarity($0, entry.slot) < entry.similarity
            }
            if isNearest { chosen.append(entry.slot) }
        }
        return chosen
    }

    // MARK: Changes

    /// Takes in the vector that the table holds in `slot`.
    ///
    /// - Complexity: about `breadth · links` inner products in the lowest layer.
    mutating func insert(_ slot: Int, in table: VectorTable) {
        let level = level(of: slot)
        makeSlot(slot, level)
        defer { if level > entryLevel { entry = slot } }
        guard let start = entry else { return }
        var scratch = SearchScratch()
        swap(&scratch, &self.scratch)
        defer { swap(&scratch, &self.scratch) }
        let vector = Array(table.values[slot * table.width..<(slot + 1) * table.width])
        scratch.begin(at: start, similarity: table.similarity(slot, start), slots: levels.count)
        for layer in Swift.stride(from: entryLevel, through: 0, by: -1) {
            let breadth = layer > level ? 1 : settings.breadth
            explore(vector.span, layer, breadth: breadth, in: table, &scratch)
            if layer <= level {
                let found = scratch.beam.map {
                    Ranked(slot: Int($0.slot), similarity: $0.similarity)
                }
                for other in diverse(found, count: settings.links, in: table) {
                    link(slot, other, layer, in: table)
                }
            }
        }
    }

    private mutating func makeSlot(_ slot: Int, _ level: Int) {
        let missing = slot + 1 - levels.count
        if missing > 0 {
            levels.append(contentsOf: repeatElement(-1, count: missing))
            upper.append(contentsOf: repeatElement([], count: missing))
            lowest.append(contentsOf: repeatElement(0, count: missing * stride))
        }
        precondition(levels[slot] < 0)
        levels[slot] = Int8(level)
        lowest[slot * stride] = 0
        guard level > 0 else { return }
        upper[slot] = [UInt32](repeating: 0, count: level * (1 + settings.links))
        while tops.count < level { tops.append([]) }
        tops[level - 1].insert(UInt32(slot))
    }

    /// Takes a vector out; the table still holds it.
    mutating func remove(_ slot: Int, in table: VectorTable) {
        let level = Int(levels[slot])
        for layer in 0...level {
            let neighbours = neighbours(of: slot, layer).map(Int.init)
            for other in neighbours { drop(slot, from: other, layer) }
            for (a, b) in Self.spanningTree(neighbours, in: table) { link(a, b, layer, in: table) }
        }
        lowest[slot * stride] = 0
        upper[slot] = []
        levels[slot] = -1
        if level > 0 { tops[level - 1].remove(UInt32(slot)) }
        if entry == slot { chooseEntry() }
    }

    private mutating func chooseEntry() {
        // The least of a set, since its order is another in every process.
        if let highest = tops.last(where: { !$0.isEmpty })?.min() {
            entry = Int(highest)
        } else {
            entry = levels.firstIndex { $0 >= 0 }
        }
    }

    /// The edges of the spanning tree with the greatest similarities (Prim's algorithm).
    private static func spanningTree(_ slots: [Int], in table: VectorTable) -> [(Int, Int)] {
        guard let root = slots.first else { return [] }
        var best = slots.dropFirst().map {
            (slot: $0, to: root, similarity: table.similarity($0, root))
        }
        var edges: [(Int, Int)] = []
        while let next = best.indices.max(by: { best[$0].similarity < best[$1].similarity }) {
            let (slot, to, _) = best.remove(at: next)
            edges.append((slot, to))
            for i in best.indices {
                let similarity = table.similarity(best[i].slot, slot)
                if similarity > best[i].similarity { best[i] = (best[i].slot, slot, similarity) }
            }
        }
        return edges
    }
}

extension NeighbourGraph {
    func write(to writer: inout StateWriter) {
        writer.add(levels.map { UInt32($0 + 1) })
        writer.add(UInt64(entry.map { $0 + 1 } ?? 0))
        for slot in levels.indices where levels[slot] >= 0 {
            for level in 0...Int(levels[slot]) { writer.add(neighbours(of: slot, level)) }
        }
    }

    /// Reads what a graph of the same settings wrote, of the vectors in a table.
    mutating func read(
        _ reader: inout StateReader, of table: VectorTable
    ) throws(ArchiveError) {
        let heights = try reader.numbers()
        self = NeighbourGraph(settings: settings)
        let entry = Int(truncatingIfNeeded: try reader.number()) - 1
        try reader.check(entry >= -1 && entry < heights.count)
        for (slot, height) in heights.enumerated() where height > 0 {
            try reader.check(table.contains(slot) && height == level(of: slot) + 1)
            makeSlot(slot, Int(height) - 1)
        }
        for slot in heights.indices where heights[slot] > 0 {
            for level in 0..<Int(heights[slot]) {
                let others = try reader.numbers()
                try reader.check(others.count <= capacity(level))
                for other in others {
                    try reader.check(other < heights.count && heights[Int(other)] > level)
                    append(Int(other), to: slot, level)
                }
            }
        }
        try reader.check(entry < 0 ? !heights.contains { $0 > 0 } : heights[entry] > 0)
        self.entry = entry < 0 ? nil : entry
    }
}
