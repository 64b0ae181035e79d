// Features computed again from a log.

/// Plays a log: each impression gets the features as they stood when it was asked.
///
/// It does what serving does: a list is scored, counts as shown once it is seen, then responses count as they
/// come.
package struct FeatureReplay: Sendable {
    package private(set) var store: FeatureStore
    private var scratch = FeatureScratch()

    package init(_ features: [DeclaredFeature]) {
        store = FeatureStore(features)
    }

    /// Takes the next event; gives an impression that is seen at once back with its features.
    package mutating func take(_ event: RankingEvent) -> Impression? {
        defer { store.apply(event) }
        guard case .impression(let impression) = event else { return nil }
        return scored(impression)
    }

    /// Takes an event that asks for nothing: an impression counts as shown.
    package mutating func apply(_ event: RankingEvent) {
        store.apply(event)
    }

    /// An impression with the features as they stand now.
    package mutating func scored(_ impression: Impression) -> Impression {
        var impression = impression
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
        return replay.replay(events)
    }

    /// Plays further events, in the order of a log; a list that was seen later counts as shown in its time.
    package mutating func replay(_ events: [RankingEvent]) -> [RankingEvent] {
        var played = events
        var unseen: [(seen: Double, place: Int)] = []
        for (place, event) in events.enumerated() {
            while let first = unseen.first, first.seen <= event.time {
                store.apply(events[first.place])
                unseen.removeFirst()
            }
            guard case .impression(let impression) = event, impression.seen != nil else {
                played[place] = take(event).map(RankingEvent.impression) ?? event
                continue
            }
            played[place] = .impression(scored(impression))
            let after = unseen.firstIndex { $0.seen > impression.shown } ?? unseen.endIndex
            unseen.insert((impression.shown, place), at: after)
        }
        for waiting in unseen { store.apply(events[waiting.place]) }
        return played
    }
}
