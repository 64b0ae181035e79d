// Which documents a model reads.

/// A pattern of document ids: `*` stands for any characters, also none and also `/`.
package struct DocumentPattern: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }

    /// Whether the pattern covers the whole id.
    ///
    /// At a mismatch only the last star takes one character more: those before it need no other
    /// choice, so the time is at most pattern × id.
    package func matches(_ document: String) -> Bool {
        let pattern = Array(text.utf8)
        let id = Array(document.utf8)
        var (p, i) = (0, 0)
        var lastStar: (pattern: Int, id: Int)?
        while i < id.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                lastStar = (p, i)
                p += 1
            } else if p < pattern.count, pattern[p] == id[i] {
                (p, i) = (p + 1, i + 1)
            } else if let star = lastStar {
                lastStar = (star.pattern, star.id + 1)
                (p, i) = (star.pattern + 1, star.id + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
