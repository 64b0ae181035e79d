// What all features of a version were like in training.

/// The distributions that a version's live answers are held against.
package struct DriftReference: Equatable, Sendable {
    /// What it was made of.
    package enum Source: String, Sendable {
        /// Answers to what the version was not fitted to.
        case heldOut
        /// The last lists of the log that the version was trained on.
        case log
        /// The first answers that the version gave.
        case firstAnswers
    }

    package let source: Source
    package let features: [FeatureReference]
    /// Where the slots of each feature begin among all.
    let offsets: [Int]
    package let slotCount: Int

    package init(_ source: Source, _ features: [FeatureReference]) {
        self.source = source
        self.features = features
        var (offsets, next) = ([Int](), 0)
        for feature in features {
            offsets.append(next)
            next += feature.slotCount
        }
        self.offsets = offsets
        slotCount = next
    }

    /// How many answers it was made of.
    package var total: Int { features.map(\.total).max() ?? 0 }

    /// The slots of one feature among those of all.
    package func slots(of feature: Int) -> Range<Int> {
        offsets[feature]..<offsets[feature] + features[feature].slotCount
    }
}
