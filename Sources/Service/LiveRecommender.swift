// A recommender at work: what it answers, and what of that is logged.

internal import Drift
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
    private var accounts: [Source: ListAccount]

    /// What counts the lists that were seen, and what it is given of each.
    private var drift: LiveDrift?
    private var places: [Int] = []
    private var values: [FeatureValue] = []

    /// The journal's log, as far as the recommender knows it; nil once it takes all events itself.
    private var log: JournalLog?
    /// What it has taken itself while it does not know all of the log.
    private var own: Set<String> = []

    init(
        _ recommender: Recommender, model: String, arm: String?, log: JournalLog,
        metrics: ServiceMetrics
    ) {
        self.recommender = recommender
        self.model = model
        self.log = log
        time = log.time
        let sources = recommender.definition.sources
        accounts = Dictionary(
            sources.map { source in
                (
                    source,
                    ListAccount(
                        metrics: metrics.recommender(
                            model, recommender.definition, source: source, arm: arm),
                        report: { tally in
                            metrics.sawLists(
                                of: model, source, seen: tally.count("list"),
                                hits: tally.count("hit"))
                        })
                )
            }, uniquingKeysWith: { first, _ in first })
        accounts[Self.otherVersions] = ListAccount(metrics: nil)
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
    ///
    /// `name` gives the name of the list from its time, in microseconds since 1970.
    mutating func list(
        for request: Ranking.Request, as arm: String?, named name: (Int) -> String
    ) -> List {
        var request = request
        request.now = Self.seconds(stamp())
        let answer = try? recommender.recommend(
            request, clock: { Int(Instant.now().nanoseconds) })
        let items = answer?.items ?? []
        accounts[request.source]?.metrics?.made(answer?.stages ?? [])
        var impression = Impression(
            request: name(time), time: request.now, user: request.user, source: request.source,
            query: request.query, items: items.map(\.item), features: items.flatMap(\.features),
            scores: items.map(\.score), propensities: items.map(\.propensity), model: model)
        impression.intent = request.intent?.name
        impression.arm = arm
        impression.scope = request.scope
        impression.runnersUp = answer?.runnersUp ?? []
        return List(
            content: content(answer, for: request), impression: impression,
            failures: (answer?.stages ?? []).filter { $0.failure != nil })
    }

    /// Makes a list that a session has asked for, and so will see.
    mutating func listToShow(
        for request: Ranking.Request, as arm: String?, named name: String, to session: String
    ) -> List {
        var list = list(for: request, as: arm) { _ in name }
        guard !list.impression.items.isEmpty else { return list }
        var impression = list.impression
        impression.session = session
        list.record = see(impression)
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

    /// Learns of an item that is new, changed or gone; gives the time that the log has it at.
    ///
    /// `logged` is the time that another recommender of the corpus gave it, nil for the first.
    mutating func change(_ event: RecommenderEvent, logged: Int? = nil) -> Int {
        let own = logged ?? stamp()
        time = max(time, own)
        switch event {
        case .upsert(let item): learn(.item(item, time: Self.seconds(own)))
        case .remove(let item): learn(.removal(item: item, time: Self.seconds(own)))
        case .interaction, .learnVectors: break
        }
        return own
    }

    /// Learns what somebody did with a list.
    ///
    /// What was done with an item of a list before is not learned again.
    mutating func interact(
        _ interaction: ListInteraction, with list: PushedList.Known, _ viewer: Viewer?,
        _ access: ItemAccess?
    ) -> Outcome {
        var outcome = Outcome()
        if case .unlogged(var impression) = list {
            impression.seen = Self.seconds(stamp())
            impression.session = interaction.session
            if interaction.user != impression.user { impression.viewer = interaction.user }
            outcome.records.append(see(impression))
            outcome.events.append(.impression(impression))
        }
        guard let item = interaction.item else { return outcome }
        guard recommender.catalog.item(item) != nil, access?.allows(item, to: viewer) ?? true,
            list.impression?.items.contains(item) ?? true
        else {
            outcome.isKnown = false
            return outcome
        }
        // That a known list was seen is said by its own record.
        if list.impression != nil, interaction.action == .impression { return outcome }
        guard isNew(interaction, item, list.impression) else { return outcome }
        let response = Response(
            request: interaction.request, item: item, user: interaction.user,
            action: interaction.action, time: Self.seconds(stamp()), scope: interaction.scope)
        learn(.response(response))
        outcome.records.append(JournalRecord(response, by: interaction.session, time: time))
        outcome.events.append(.response(response))
        return outcome
    }

    /// Counts a list as shown, and gives the record that logs it.
    private mutating func see(_ list: Impression) -> JournalRecord {
        learn(.impression(list))
        if list.model == model {
            accounts[list.source]?.saw(list)
            count(list)
        }
        return record(of: list)
    }

    /// Has what is seen from now on counted.
    mutating func count(with drift: LiveDrift) {
        self.drift = drift
        places = recommender.definition.comparedPlaces
    }

    private mutating func count(_ list: Impression) {
        guard let drift, list.write(places, to: &values) else { return }
        drift.observe(values)
    }

    /// Counts what was done with an item of a list; gives whether it was not done before.
    private mutating func isNew(
        _ interaction: ListInteraction, _ item: String, _ list: Impression?
    ) -> Bool {
        let source = list?.source ?? recommender.definition.sources[0]
        // What is done with lists of the version before counts for that one.
        let key = interaction.model == model ? source : Self.otherVersions
        return accounts[key]?.take(interaction, item, list) ?? true
    }

    /// Stands for lists of versions that serve no more.
    private static let otherVersions = Source(rawValue: "")

    /// What came of an interaction.
    struct Outcome: Sendable {
        /// To be kept.
        var records: [JournalRecord] = []
        /// To be learned by other versions.
        var events: [RankingEvent] = []
        /// Whether the item is one of the list, and for the viewer to know of.
        var isKnown = true
    }

    /// Learns what another version, which serves beside this one, has taken.
    mutating func learn(alike events: [RankingEvent]) {
        for event in events {
            learn(event)
            time = max(time, Int((event.shown * 1e6).rounded()))
        }
    }

    private mutating func learn(_ event: RankingEvent) {
        if log != nil { own.insert(event.key) }
        // Only items of another corpus are refused.
        try? recommender.apply(event)
    }

    /// Learns what another version has taken while this one was loaded; from here on it takes all itself.
    ///
    /// It reads the journal, and blocks for that.
    mutating func catchUp() {
        // Where the journal cannot be read nobody can be told either; the next start knows it all.
        for event in (try? log?.next()) ?? [] where !own.contains(event.key) {
            try? recommender.apply(event)
            time = max(time, Int((event.shown * 1e6).rounded()))
        }
        endCatchingUp()
    }

    /// Takes all itself from here on, and keeps no account of it any more: there is nobody to catch up with.
    mutating func endCatchingUp() { (log, own) = (nil, []) }

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

extension RankingEvent {
    /// What tells it from all others of a recommender.
    fileprivate var key: String {
        switch self {
        case .item(let item, let time): "\(time) \(item.id)"
        case .removal(let item, let time): "\(time) \(item)"
        case .impression(let impression): impression.request
        case .response(let response): "\(response.time) \(response.request) \(response.item)"
        }
    }
}

extension Impression {
    /// A number in 0..<1 that its name gives, by which some lists are sampled.
    fileprivate var share: Double { Double(hash(request.utf8.span) >> 11) * 0x1p-53 }
}
