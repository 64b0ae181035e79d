// Where two texts that should be equal are not.

/// The first place at which two texts differ.
package struct TextDifference: Equatable, Sendable, CustomStringConvertible {
    /// In UTF-16 code units from the start.
    package let offset: Int
    /// What stands there, and a little before and behind it.
    package let left: String
    package let right: String
    package let lengths: [Int]

    /// Compares unit by unit; `nil` if the texts are equal.
    package init?(_ left: String, _ right: String) {
        let (a, b) = (Array(left.utf16), Array(right.utf16))
        guard a != b else { return nil }
        offset = zip(a, b).prefix { $0 == $1 }.count
        self.left = Self.excerpt(a, around: offset)
        self.right = Self.excerpt(b, around: offset)
        lengths = [a.count, b.count]
    }

    private static func excerpt(_ units: [UInt16], around offset: Int) -> String {
        let range = max(0, offset - 15)..<min(units.count, offset + 15)
        return String(decoding: units[range], as: UTF16.self)
    }

    package var description: String {
        "they differ at UTF-16 unit \(offset) (of \(lengths[0]) and \(lengths[1])): "
            + "\(left.debugDescription) against \(right.debugDescription)"
    }
}
