// What an author lists of one type of entity.

/// The values of a type of entity and how else they are written.
package struct EntityList: Equatable, Sendable {
    package struct Value: Equatable, Sendable {
        package let name: String
        /// Other ways to write it; the name is one of its own.
        package let synonyms: [String]

        package init(_ name: String, synonyms: [String] = []) {
            self.name = name
            self.synonyms = synonyms
        }
    }

    /// Empty in a list of what entities of any type stand for.
    package let type: String
    package let values: [Value]
    /// Whether small spelling mistakes are forgiven.
    package let isFuzzy: Bool
    /// Whether the values are looked for; else they only say what found entities stand for.
    package let isSearched: Bool

    package init(
        type: String, values: [Value], isFuzzy: Bool = true, isSearched: Bool = true
    ) {
        self.type = type
        self.values = values
        self.isFuzzy = isFuzzy && isSearched
        self.isSearched = isSearched
    }
}
