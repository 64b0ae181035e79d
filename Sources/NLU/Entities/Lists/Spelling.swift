// Words that differ from a known one by a slip.

import Numerics

/// How far words are from each other, and how far a slip goes.
enum Spelling {
    /// Words longer than this have no slips that are looked for.
    static let longest = 24

    /// How many slips a known word of so many letters may have.
    static func tolerance(_ length: Int) -> Int {
        length < 5 || length > longest ? 0 : length < 9 ? 1 : 2
    }

    /// The optimal string alignment distance: letters added, left out, replaced, or neighbours
    /// swapped; `limit` + 1 where there are more than `limit`, 2 at most.
    ///
    /// Source: Damerau, "A Technique for Computer Detection and Correction of Spelling Errors",
    /// CACM 1964. O(length²), without allocation.
    static func distance(_ a: Span<UInt32>, _ b: Span<UInt32>, limit: Int) -> Int {
        precondition(limit <= 2)
        guard abs(a.count - b.count) <= limit, max(a.count, b.count) <= longest + 2 else {
            return limit + 1
        }
        var rows: [3 of [32 of Int32]] = .init(repeating: .init(repeating: 0))
        for j in 0...b.count { rows[0][j] = Int32(j) }
        for i in 0..<a.count {
            let (last, row, before) = (i % 3, (i + 1) % 3, (i + 2) % 3)
            rows[row][0] = Int32(i + 1)
            for j in 0..<b.count {
                var cost = rows[last][j] + (a[i] == b[j] ? 0 : 1)
                cost = min(cost, rows[last][j + 1] + 1, rows[row][j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, rows[before][j - 1] + 1)
                }
                rows[row][j + 1] = cost
            }
        }
        return min(Int(rows[a.count % 3][b.count]), limit + 1)
    }

    /// Calls `body` with the hash of the word and of what is left of it when up to `deletions`
    /// letters behind the first are taken out; perhaps more than once with the same.
    ///
    /// Two words at a distance of up to `deletions` that begin with the same letter have one of
    /// these in common. Source: Mor and Fraenkel, "A Hash Code Method for Detecting and Correcting
    /// Spelling Errors", CACM 1982.
    static func forEachDeletion(
        _ word: Span<UInt32>, deletions: Int, _ body: (UInt64) -> Void
    ) {
        body(hash(word, -1, -1))
        guard deletions > 0, word.count > 1 else { return }
        for i in 1..<word.count {
            body(hash(word, i, -1))
            guard deletions > 1 else { continue }
            for j in i + 1..<max(word.count, i + 1) { body(hash(word, i, j)) }
        }
    }

    private static func hash(_ word: Span<UInt32>, _ first: Int, _ second: Int) -> UInt64 {
        var hash: UInt64 = 0
        for i in word.indices where i != first && i != second {
            hash = foldedMultiply(hash ^ UInt64(word[i]), 0xA076_1D64_78BD_642F)
        }
        return hash
    }
}
