// Which features a model rests on.

import Numerics

/// How much a model uses a feature.
package struct FeatureImportance: Equatable, Sendable {
    /// How many splits ask for it.
    package var splits = 0
    /// The sum of the gains of these splits.
    package var gain = 0.0
}

extension TreeEnsemble {
    /// Shape (features,): importances over all trees.
    package var importances: [FeatureImportance] {
        var importances = [FeatureImportance](repeating: .init(), count: featureCount)
        for split in 0..<splitCount {
            importances[Int(features[split])].splits += 1
            importances[Int(features[split])].gain += gains[split]
        }
        return importances
    }
}
