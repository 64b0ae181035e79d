// What of the answers of intent models is counted, in training and in use.

package import Drift
package import NLU

extension IntentModel {
    /// What each answer of the model has a value of.
    package var countedFeatures: [ReferenceBuilder.Feature] {
        let intents = classifier?.intents ?? fastText?.intents ?? []
        var features: [ReferenceBuilder.Feature] = [
            .name("intent", known: intents + [IntentPrediction.outOfScope]), .number("characters"),
        ]
        if !hasRulesOnly { features.append(.number("confidence")) }
        if classifier != nil { features.append(.number("unknownWords")) }
        return features
    }
}

extension AnswerTraits {
    /// Writes the values over others, one for each of `countedFeatures`.
    package func write(to values: inout [FeatureValue], for model: borrowing IntentModel) {
        values.removeAll(keepingCapacity: true)
        values.append(.name(intent))
        values.append(.number(Double(characters)))
        if !model.hasRulesOnly { values.append(.number(Double(confidence))) }
        if model.classifier != nil {
            values.append(unknownWords.map { .number(Double($0)) } ?? .missing)
        }
    }
}
