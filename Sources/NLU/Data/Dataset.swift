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
    package let examples: [Example]
    /// The line of each example; empty where they come from no file.
    package let lines: [Int]
    /// What the file says about entities beside its examples.
    package let knowledge: EntityKnowledge

    package init(
        _ examples: [Example], lines: [Int] = [], knowledge: EntityKnowledge = EntityKnowledge()
    ) {
        precondition(lines.isEmpty || lines.count == examples.count)
        self.examples = examples
        self.lines = lines
        self.knowledge = knowledge
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

    /// The line of an example; its place from 1 where it comes from no file.
    func line(of example: Int) -> Int {
        lines.isEmpty ? example + 1 : lines[example]
    }
}
