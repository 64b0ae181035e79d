// A recommender at work: what it answers, and what of that is logged.

internal import JSON
internal import Journal
internal import Numerics
internal import Ranking
internal import Reactor
internal import Wire

/// A recommender with the log that it learns from.
///
/// Each of its events has a time of its own, later than the one before: in the order of their times a log
/// gives the same state, and so the same features, to the last bit.
struct LiveRecommender: Sendable {
    private(set) var recommender: Recommender
    /// "name@version".
    let model: String
    /// Of the last event, in microseconds since 1970.
    private var time: Int
    /// What came of lists since the start.
    private var accounts: [Source: Account]

    /// `time` is that of the last event that the recommender knows.
    init(_ recommender: Recommender, model: String, time: Int, metrics: ServiceMetrics) {
        self.recommender = recommender
        self.model = model
        self.time = time
        let sources = recommender.definition.sources
        accounts = Dictionary(
            sources.map { source in
                (
                    source,
                    Account(
                        metrics: metrics.recommender(model, recommender.definition, source: source))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// What came of the lists for one source, and the metrics that show it.
    private struct Account: Sendable {
        var tally = OnlineTally()
        var metrics: RecommenderMetrics

        mutating func saw(_ list: Impression) {
            let new = tally.saw(list.request, items: list.items.count)
            metrics.saw(lists: new.lists, items: new.items)
            metrics.show(tally)
        }

        /// Of a list that is not remembered the place is not known: it counts as the last.
        mutating func take(_ interaction: ListInteraction, _ item: String, _ list: Impression?) {
            if list == nil {
                let new = tally.saw(interaction.request, item: item)
                metrics.saw(lists: new.lists, items: new.items)
            }
            let position = list?.items.firstIndex(of: item) ?? Recommender.maximumLimit
            let action = interaction.action
            if tally.did(action, with: item, at: position, of: interaction.request) {
                metrics.did(action)
            }
            metrics.show(tally)
        }
    }

    /// Gives an event its time: now, but never that of another one.
    private mutating func stamp() -> Int {
        time = max(Int(wallClockMicroseconds()), time + 1)
        return time
    }

    // MARK: Lists

    /// A list with what the log and the operators may want to know of it.
    struct List: Sendable {
        var content: RecommendationResult
        /// As it would be logged.
        let impression: Impression
        /// Stages that failed or were late.
        let failures: [StageReport]
        /// The record that logs it, where it counts as seen at once.
        var record: JournalRecord?
    }

    /// Makes a list, which counts as shown when somebody says that it was seen.
    mutating func list(for request: Ranking.Request, named name: String) -> List {
        var request = request
        request.now = Self.seconds(stamp())
        let answer = try? recommender.recommend(
            request, clock: { Int(Instant.now().nanoseconds) })
        let items = answer?.items ?? []
        accounts[request.source]?.metrics.made(answer?.stages ?? [])
        var impression = Impression(
            request: name, time: request.now, user: request.user, source: request.source,
            query: request.query, items: items.map(\.item), features: items.flatMap(\.features),
            scores: items.map(\.score), propensities: items.map(\.propensity), model: model)
        impression.intent = request.intent?.name
        impression.scope = request.scope
        impression.runnersUp = answer?.runnersUp ?? []
        return List(
            content: content(answer, for: request), impression: impression,
            failures: (answer?.stages ?? []).filter { $0.failure != nil })
    }

    /// Makes a list that somebody has asked for, and so will see.
    mutating func listToShow(for request: Ranking.Request, named name: String) -> List {
        var list = list(for: request, named: name)
        guard !list.impression.items.isEmpty else { return list }
        list.record = see(list.impression)
        return list
    }

    /// The answer in the form of the wire; nothing for a source that is not served.
    private func content(
        _ answer: Recommendations?, for request: Ranking.Request
    ) -> RecommendationResult {
        let isExploring = recommender.definition.exploration != nil
        let items = (answer?.items ?? []).map { item in
            RecommendationResult.Item(
                item: item.item, score: Float(item.score),
                title: recommender.catalog.item(item.item)?.title,
                reasons: item.reasons.isEmpty ? nil : item.reasons,
                propensity: isExploring ? Float(item.propensity) : nil)
        }
        let degraded = answer?.degraded ?? []
        return RecommendationResult(
            source: request.source.rawValue, corpus: recommender.definition.corpus.rawValue,
            items: items, degraded: degraded.isEmpty ? nil : degraded)
    }

    /// The score of an item of a list that was logged, or could have been, taken apart.
    ///
    /// Nil where the list does not hold the item with its features.
    func explanation(of item: String, in list: Impression) -> Ranking.Explanation? {
        recommender.explanation(of: item, in: list)
    }

    // MARK: What is learned

    /// Learns of an item that is new, changed or gone.
    mutating func change(_ event: RecommenderEvent) {
        // The corpus was asked for, so that the item is not refused.
        try? recommender.apply(event)
    }

    /// Learns what somebody did with a list; gives what is to be kept, nil for an item that is unknown, or
    /// not for the viewer to know of.
    mutating func interact(
        _ interaction: ListInteraction, with list: Reading.KnownList, _ viewer: Viewer?,
        _ access: ItemAccess?
    ) -> [JournalRecord]? {
        if let item = interaction.item {
            guard recommender.catalog.item(item) != nil, access?.allows(item, to: viewer) ?? true
            else { return nil }
        }
        var records: [JournalRecord] = []
        if case .unlogged(var impression) = list {
            impression.seen = Self.seconds(stamp())
            records.append(see(impression))
        }
        // That a known list was seen is said by its own record.
        if list.impression != nil, interaction.action == .impression { return records }
        guard let item = interaction.item else { return records }
        let source = list.impression?.source ?? recommender.definition.sources[0]
        accounts[source]?.take(interaction, item, list.impression)
        let response = Response(
            request: interaction.request, item: item, user: interaction.user,
            action: interaction.action, time: Self.seconds(stamp()), scope: interaction.scope)
        learn(.response(response))
        records.append(JournalRecord(response, time: time))
        return records
    }

    /// Counts a list as shown, and gives the record that logs it.
    private mutating func see(_ list: Impression) -> JournalRecord {
        learn(.impression(list))
        accounts[list.source]?.saw(list)
        return record(of: list)
    }

    private mutating func learn(_ event: RankingEvent) {
        // Only items of another corpus are refused.
        try? recommender.apply(event)
    }

    /// The record of a list that was seen; features and scores are left out of those that are not sampled.
    private func record(of impression: Impression) -> JournalRecord {
        let share = recommender.definition.log.share
        let isSampled = share >= 1 || impression.share < share
        return JournalRecord(
            kind: RankingLog.Kind.impression.rawValue, time: time,
            payload: RankingEvent.impression(isSampled ? impression : impression.bare).json
                .serialized())
    }

    private static func seconds(_ microseconds: Int) -> Double { Double(microseconds) / 1e6 }
}

/// What somebody says of a list or of an item of it; without an item, that the list was seen.
struct ListInteraction: Sendable {
    /// The name of the list.
    let request: String
    let item: String?
    let action: Action
    let user: String?
    /// The document of the list.
    let scope: String?
}

extension JournalRecord {
    fileprivate init(_ response: Response, time: Int) {
        var members: [(key: String, value: JSONValue)] = [
            ("recommendation", .string(response.request)), ("item", .string(response.item)),
            ("action", .string(response.action.rawValue)),
        ]
        if let user = response.user { members.append(("user", .string(user))) }
        self.init(
            kind: RankingLog.Kind.interaction.rawValue, time: time,
            payload: JSONValue.object(members).serialized())
    }
}

extension Impression {
    /// A number in 0..<1 that its name gives, by which some lists are sampled.
    fileprivate var share: Double { Double(hash(request.utf8.span) >> 11) * 0x1p-53 }
}
