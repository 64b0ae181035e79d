// Sequences of words, found in a text.

import Numerics

/// Word sequences as a tree whose edges are words, in one hash table.
///
/// The words themselves are not kept: their 64-bit hashes are compared.
struct PhraseTree: Sendable {
    /// The longest sequence, in words; bounds the time at a place of the text.
    static let maximumLength = 64
    private static let root: UInt32 = 0

    private struct Edge {
        let word: UInt64
        let from: UInt32
        let to: UInt32
    }

    private static let noEdge = Edge(word: 0, from: 0, to: 0)

    /// Open addressing; no edge leads to the root, so that `to` is 0 where a slot is empty.
    private var slots: [Edge]
    /// By node: the number of the sequence that ends there, or −1.
    private var ends: [Int32] = [-1]
    private var edgeCount = 0
    /// How many sequences differ.
    private(set) var count = 0

    init() {
        slots = Array(repeating: Self.noEdge, count: 64)
    }

    /// Adds a sequence of at least one word; gives its number, that of an equal one if there is one.
    mutating func insert(_ words: some Collection<UInt64>) -> Int {
        precondition(!words.isEmpty && words.count <= Self.maximumLength)
        var node = Self.root
        for word in words { node = step(from: node, word) ?? addNode(after: node, word) }
        if ends[Int(node)] < 0 {
            ends[Int(node)] = Int32(count)
            count += 1
        }
        return Int(ends[Int(node)])
    }

    /// Calls `body` with the number of each sequence that stands in a text, once an occurrence.
    func find(in words: borrowing Words, _ body: (Int) -> Void) {
        guard count > 0 else { return }
        let words = words.words
        for start in words.indices {
            var node = Self.root
            var i = start
            while i < words.count, let next = step(from: node, words[i].hash) {
                node = next
                if ends[Int(node)] >= 0 { body(Int(ends[Int(node)])) }
                i += 1
            }
        }
    }

    private func place(_ from: UInt32, _ word: UInt64, _ mask: Int) -> Int {
        let key = foldedMultiply(word ^ UInt64(from), 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: key) & mask
    }

    private func step(from: UInt32, _ word: UInt64) -> UInt32? {
        let mask = slots.count - 1
        var i = place(from, word, mask)
        while slots[i].to != 0 {
            if slots[i].word == word, slots[i].from == from { return slots[i].to }
            i = (i + 1) & mask
        }
        return nil
    }

    private mutating func addNode(after from: UInt32, _ word: UInt64) -> UInt32 {
        if (edgeCount + 1) * 2 > slots.count { grow() }
        edgeCount += 1
        let node = UInt32(ends.count)
        ends.append(-1)
        set(Edge(word: word, from: from, to: node))
        return node
    }

    private mutating func set(_ edge: Edge) {
        let mask = slots.count - 1
        var i = place(edge.from, edge.word, mask)
        while slots[i].to != 0 { i = (i + 1) & mask }
        slots[i] = edge
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Self.noEdge, count: old.count * 2)
        for edge in old where edge.to != 0 { set(edge) }
    }
}
