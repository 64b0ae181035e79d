// A part of a text that names something.

/// A stretch of a text with the type of what it names.
package struct EntitySpan: Hashable, Sendable {
    /// In UTF-16 code units of the text; not empty, and no surrogate pair is cut.
    package let range: Range<Int>
    /// The name of the entity's type, such as `city`.
    package let type: String
    /// What the stretch stands for, such as `New York` for `NYC`; nil where it stands for itself.
    package let value: String?

    package init(range: Range<Int>, type: String, value: String? = nil) {
        self.range = range
        self.type = type
        self.value = value
    }

    /// The stretch of `text` that the span covers; nil where it does not lie within it.
    package func stretch(of text: String) -> Substring? {
        guard range.lowerBound >= 0, range.upperBound <= text.utf16.count else { return nil }
        let units = text.utf16
        let start = units.index(units.startIndex, offsetBy: range.lowerBound)
        let end = units.index(units.startIndex, offsetBy: range.upperBound)
        guard let first = start.samePosition(in: text.unicodeScalars),
            let last = end.samePosition(in: text.unicodeScalars)
        else { return nil }
        return text[first..<last]
    }
}
