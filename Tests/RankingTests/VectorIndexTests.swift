import Numerics
import Testing

@testable import Ranking

@Suite struct VectorIndexTests {
    /// Points around a few centres: what a graph falls apart over if its links are badly chosen.
    struct Cloud {
        var random: SplitMix64
        let dimensions = 24
        private let centres: [[Float]]

        init(seed: UInt64) {
            var random = SplitMix64(seed: seed)
            centres = (0..<12).map { _ in (0..<24).map { _ in .random(in: -1...1, using: &random) }
            }
            self.random = random
        }

        mutating func vector() -> [Float] {
            let centre = centres[Int.random(in: 0..<centres.count, using: &random)]
            return centre.map { $0 + Float.random(in: -0.2...0.2, using: &random) }
        }
    }

    @Test(arguments: UInt64(0)..<6)
    func `after insertions and removals nothing removed is found, and nearly all that is near`(
        seed: UInt64
    ) {
        var cloud = Cloud(seed: seed)
        var graph = VectorIndex(dimensions: cloud.dimensions, method: .graph)
        var exact = VectorIndex(dimensions: cloud.dimensions, method: .exact)
        var present: Set<Int> = []
        for step in 0..<4000 {
            let slot = Int.random(in: 0..<1400, using: &cloud.random)
            if step > 1500, Int.random(in: 0..<3, using: &cloud.random) == 0 {
                graph.remove(slot)
                exact.remove(slot)
                present.remove(slot)
            } else {
                let vector = cloud.vector()
                graph.insert(vector, at: slot)
                exact.insert(vector, at: slot)
                present.insert(slot)
            }
        }
        #expect(graph.count == present.count && present.count > VectorIndex.fewest)
        #expect(graph.graph.broken(in: graph.table) == nil)
        var scratch = SearchScratch()
        var (right, all) = (0, 0)
        for _ in 0..<60 {
            let query = cloud.vector()
            let truth = exact.nearest(to: query, limit: 10, scratch: &scratch)
            let found = graph.nearest(to: query, limit: 10, scratch: &scratch)
            #expect(found.allSatisfy { present.contains($0.slot) })
            #expect(Set(found.map(\.slot)).count == found.count)
            #expect(found.map(\.similarity) == found.map(\.similarity).sorted(by: >))
            right += Set(truth.map(\.slot)).intersection(found.map(\.slot)).count
            all += truth.count
        }
        #expect(Double(right) / Double(all) >= 0.98)
    }

    @Test func `taking everything out one by one leaves an index that can be filled again`() {
        var cloud = Cloud(seed: 7)
        var index = VectorIndex(dimensions: cloud.dimensions)
        for round in 0..<2 {
            for slot in 0..<600 { index.insert(cloud.vector(), at: slot) }
            #expect(index.graph.broken(in: index.table) == nil, "round \(round)")
            for slot in 0..<600 {
                index.remove(slot)
                if slot % 50 == 0 { #expect(index.graph.broken(in: index.table) == nil) }
            }
            #expect(index.count == 0 && index.graph.entry == nil)
        }
    }

    @Test func `the same history gives the same graph`() {
        func build() -> VectorIndex {
            var cloud = Cloud(seed: 3)
            var index = VectorIndex(dimensions: cloud.dimensions)
            for slot in 0..<700 { index.insert(cloud.vector(), at: slot) }
            for slot in stride(from: 0, to: 700, by: 3) { index.remove(slot) }
            return index
        }
        #expect(build().graph.lowest == build().graph.lowest)
    }

    @Test func `a thousand equal vectors do not hide the others`() {
        var cloud = Cloud(seed: 9)
        var index = VectorIndex(dimensions: cloud.dimensions)
        let twin = cloud.vector()
        for slot in 0..<1000 { index.insert(twin, at: slot) }
        for slot in 1000..<1300 { index.insert(cloud.vector(), at: slot) }
        var scratch = SearchScratch()
        for slot in 1000..<1300 {
            let query = index.vector(at: slot) ?? []
            let found = index.nearest(to: query, limit: 1, scratch: &scratch)
            #expect((found.first?.similarity ?? 0) > 0.9999)
        }
    }

    @Test func `a vector without direction is not in the index`() {
        var index = VectorIndex(dimensions: 3)
        index.insert([0, 0, 0], at: 4)
        #expect(index.count == 0 && index.vector(at: 4) == nil && index.vector(at: 99) == nil)
        index.insert([0, 2, 0], at: 4)
        #expect(index.vector(at: 4) == [0, 1, 0])
        index.insert([.infinity, 0, 0], at: 4)
        #expect(!index.contains(4))
        var scratch = SearchScratch()
        #expect(index.nearest(to: [0, 0, 0], limit: 3, scratch: &scratch).isEmpty)
    }
}

extension NeighbourGraph {
    /// What is wrong with the graph: links that are not mutual, repeated or too many, or to nothing.
    func broken(in table: VectorTable) -> String? {
        for slot in levels.indices where levels[slot] >= 0 {
            guard table.contains(slot) else { return "\(slot) has no vector" }
            for level in 0...Int(levels[slot]) {
                let links = neighbours(of: slot, level)
                if links.count > settings.links * 2 { return "\(slot) has \(links.count) links" }
                if Set(links).count < links.count { return "\(slot) has a link twice" }
                for other in links {
                    guard table.contains(Int(other)), Int(levels[Int(other)]) >= level else {
                        return "\(slot) leads to \(other)"
                    }
                    guard neighbours(of: Int(other), level).contains(UInt32(slot)) else {
                        return "\(slot) and \(other) are linked one way"
                    }
                }
            }
        }
        return nil
    }
}
