// What of the lists of recommenders is counted, in training and in use.

package import Drift
internal import Numerics
package import Ranking

extension RecommenderDefinition {
    /// The places of the features that can be compared: all but those that move with the log.
    ///
    /// Their values of today nobody expects tomorrow: on RankLens eleven of them would be drift in the 1,000 lists
    /// that follow a log, and none of the others.
    package var comparedPlaces: [Int] {
        var moving: Set<String> = []
        for feature in declared where feature.moves(like: moving) { moving.insert(feature.name) }
        return featureNames.indices.filter { !moving.contains(featureNames[$0]) }
    }

    /// What each list has a value of: the compared features of one of its items.
    package var countedFeatures: [ReferenceBuilder.Feature] {
        comparedPlaces.map { .number(featureNames[$0]) }
    }
}

extension DeclaredFeature {
    /// Whether it is a count of all time, a rate that is drawn to the one of all so far, or a sum with one of
    /// `others`.
    ///
    /// Relative ones are none: what moves for all candidates of a request is taken off.
    fileprivate func moves(like others: Set<String>) -> Bool {
        guard !isRelative else { return false }
        return switch kind {
        case .count(let counter, _): counter.window == nil
        case .rate(_, per: _, let smoothing, _): smoothing.prior == nil
        case .sum(let terms): terms.contains { others.contains($0.feature) }
        case .field, .recency, .interacted, .share, .profile, .companions, .textSimilarity:
            false
        }
    }
}

extension Impression {
    /// Writes the features at some places of one of its items over other values; false where they are not known.
    ///
    /// If all items were counted, a list would pass for as many, and chance for drift. Which one it is the list's
    /// name says, so that every place has its turn.
    package func write(
        _ places: [Int], to values: inout [FeatureValue]
    ) -> Bool {
        guard !items.isEmpty, !features.isEmpty else { return false }
        let count = features.count / items.count
        let row = Int(hash(request.utf8.span) % UInt64(items.count)) * count
        values.removeAll(keepingCapacity: true)
        for place in places { values.append(.number(features[row + place])) }
        return true
    }
}
