// Which n-grams a model knows.

import Numerics

/// Finds the row of an n-gram by its hash, in a table that can be mapped.
///
/// Open addressing: a slot holds the upper half of the hash and the row plus one; 0 is empty. The
/// n-grams themselves are not kept: two of them are mistaken for each other once in 2³² look-ups.
struct Vocabulary: Sendable {
    let slots: Table<UInt64>

    /// Refuses slots that could send a look-up out of its rows or into an endless search.
    init(slots: Table<UInt64>, rowCount: Int) throws(ArtifactError) {
        self.slots = slots
        guard slots.count > 0, slots.count.nonzeroBitCount == 1 else { throw .badSection("slots") }
        var used = 0
        let all = slots.span
        for i in all.indices where all[i] != 0 {
            used += 1
            let row = all[i] & 0xFFFF_FFFF
            guard row > 0, row <= rowCount else { throw .badSection("slots") }
        }
        guard used < slots.count else { throw .badSection("slots") }
    }

    /// How many n-grams there are.
    private var count: Int { slots.elements.count { $0 != 0 } }

    /// How many n-grams can be added before look-ups become slow: seven of eight slots may be in use.
    ///
    /// As the n-grams are not kept, the table cannot grow.
    var room: Int { max(slots.count / 8 * 7 - count, 0) }

    /// Lays out the slots for n-grams whose row is their place in `hashes`, after those of `known`.
    static func slots(for hashes: [UInt64], after known: Vocabulary? = nil) -> [UInt64] {
        var slots = known?.slots.elements ?? []
        let first = known?.count ?? 0
        if known == nil {
            var capacity = 16
            while capacity * 2 < hashes.count * 3 { capacity *= 2 }
            slots = Array(repeating: 0, count: capacity)
        }
        for (row, hash) in hashes.enumerated() {
            var i = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[i] != 0 { i = (i + 1) & (slots.count - 1) }
            slots[i] = hash & ~0xFFFF_FFFF | UInt64(first + row + 1)
        }
        return slots
    }

    /// The row of an n-gram; nil where the model does not know it.
    func row(of hash: UInt64) -> Int? {
        var row: [UInt32] = [0]
        var output = row.mutableSpan
        let hashes = [hash]
        return findRows(of: hashes.span, in: slots.span, into: &output) == 1 ? Int(row[0]) : nil
    }
}
