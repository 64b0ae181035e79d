// What was shown and what came of it, brought together by request.

/// Joins impressions with responses into examples to learn from.
///
/// The result depends on the events alone, not on the order in which they come. A response counts for
/// the item that it names in the impression that it names, if it comes within `window` after it.
package struct TrainingJoin: Equatable, Sendable {
    /// In seconds, from the impression; a response at its very end still counts.
    package let window: Double
    /// What an action makes of an item, above 0; others are no labels.
    ///
    /// Of several the greatest counts.
    package let grades: [Action: Double]

    package init(
        window: Double = 86_400, grades: [Action: Double] = [.click: 1, .accept: 2]
    ) {
        precondition(window >= 0 && grades.values.allSatisfy { $0 > 0 && $0.isFinite })
        self.window = window
        self.grades = grades
    }

    /// Joins all events.
    ///
    /// `now` is when the log was read: an impression whose window is still open then is only counted.
    /// Without it all windows are over.
    package func joined(_ events: [RankingEvent], at now: Double = .infinity) -> JoinedLog {
        var log = JoinedLog()
        var waiting: [String: Impression] = [:]
        for case .impression(let impression) in events {
            log.counts.impressions += 1
            if let known = waiting[impression.request] {
                log.counts.repeatedImpressions += 1
                guard impression.precedes(known) else { continue }
            }
            waiting[impression.request] = impression
        }
        let responses = events.compactMap { event -> Response? in
            if case .response(let response) = event { response } else { nil }
        }
        let found = attribute(responses, to: waiting, &log.counts)
        for impression in waiting.values.sorted(by: { $0.precedes($1) }) {
            guard impression.shown + window <= now else {
                log.counts.open += 1
                continue
            }
            let responses = found[impression.request] ?? [:]
            log.groups.append(
                JoinedImpression(
                    impression: impression,
                    labels: impression.items.map { label(responses[$0] ?? []) }))
        }
        return log
    }

    /// The responses that count, by request and item.
    private func attribute(
        _ responses: [Response], to impressions: [String: Impression],
        _ counts: inout JoinedLog.Counts
    ) -> [String: [String: [Response]]] {
        var found: [String: [String: [Response]]] = [:]
        var seen: Set<Identity> = []
        // In one order, so that of responses that are the same the earliest counts.
        for response in responses.sorted(by: { $0.precedes($1) }) {
            counts.responses += 1
            guard seen.insert(Identity(response)).inserted else {
                counts.repeatedResponses += 1
                continue
            }
            guard let impression = impressions[response.request],
                impression.items.contains(response.item), response.time >= impression.time
            else {
                counts.unjoined += 1
                continue
            }
            guard response.time - impression.shown <= window else {
                counts.late += 1
                continue
            }
            counts.joined += 1
            // What is done again after it was taken back is no repetition.
            if response.action == .undo {
                seen.subtract(
                    found[response.request]?[response.item]?.map(Identity.init) ?? [])
            }
            found[response.request, default: [:]][response.item, default: []].append(response)
        }
        return found
    }

    /// The grade of what somebody did with an item, in order of time.
    private func label(_ responses: [Response]) -> Double {
        var label = 0.0
        for response in responses {
            label = response.action == .undo ? 0 : max(label, grades[response.action] ?? 0)
        }
        return label
    }
}

/// What makes two responses the same: their id, or else all that they say but the time.
private struct Identity: Hashable {
    private let parts: [String]

    init(_ response: Response) {
        parts =
            response.id.isEmpty
            ? [response.request, response.item, response.action.rawValue, response.user ?? ""]
            : [response.id]
    }
}

/// The examples of a log, and what became of its events.
package struct JoinedLog: Equatable, Sendable {
    /// How many events there were of each fate.
    package struct Counts: Equatable, Sendable {
        package var impressions = 0
        /// Impressions whose request came before.
        package var repeatedImpressions = 0
        /// Impressions that may still be answered.
        package var open = 0
        package var responses = 0
        package var joined = 0
        /// Responses that came before.
        package var repeatedResponses = 0
        /// Responses after the window.
        package var late = 0
        /// Responses without an impression of the item before them.
        package var unjoined = 0

        package init() {}
    }

    /// In order of time, then of the request's id.
    package var groups: [JoinedImpression] = []
    package var counts = Counts()

    package init() {}
}

/// An impression with what came of each item.
package struct JoinedImpression: Equatable, Sendable {
    package let impression: Impression
    /// One for each item, 0 where nothing came of it.
    package let labels: [Double]

    package var hasLabel: Bool { labels.contains { $0 > 0 } }
}

extension Impression {
    fileprivate func precedes(_ other: Impression) -> Bool {
        (time, request) == (other.time, other.request)
            ? items.lexicographicallyPrecedes(other.items)
            : (time, request) < (other.time, other.request)
    }
}

extension Response {
    fileprivate func precedes(_ other: Response) -> Bool {
        if time != other.time { return time < other.time }
        return [id, request, item, action.rawValue, user ?? ""].lexicographicallyPrecedes(
            [other.id, other.request, other.item, other.action.rawValue, other.user ?? ""])
    }
}
