// The phrases of lists as a tree of words, and what they stand for.

import Numerics

/// Leads from word to word, in tables that can be mapped.
struct ListedPhrases: Sendable {
    struct Entry: Hashable {
        let list: Int
        let value: Int

        init(list: Int, value: Int) {
            self.list = list
            self.value = value
        }

        fileprivate init(packed: UInt64) {
            self.init(list: Int(packed >> 32), value: Int(packed & 0xFFFF_FFFF))
        }

        fileprivate var packed: UInt64 { UInt64(list) << 32 | UInt64(value) }
    }

    /// Open addressing by a node and a word, plus one, where 0 is empty; beside them what follows.
    private let edges: Table<UInt64>
    private let targets: Table<UInt32>
    /// By node, where what its phrase stands for begins in `entries`, and where the last one ends.
    private let ends: Table<UInt32>
    private let entries: Table<UInt64>

    /// Opens the sections that `ListedPhrasesWriter` has written; `counts` are the values of the lists.
    init(in archive: Archive, counts: [Int]) throws(ArtifactError) {
        edges = try archive.section("list edges")
        targets = try archive.section("list targets")
        ends = try archive.section("list ends")
        entries = try archive.section("list entries")
        guard ends.count > 1, ends.areBounds(of: entries.count) else {
            throw .badSection("list ends")
        }
        guard edges.count.nonzeroBitCount == 1, edges.count == targets.count else {
            throw .badSection("list edges")
        }
        var used = 0
        let (keys, nodes, all) = (edges.span, targets.span, entries.span)
        for i in keys.indices where keys[i] != 0 {
            used += 1
            guard Int(nodes[i]) < ends.count - 1 else { throw .badSection("list targets") }
        }
        guard used < edges.count else { throw .badSection("list edges") }
        for i in all.indices {
            let entry = Entry(packed: all[i])
            guard entry.list < counts.count, entry.value < counts[entry.list] else {
                throw .badSection("list entries")
            }
        }
    }

    /// Adds the sections that `init(in:counts:)` opens.
    func write(to writer: inout ArchiveWriter) {
        writer.add("list edges", edges.elements)
        writer.add("list targets", targets.elements)
        writer.add("list ends", ends.elements)
        writer.add("list entries", entries.elements)
    }

    static let root: Int32 = 0

    /// The node behind a node and a word.
    func step(from node: Int32, _ word: Int32) -> Int32? {
        let key = Self.key(node, word)
        let keys = edges.span
        var i = Self.place(of: key, keys.count)
        while keys[i] != 0 {
            if keys[i] == key { return Int32(targets[i]) }
            i = (i + 1) & (keys.count - 1)
        }
        return nil
    }

    /// Calls `body` with what the phrase that ends in a node stands for.
    func forEachEntry(of node: Int32, _ body: (Entry) -> Void) {
        for i in Int(ends[Int(node)])..<Int(ends[Int(node) + 1]) { body(Entry(packed: entries[i])) }
    }

    fileprivate static func key(_ node: Int32, _ word: Int32) -> UInt64 {
        (UInt64(node) << 32 | UInt64(word)) + 1
    }

    fileprivate static func place(of key: UInt64, _ count: Int) -> Int {
        Int(truncatingIfNeeded: foldedMultiply(key, 0x9E37_79B9_7F4A_7C15)) & (count - 1)
    }
}

/// Collects phrases, and lays them out as sections.
struct ListedPhrasesWriter {
    private var edges: [UInt64: Int32] = [:]
    /// The keys of edges, in the order in which they came.
    private var keys: [UInt64] = []
    private var entries: [[ListedPhrases.Entry]] = [[]]

    init() {}

    /// The node behind a node and a word; a new one where there is none.
    mutating func step(from node: Int32, _ word: Int32) -> Int32 {
        let key = ListedPhrases.key(node, word)
        if let next = edges[key] { return next }
        let next = Int32(entries.count)
        edges[key] = next
        keys.append(key)
        entries.append([])
        return next
    }

    /// Says what the phrase that ends in a node stands for; the empty one stands for nothing.
    mutating func add(_ entry: ListedPhrases.Entry, at node: Int32) {
        guard node != ListedPhrases.root, !entries[Int(node)].contains(entry) else { return }
        entries[Int(node)].append(entry)
    }

    /// Adds the sections that `ListedPhrases` opens.
    func write(to writer: inout ArchiveWriter) {
        var capacity = 16
        while capacity * 2 < keys.count * 3 { capacity *= 2 }
        var slots = [UInt64](repeating: 0, count: capacity)
        var targets = [UInt32](repeating: 0, count: capacity)
        for key in keys {
            var i = ListedPhrases.place(of: key, capacity)
            while slots[i] != 0 { i = (i + 1) & (capacity - 1) }
            slots[i] = key
            targets[i] = UInt32(edges[key] ?? 0)
        }
        var ends: [UInt32] = [0]
        for node in entries { ends.append((ends.last ?? 0) + UInt32(node.count)) }
        writer.add("list edges", slots)
        writer.add("list targets", targets)
        writer.add("list ends", ends)
        writer.add("list entries", entries.flatMap { $0.map(\.packed) })
    }
}
