// Walking the graph towards a vector.

internal import Numerics

/// What a search needs besides the graph; kept from one to the next, it allocates nothing.
package struct SearchScratch: Sendable {
    struct Entry: Sendable {
        let similarity: Float
        let slot: UInt32
        var isExpanded: Bool
    }

    /// What was found so far, the most similar first.
    fileprivate(set) var beam: [Entry] = []
    /// By slot: the round in which it was last seen.
    private var seen: [UInt32] = []
    private var round: UInt32 = 0
    fileprivate var fresh: [UInt32] = []
    var dots: [Float] = []

    package init() {}

    mutating func begin(at slot: Int, similarity: Float, slots: Int) {
        let missing = slots - seen.count
        if missing > 0 { seen.append(contentsOf: repeatElement(0, count: missing)) }
        beam.removeAll(keepingCapacity: true)
        beam.append(Entry(similarity: similarity, slot: UInt32(slot), isExpanded: false))
    }

    /// Forgets which slots were seen, but those in the beam.
    fileprivate mutating func beginLayer(breadth: Int) {
        if round == .max {
            for i in seen.indices { seen[i] = 0 }
            round = 0
        }
        round += 1
        beam.removeLast(max(beam.count - breadth, 0))
        for i in beam.indices {
            beam[i].isExpanded = false
            seen[Int(beam[i].slot)] = round
        }
    }

    /// Notes those that were not seen in this layer.
    fileprivate mutating func collect(_ links: Span<UInt32>) {
        fresh.removeAll(keepingCapacity: true)
        for i in links.indices where seen[Int(links[i])] != round {
            seen[Int(links[i])] = round
            fresh.append(links[i])
        }
        if dots.count < fresh.count { dots = [Float](repeating: 0, count: fresh.count) }
    }

    fileprivate mutating func compareFresh(with vector: Span<Float>, _ table: Span<Float>) {
        // Moved out meanwhile: two spans into one struct would overlap.
        var similarities: [Float] = []
        swap(&similarities, &dots)
        var out = similarities.mutableSpan
        dotRows(vector, table, rows: fresh.span, into: &out)
        swap(&similarities, &dots)
    }

    /// Takes in what is more similar than the last; gives the first place that changed.
    fileprivate mutating func offerFresh(breadth: Int) -> Int {
        var first = Int.max
        for i in fresh.indices {
            let similarity = dots[i]
            if beam.count == breadth {
                guard similarity > beam[breadth - 1].similarity else { continue }
                beam.removeLast()
            }
            var (low, high) = (0, beam.count)
            while low < high {
                let middle = (low + high) / 2
                if beam[middle].similarity < similarity { high = middle } else { low = middle + 1 }
            }
            beam.insert(
                Entry(similarity: similarity, slot: fresh[i], isExpanded: false), at: low)
            first = min(first, low)
        }
        return first
    }
}

extension NeighbourGraph {
    /// The slots most similar to a vector, the most similar first, in `scratch.beam`.
    ///
    /// - Parameters:
    ///   - vector: shape (table.width,), of length 1.
    ///   - breadth: how many are kept in sight (ef); more find better and take longer.
    ///   - table: the one that the graph was made of.
    ///   - scratch: any; its memory is used again.
    func search(
        _ vector: Span<Float>, breadth: Int, in table: VectorTable, _ scratch: inout SearchScratch
    ) {
        guard let entry else { return scratch.clear() }
        scratch.begin(at: entry, similarity: dot(vector, table.row(entry)), slots: levels.count)
        for layer in Swift.stride(from: Int(levels[entry]), through: 0, by: -1) {
            explore(vector, layer, breadth: layer == 0 ? breadth : 1, in: table, &scratch)
        }
    }

    /// Walks one layer from what is in the beam (algorithm 2).
    func explore(
        _ vector: Span<Float>, _ layer: Int, breadth: Int, in table: VectorTable,
        _ scratch: inout SearchScratch
    ) {
        scratch.beginLayer(breadth: breadth)
        let values = table.values.span
        var next = 0
        while next < scratch.beam.count {
            if scratch.beam[next].isExpanded {
                next += 1
                continue
            }
            scratch.beam[next].isExpanded = true
            collect(from: Int(scratch.beam[next].slot), layer, &scratch)
            scratch.compareFresh(with: vector, values)
            next = min(next, scratch.offerFresh(breadth: breadth))
        }
    }

    private func collect(from slot: Int, _ layer: Int, _ scratch: inout SearchScratch) {
        if layer == 0 {
            let start = slot * stride
            let links = lowest.span
            scratch.collect(links.extracting(start + 1..<start + 1 + Int(links[start])))
        } else {
            let links = neighbours(of: slot, layer)
            scratch.collect(links.span)
        }
    }
}

extension SearchScratch {
    fileprivate mutating func clear() {
        beam.removeAll(keepingCapacity: true)
    }
}
