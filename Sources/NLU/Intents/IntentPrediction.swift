// What an intent model says of a text.

/// The answer to an utterance, and what else was likely.
package struct IntentPrediction: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let intent: String
        package let confidence: Float

        package init(intent: String, confidence: Float) {
            self.intent = intent
            self.confidence = confidence
        }
    }

    /// What the answer is called when no intent is likely enough.
    package static let outOfScope = "out_of_scope"

    /// The answer: an intent or `out_of_scope`.
    package internal(set) var intent: String
    /// The probability of the answer; of the likeliest intent where the answer is `out_of_scope`;
    /// where a rule has fired, what it states.
    package internal(set) var confidence: Float
    /// How sure it is that the likeliest intent is right, texts out of scope regarded, 0…1: what the
    /// threshold is held against; where a rule has fired, what it states.
    package internal(set) var certainty: Float
    /// The likeliest intents, the likeliest first.
    package internal(set) var ranking: [Entry]
    /// The name of the rule that gave the answer; nil where none fired.
    package internal(set) var rule: String?
    /// In the order of the text, none of them overlapping.
    package internal(set) var entities: [Entity]

    package init(
        intent: String = outOfScope, confidence: Float = 0, certainty: Float = 0,
        ranking: [Entry] = [], rule: String? = nil, entities: [Entity] = []
    ) {
        self.entities = entities
        self.rule = rule
        self.intent = intent
        self.confidence = confidence
        self.certainty = certainty
        self.ranking = ranking
    }

    /// Answers as a rule says, where one has fired.
    mutating func take(_ fired: Rule?) {
        rule = fired?.name
        guard let fired else { return }
        intent = fired.intent
        confidence = fired.confidence
        certainty = fired.confidence
    }
}
