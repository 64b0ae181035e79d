// Which vectors are nearest to one.

internal import Numerics

/// Vectors by slot, found by their cosine to a query.
package struct VectorIndex: Sendable {
    /// How a search goes about it.
    package enum Method: String, CaseIterable, Sendable {
        /// Compares with all: O(vectors · dimensions).
        case exact
        /// Walks a graph of neighbours: nearly always the same answer, from a small part of them.
        case graph
    }

    /// A slot that was found, and how similar its vector is: the cosine, in −1...1.
    package struct Match: Equatable, Sendable {
        package let slot: Int
        package let similarity: Float
    }

    /// Below so many vectors comparing with all is as quick as the graph.
    static let fewest = 500
    package let method: Method
    private(set) var table: VectorTable
    private(set) var graph: NeighbourGraph

    package init(dimensions: Int, method: Method = .graph) {
        self.init(dimensions: dimensions, method: method, NeighbourGraph.Settings())
    }

    init(dimensions: Int, method: Method, _ settings: NeighbourGraph.Settings) {
        self.method = method
        table = VectorTable(dimensions: dimensions)
        graph = NeighbourGraph(settings: settings)
    }

    package var dimensions: Int { table.dimensions }

    /// How many the graph keeps in sight unless a search says otherwise.
    ///
    /// The more directions vectors have, the more lie about as near. With as many as dimensions at least 0.98
    /// of the ten nearest of 100,000 texts are found (`scripts/bench.d/vectors.py --tune`).
    package var breadth: Int { min(max(dimensions, 64), 256) }

    package var count: Int { table.count }

    package func contains(_ slot: Int) -> Bool { table.contains(slot) }

    /// The cosine of two slots; 0 where one of them has no vector.
    package func similarity(_ a: Int, _ b: Int) -> Float {
        contains(a) && contains(b) ? table.similarity(a, b) : 0
    }

    /// The vector in a slot, of length 1, shape (dimensions,).
    package func vector(at slot: Int) -> [Float]? {
        guard contains(slot) else { return nil }
        let start = slot * table.width
        return Array(table.values[start..<start + dimensions])
    }

    // MARK: Changes

    /// Puts a vector into a slot in place of the one that was there; one without direction leaves
    /// it empty.
    ///
    /// - Parameters:
    ///   - vector: shape (dimensions,), of any length.
    ///   - slot: not negative; memory goes with the highest one.
    package mutating func insert(_ vector: [Float], at slot: Int) {
        remove(slot)
        guard let unit = table.unit(vector.span) else { return }
        table.insert(unit, at: slot)
        if method == .graph { graph.insert(slot, in: table) }
    }

    /// Empties a slot, if it is not empty.
    package mutating func remove(_ slot: Int) {
        guard contains(slot) else { return }
        if method == .graph { graph.remove(slot, in: table) }
        table.remove(slot)
    }

    // MARK: Search

    /// Finds the `limit` vectors nearest to one, the nearest first.
    ///
    /// - Parameters:
    ///   - vector: shape (dimensions,), of any length; for one without direction nothing is found.
    ///   - limit: how many; fewer where there are not so many vectors.
    ///   - breadth: of this search alone; never less than `limit`.
    ///   - scratch: any; its memory is used again.
    /// - Returns: without repetition.
    package func nearest(
        to vector: [Float], limit: Int, breadth: Int? = nil, scratch: inout SearchScratch
    ) -> [Match] {
        guard limit > 0, count > 0, let unit = table.unit(vector.span) else { return [] }
        guard method == .graph, count > Self.fewest else {
            return compareAll(unit, limit, &scratch)
        }
        let inSight = max(breadth ?? self.breadth, limit)
        graph.search(unit.span, breadth: inSight, in: table, &scratch)
        return scratch.beam.prefix(limit).map {
            Match(slot: Int($0.slot), similarity: $0.similarity)
        }
    }

    private func compareAll(
        _ unit: [Float], _ limit: Int, _ scratch: inout SearchScratch
    ) -> [Match] {
        let slots = table.slotCount
        if scratch.dots.count < slots { scratch.dots = [Float](repeating: 0, count: slots) }
        var dots = scratch.dots.mutableSpan
        dotRows(unit.span, table.values.span, into: &dots)
        let all = scratch.dots.span
        let best = topK(all.extracting(0..<slots), count: min(limit, count))
        return best.map { Match(slot: $0, similarity: scratch.dots[$0]) }
    }
}

extension VectorIndex {
    func write(to writer: inout StateWriter) {
        table.write(to: &writer)
        graph.write(to: &writer)
    }

    /// Reads what an index of the same kind wrote.
    mutating func read(_ reader: inout StateReader) throws(ArchiveError) {
        try table.read(&reader)
        try graph.read(&reader, of: table)
    }
}
