// How a recommender learns from its log.

import JSON

/// What model.json says of training.
package struct TrainingRule: Equatable, Sendable {
    /// Whether the places at which items were shown are seen through; nil for where the log has scores, so
    /// that its lists were shown in the order of a scorer.
    package var positionBias: Bool?
    /// Seconds from a list within which a response to it counts.
    package var window: Double

    package init(positionBias: Bool? = nil, window: Double = 86_400) {
        self.positionBias = positionBias
        self.window = window
    }
}

extension JSONPlace {
    func trainingRule() throws(FieldError) -> TrainingRule {
        try check(keys: ["positionBias", "windowSeconds"])
        return TrainingRule(
            positionBias: try member("positionBias")?.bool(),
            window: try member("windowSeconds")?.number(in: 0...1e9) ?? TrainingRule().window)
    }
}
