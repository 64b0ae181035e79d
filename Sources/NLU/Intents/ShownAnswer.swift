// Which answer is shown while somebody types.

/// The answer shown for a text that is still being typed.
///
/// Raw answers change with every other key. One is shown from a confidence on, and held until
/// another reaches that confidence: fewer answers, shown later, that stay.
package struct ShownAnswer: Equatable, Sendable {
    /// An intent, or `out_of_scope` before the first.
    package private(set) var intent: String

    package init(_ intent: String = IntentPrediction.outOfScope) {
        self.intent = intent
    }

    /// Takes the likeliest intent after another key; gives whether what is shown changes.
    @discardableResult
    package mutating func see(_ likeliest: String, confidence: Float, from least: Float) -> Bool {
        guard confidence >= least, likeliest != intent else { return false }
        intent = likeliest
        return true
    }
}

/// How complete a text is that a model answers for.
package enum TextState: Equatable, Sendable {
    /// It is at rest: the answer is that of `hunch predict`.
    case whole
    /// It is being typed, and `shown` is what was said of it last.
    case typing(shown: ShownAnswer)
}
