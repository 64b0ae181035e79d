// What of an answer can be compared between training and use.

/// The measurable sides of the answer to a whole text.
package struct AnswerTraits: Equatable, Sendable {
    /// Or `out_of_scope`.
    package let intent: String
    package let confidence: Float
    /// Those of the words, and a space after each, of as much of the text as is read.
    package let characters: Int
    /// The share of the words that the classifier has not learned; nil where there are none, or no classifier.
    package let unknownWords: Float?
}

/// An answer to a text that the weights had not seen.
package struct HeldOutAnswer: Equatable, Sendable {
    package let text: String
    package let traits: AnswerTraits
}

extension IntentModel {
    /// The traits of the answer that was given last with `scratch`, to a whole text.
    ///
    /// Nil where a rule has answered instead of a classifier: that tells nothing of what was learned.
    package func traits(
        of prediction: IntentPrediction, scratch: inout Scratch
    ) -> AnswerTraits? {
        guard prediction.rule == nil || hasRulesOnly else { return nil }
        return AnswerTraits(
            intent: prediction.intent, confidence: prediction.confidence,
            characters: scratch.words.characterCount,
            unknownWords: classifier?.lexical.unknownWords(
                scratch.words, scratch: &scratch.lexical))
    }
}
