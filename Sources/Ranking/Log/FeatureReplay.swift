// Features computed again from a log.

/// Plays a log in its order: each impression gets the features as they stood before it.
///
/// It does what serving does: a list is scored, then counts as shown, then responses count as they come.
package struct FeatureReplay: Sendable {
    package private(set) var store: FeatureStore
    private var scratch = FeatureScratch()

    package init(_ features: [DeclaredFeature]) {
        store = FeatureStore(features)
    }

    /// Takes the next event; gives an impression back with its features.
    package mutating func take(_ event: RankingEvent) -> Impression? {
        defer { store.apply(event) }
        guard case .impression(var impression) = event else { return nil }
        let query = FeatureQuery(
            user: impression.user, text: impression.query, now: impression.time)
        var values = [Double](
            repeating: 0, count: impression.items.count * store.features.count)
        var span = values.mutableSpan
        store.fill(&span, for: query, candidates: impression.items, scratch: &scratch)
        impression.features = values
        return impression
    }

    /// Plays all events with the features of all impressions in place of those that were logged.
    package static func replay(
        _ events: [RankingEvent], features: [DeclaredFeature]
    ) -> [RankingEvent] {
        var replay = FeatureReplay(features)
        return events.map { event in replay.take(event).map(RankingEvent.impression) ?? event }
    }
}
