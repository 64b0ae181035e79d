// What an author should know of the examples before a model learns from them.

/// Counts by intent, and the lines that repeat or contradict each other.
///
/// Texts are compared without regard to case and to runs of white space.
package struct DatasetReport: Equatable, Sendable {
    package struct IntentCount: Equatable, Sendable {
        package let intent: String
        package let count: Int
    }

    /// A text that stands in several lines.
    package struct Repetition: Equatable, Sendable {
        /// As it is written in the first of the lines.
        package let text: String
        /// One intent, or for a conflict all of them in the order of the lines.
        package let intents: [String]
        package let lines: [Int]
    }

    /// A text on which a model is trained and measured alike.
    package struct Leak: Equatable, Sendable {
        package let text: String
        package let lines: [Int]
        package let validationLines: [Int]
    }

    /// Fewer examples than this are rare.
    package static let rare = 5

    package let exampleCount: Int
    package let outOfScopeCount: Int
    /// In the order of the intents' names; out of scope is none.
    package let intents: [IntentCount]
    /// Same text, same intent.
    package let duplicates: [Repetition]
    /// Same text, several intents.
    package let conflicts: [Repetition]
    /// Texts of the examples that the validation set has too.
    package let leaks: [Leak]

    package init(_ dataset: Dataset, validation: Dataset? = nil) {
        exampleCount = dataset.examples.count
        outOfScopeCount = dataset.outOfScopeCount
        intents = dataset.intentCounts.map { IntentCount(intent: $0.intent, count: $0.count) }
        let groups = TextGroups(dataset)
        let validationGroups = TextGroups(validation ?? Dataset([]))
        var duplicates: [Repetition] = []
        var conflicts: [Repetition] = []
        var leaks: [Leak] = []
        for text in groups.texts {
            let members = groups.members(of: text)
            let repetition = Repetition(members, of: dataset)
            if repetition.intents.count > 1 {
                conflicts.append(repetition)
            } else if members.count > 1 {
                duplicates.append(repetition)
            }
            let again = validationGroups.members(of: text)
            guard let validation, !again.isEmpty else { continue }
            leaks.append(
                Leak(
                    text: repetition.text, lines: repetition.lines,
                    validationLines: again.map(validation.line)))
        }
        self.duplicates = duplicates
        self.conflicts = conflicts
        self.leaks = leaks
    }

    /// The least, the middle and the greatest count of an intent.
    package var spread: (least: Int, median: Double, greatest: Int) {
        let counts = intents.map(\.count).sorted()
        guard let least = counts.first, let greatest = counts.last else { return (0, 0, 0) }
        let middle = counts[(counts.count - 1) / 2] + counts[counts.count / 2]
        return (least, Double(middle) / 2, greatest)
    }

    /// The intents with fewer than `rare` examples.
    package var rareIntents: [IntentCount] { intents.filter { $0.count < Self.rare } }
}

extension DatasetReport.Repetition {
    fileprivate init(_ members: [Int], of dataset: Dataset) {
        var intents: [String] = []
        for member in members where !intents.contains(dataset.examples[member].intent) {
            intents.append(dataset.examples[member].intent)
        }
        self.init(
            text: dataset.examples[members[0]].text, intents: intents,
            lines: members.map(dataset.line))
    }
}

/// The examples of a data set by their normalised texts.
private struct TextGroups {
    /// In the order of their first appearance.
    private(set) var texts: [String] = []
    private var groups: [String: [Int]] = [:]

    init(_ dataset: Dataset) {
        for (i, example) in dataset.examples.enumerated() {
            let text = example.text.folded
            if groups[text, default: []].isEmpty { texts.append(text) }
            groups[text, default: []].append(i)
        }
    }

    func members(of text: String) -> [Int] { groups[text, default: []] }
}

extension String {
    /// In lower case, with one space between words and none around them.
    package var folded: String {
        lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
