// Which texts have a band's key in common.

/// A hash table from the keys of bands to the texts that have them, chained through flat arrays.
///
/// A text is named by a small number; a number that is free may be used again.
struct BandTable: Sendable {
    /// The text's place in the chain of its key; neighbours are numbers of nodes, -1 for none.
    private struct Node {
        var key: UInt32
        var next: Int32
        var previous: Int32
    }

    private var nodes: [Node] = []
    private var heads: [Int32] = [-1]

    /// Adds a text under the keys of its bands.
    mutating func insert(_ text: Int, _ keys: [UInt32]) {
        let start = text * MinHash.bands
        while nodes.count < start + MinHash.bands {
            nodes.append(Node(key: 0, next: -1, previous: -1))
        }
        while heads.count * 2 < nodes.count { grow() }
        for band in 0..<MinHash.bands { link(start + band, keys[band]) }
    }

    /// The keys under which a text was inserted.
    func copyKeys(of text: Int, into keys: inout [UInt32]) {
        for band in 0..<MinHash.bands { keys[band] = nodes[text * MinHash.bands + band].key }
    }

    /// Takes a text out that was inserted.
    mutating func remove(_ text: Int) {
        for number in text * MinHash.bands..<(text + 1) * MinHash.bands {
            let node = nodes[number]
            if node.previous >= 0 {
                nodes[Int(node.previous)].next = node.next
            } else {
                heads[slot(node.key)] = node.next
            }
            if node.next >= 0 { nodes[Int(node.next)].previous = node.previous }
        }
    }

    /// Calls `body` with the texts that have `key`, the one inserted last first.
    ///
    /// At most `chainLimit` places of the chain are looked at: a band that very many texts have in common
    /// says little.
    @inline(__always)
    func forEach(_ key: UInt32, _ body: (Int) -> Void) {
        var number = heads[slot(key)]
        var left = Self.chainLimit
        while number >= 0, left > 0 {
            let node = nodes[Int(number)]
            if node.key == key { body(Int(number) / MinHash.bands) }
            number = node.next
            left -= 1
        }
    }

    static let chainLimit = 32

    private func slot(_ key: UInt32) -> Int { Int(key) & (heads.count - 1) }

    private mutating func link(_ number: Int, _ key: UInt32) {
        let first = heads[slot(key)]
        nodes[number] = Node(key: key, next: first, previous: -1)
        if first >= 0 { nodes[Int(first)].previous = Int32(number) }
        heads[slot(key)] = Int32(number)
    }

    /// Doubles the heads: each chain is parted in two, in its order.
    private mutating func grow() {
        let old = heads
        heads = Array(repeating: -1, count: 2 * old.count)
        for first in old {
            var number = first
            var last: (Int32, Int32) = (-1, -1)
            while number >= 0 {
                let next = nodes[Int(number)].next
                let isUpper = slot(nodes[Int(number)].key) >= old.count
                let previous = isUpper ? last.1 : last.0
                append(number, after: previous)
                if isUpper { last.1 = number } else { last.0 = number }
                number = next
            }
        }
    }

    private mutating func append(_ number: Int32, after previous: Int32) {
        nodes[Int(number)].previous = previous
        nodes[Int(number)].next = -1
        if previous >= 0 {
            nodes[Int(previous)].next = number
        } else {
            heads[slot(nodes[Int(number)].key)] = number
        }
    }
}
