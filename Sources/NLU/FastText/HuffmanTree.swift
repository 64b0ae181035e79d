// The tree of labels by which the hierarchical softmax decides.

/// The binary tree whose leaves are labels, frequent ones near the root.
struct HuffmanTree: Sendable {
    /// Of the inner nodes, which are numbered after the leaves.
    let children: [(Int, Int)]
    /// Of all nodes but the root the inner node above.
    private let parents: [Int32]

    var root: Int { 2 * children.count }

    /// Of the labels' occurrences, the most frequent first.
    init(_ counts: [Int64]) throws(FastTextError) {
        let limit: Int64 = 1_000_000_000_000_000
        var (total, last) = (Int64(0), Int64.max)
        for count in counts {
            guard count >= 1, count <= last, count < limit - total else {
                throw .unsuitable("how often labels occurred")
            }
            (total, last) = (total + count, count)
        }
        let leaves = counts.count
        var counts = counts
        var children: [(Int, Int)] = []
        var (leaf, node) = (leaves - 1, leaves)
        // Both queues, of leaves and of nodes made, are in the order of their counts.
        func next() -> Int {
            if leaf >= 0, node == counts.count || counts[leaf] < counts[node] {
                leaf -= 1
                return leaf + 1
            }
            node += 1
            return node - 1
        }
        for _ in 0..<leaves - 1 {
            let pair = (next(), next())
            children.append(pair)
            counts.append(counts[pair.0] + counts[pair.1])
        }
        self.children = children
        var parents = [Int32](repeating: 0, count: 2 * children.count)
        for (inner, pair) in children.enumerated() {
            parents[pair.0] = Int32(inner)
            parents[pair.1] = Int32(inner)
        }
        self.parents = parents
    }

    /// The inner nodes from the root to a label, and whether the way goes right there.
    func path(to label: Int) -> [(inner: Int, isRight: Bool)] {
        var path: [(inner: Int, isRight: Bool)] = []
        var node = label
        while node != root {
            let inner = Int(parents[node])
            path.append((inner, children[inner].1 == node))
            node = inner + children.count + 1
        }
        return path.reversed()
    }
}
