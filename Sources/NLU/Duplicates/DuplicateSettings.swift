// What counts as a duplicate.

/// The rules of a `DuplicateIndex`; all but `capacity` were chosen by `hunch-bench duplicates`.
package struct DuplicateSettings: Equatable, Sendable {
    /// From this similarity on two texts are near duplicates, 0...1.
    package var similarity: Float = 0.6
    /// A text with fewer words is nobody's duplicate: "thank you" is said everywhere.
    package var fewestWords = 3
    /// A text with fewer words has only exact duplicates: a word less would make it another text.
    package var fewestNearWords = 6
    /// Places kept in an index; one more, and the one whose text was put there first is forgotten.
    package var capacity = 100_000
    /// Places named at most for one text.
    package var matches = 32

    package init() {}
}
