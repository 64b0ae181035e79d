// Utterances with their intents, as an author writes them.

/// An utterance and the intent it was given.
package struct Example: Equatable, Sendable {
    package let text: String
    package let intent: String
    /// What the author marked in the text, in the order of the text, without overlaps.
    package let entities: [EntitySpan]

    package init(text: String, intent: String, entities: [EntitySpan] = []) {
        self.text = text
        self.intent = intent
        self.entities = entities
    }

    /// Whether the author says that no intent fits: labelled `out_of_scope` or `oos`.
    package var isOutOfScope: Bool {
        intent == IntentClassifier.outOfScope || intent == "oos"
    }
}

/// Examples in the order of their file.
package struct Dataset: Equatable, Sendable {
    package var examples: [Example]

    package init(_ examples: [Example]) {
        self.examples = examples
    }

    /// The intents with how many examples each has, in order of their names.
    ///
    /// Examples out of scope are not counted: theirs is no intent.
    package var intentCounts: [(intent: String, count: Int)] {
        var counts: [String: Int] = [:]
        for example in examples where !example.isOutOfScope {
            counts[example.intent, default: 0] += 1
        }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The number of examples out of scope.
    package var outOfScopeCount: Int { examples.count { $0.isOutOfScope } }

    /// Examples that say again what an earlier one has said: same text, same intent.
    package var duplicateCount: Int {
        var seen: [String: Set<String>] = [:]
        return examples.count { !seen[$0.text, default: []].insert($0.intent).inserted }
    }

    /// The texts that stand under more than one intent, in order of their first appearance.
    package var conflicts: [String] {
        var intents: [String: Set<String>] = [:]
        for example in examples { intents[example.text, default: []].insert(example.intent) }
        var reported: Set<String> = []
        return examples.map(\.text).filter {
            intents[$0, default: []].count > 1 && reported.insert($0).inserted
        }
    }
}

/// Why a file is not a set of examples, and in which line.
package struct DatasetError: Error, Equatable {
    package enum Reason: Equatable, Sendable {
        case notUTF8
        /// The header of a CSV file must name this column.
        case missingColumn(String)
        case fieldCount(Int, expected: Int)
        case unterminatedQuote
        case textAfterQuote
        case notJSON(String)
        /// An object must have this member, a string.
        case missingMember(String)
        case emptyText
        case emptyIntent
        case noExamples
    }

    /// Counts from 1; of a record of several lines, the first.
    package let line: Int
    package let reason: Reason
}

extension DatasetError: CustomStringConvertible {
    package var description: String { "line \(line): \(reason)" }
}

extension DatasetError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notUTF8: "the text is not UTF-8"
        case .missingColumn(let name): "the header has no column “\(name)”"
        case .fieldCount(let count, let expected): "\(count) fields instead of \(expected)"
        case .unterminatedQuote: "a quoted field is not closed"
        case .textAfterQuote: "text follows the closing quote of a field"
        case .notJSON(let what): what
        case .missingMember(let name): "the object has no string “\(name)”"
        case .emptyText: "the text is empty"
        case .emptyIntent: "the intent is empty"
        case .noExamples: "the file has no examples"
        }
    }
}
