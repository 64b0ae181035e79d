// The features of logged lists, as a definition's scorer takes them.

extension RecommenderDefinition {
    /// Events whose lists have whole rows of this definition's features.
    ///
    /// A list that was scored by a version with the same features keeps what was logged of it. Of others the
    /// declared features are played again; those of the request, its text and intent, are missing, and runners-up
    /// have no features.
    ///
    /// - Parameters:
    ///   - events: in the order of a log.
    ///   - replay: knows what was before them, items too; takes the events in.
    ///   - names: the features of a version, `name@version`; nil where it is not known, and then as many as
    ///     here are taken for the same.
    /// - Returns: as many events, in their order.
    package func withRows(
        _ events: [RankingEvent], replay: inout FeatureReplay,
        names: (String) -> [String]? = { _ in nil }
    ) -> [RankingEvent] {
        var known: [String: Bool] = [:]
        return zip(events, replay.replay(events)).map { logged, played in
            guard case .impression(var impression) = logged, case .impression(let replayed) = played
            else { return logged }
            let isOwn =
                impression.model.map { model in
                    if let isOwn = known[model] { return isOwn }
                    let isOwn = names(model).map { $0 == featureNames } ?? true
                    known[model] = isOwn
                    return isOwn
                } ?? true
            let count = featureNames.count
            guard
                !isOwn || impression.features.count != count * impression.items.count
                    || impression.features.isEmpty
            else { return logged }
            impression.features = padded(replayed)
            impression.runnersUp = impression.runnersUp.map {
                .init(item: $0.item, score: $0.score)
            }
            return .impression(impression)
        }
    }

    /// Rows of declared features with missing ones before them, in place of those of the request.
    private func padded(_ impression: Impression) -> [Double] {
        let missing = [Double](repeating: .nan, count: features.count)
        let count = declared.count
        return impression.items.indices.flatMap { row in
            missing + impression.features[row * count..<(row + 1) * count]
        }
    }
}
