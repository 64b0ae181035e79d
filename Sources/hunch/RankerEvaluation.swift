// The lists of a log, as versions of a recommender score them.

import JSON
import Learning
import Ranking
import Registry

/// A log to measure versions on, and what of it they have learned from.
struct EvaluationLog {
    let events: [RankingEvent]
    /// Whether the events begin where a version's own log begins, not after it.
    let isOwn: Bool

    /// Reads a file, or what the project of that name learns from.
    init(_ data: String?, of name: String, in registry: Registry, environment: String) throws {
        if let data {
            (events, isOwn) = (try readEvents(data), false)
        } else {
            let project = try Project(name, in: registry)
            (events, isOwn) = (try project.log(in: registry, environment: environment).events, true)
        }
    }
}

/// A version with the rows that its scorer takes of a log.
struct RankedVersion {
    let name: String
    let definition: RecommenderDefinition
    let scorer: LearnedScorer
    /// What the scorer is called.
    let form: String
    /// The requests of lists that it has learned from.
    let known: Set<String>
    /// All lists of the log, or those after what it has learned from, with labels.
    let groups: [JoinedImpression]
    let items: [Item]
    /// Who was shown the lists that it has learned from.
    let users: Set<String>
    /// What the manifest says of the lists that were held out in training.
    let heldOut: JSONValue?

    init(_ manifest: Manifest, in registry: Registry, _ log: EvaluationLog) throws {
        guard manifest.kind == "ranker" else {
            throw Failure("\(manifest.reference) is of the kind \(manifest.kind), no ranker")
        }
        let file = try registry.artifact(of: manifest)
        let artifact = try RecommenderArtifact(Array(file.unsafeBytes))
        let definition = try RecommenderDefinition(artifact.definition)
        known = Set(artifact.events.compactMap { $0.impression?.request })
        var replay = FeatureReplay(definition.declared)
        for item in artifact.items { replay.apply(.item(item, time: 0)) }
        var events = log.events
        if !log.isOwn {
            let past = Set(artifact.events.map(\.identity))
            for event in artifact.events { replay.apply(event) }
            events = events.filter { !past.contains($0.identity) }
        }
        let rows = definition.withRows(events, replay: &replay, names: registry.featureNames)
        groups = TrainingJoin(window: definition.training.window).joined(rows).groups
        items = artifact.items + (artifact.events + log.events).compactMap(\.item)
        scorer = artifact.learned ?? .weights(definition.scorer)
        users = Set(artifact.events.compactMap { $0.impression?.user })
        form = artifact.learned?.name ?? "formula"
        name = manifest.reference.description
        heldOut = manifest.details[form]?["difference"]
        self.definition = definition
    }

    /// The same rows by the weights that somebody has set by hand.
    init(formulaOf version: RankedVersion) {
        name = "formula"
        definition = version.definition
        scorer = .weights(version.definition.scorer)
        form = "formula"
        known = version.known
        groups = version.groups
        items = version.items
        users = version.users
        heldOut = nil
    }
}

extension RankingEvent {
    /// What tells whether two events of logs are the same.
    fileprivate var identity: [UInt8] {
        impression.map { Array("list \($0.request)".utf8) } ?? json.serialized()
    }

    var item: Item? {
        if case .item(let item, _) = self { item } else { nil }
    }
}

/// Which lists of a log are measured, for all versions alike.
///
/// Those that none of the versions has learned from; of their own log, where they know all of it, the last fifth.
struct MeasuredLists {
    /// Answered lists, in order of time.
    let requests: Set<String>
    /// Lists before them, for calibration; none in a log that begins after what the versions know.
    let earlier: Set<String>
    /// Lists of the measured time that nobody answered.
    let unanswered: Set<String>
    let known: Int
    /// Whether versions have learned from the lists that are measured.
    let isKnown: Bool

    init(_ versions: [RankedVersion], _ log: EvaluationLog) throws {
        let groups = versions[0].groups
        let known = versions.reduce(into: Set<String>()) { $0.formUnion($1.known) }
        let answered = groups.filter(\.hasLabel).map(\.impression.request)
        let unknown = answered.filter { !known.contains($0) }
        isKnown = unknown.isEmpty && log.isOwn
        guard !unknown.isEmpty || isKnown && !answered.isEmpty else {
            throw Failure("the log holds no answered list that the model has not learned from")
        }
        let last = answered.suffix(max(1, answered.count / 5))
        requests = Set(isKnown ? Array(last) : unknown)
        let first = groups.first { [requests] in requests.contains($0.impression.request) }
        let start = first?.impression.time ?? 0
        let others = groups.filter { [requests] in !requests.contains($0.impression.request) }
        let isLater = { [isKnown] (group: JoinedImpression) in
            isKnown
                ? group.impression.time >= start : !known.contains(group.impression.request)
        }
        unanswered = Set(
            others.filter { !$0.hasLabel && isLater($0) }.map(\.impression.request))
        earlier =
            log.isOwn
            ? Set(others.filter { !isLater($0) }.map(\.impression.request)) : []
        self.known = answered.count - unknown.count
    }
}
