// What a file of examples says about entities outside its examples.

/// Synonyms, lists and patterns, in the order of their file.
package struct EntityKnowledge: Equatable, Sendable {
    /// A name with the strings that belong to it.
    package struct Entry: Equatable, Sendable {
        package let name: String
        package let strings: [String]
        /// The line at which it begins; 0 where it comes from no file.
        package let line: Int

        package init(name: String, strings: [String], line: Int = 0) {
            self.name = name
            self.strings = strings
            self.line = line
        }
    }

    /// By value, the ways in which it is written.
    package var synonyms: [Entry] = []
    /// By type of entity, what it can be.
    package var lists: [Entry] = []
    /// By type of entity, or by another name, regular expressions.
    package var patterns: [Entry] = []

    package init() {}

    package var isEmpty: Bool { synonyms.isEmpty && lists.isEmpty && patterns.isEmpty }
}
