// What a recommender of a project can learn from.

import JSON
import Ranking
import Registry

/// The items and events that model.json names, and after them those of a live log.
struct RankerLog {
    let definition: RecommenderDefinition
    let items: [Item]
    /// Of the file, then of the journal; lists without features where the scorer would take others.
    let events: [RankingEvent]
    let mark: LogMark?
    private let rows: [RankingEvent]

    /// Reads the project's files and, where an environment is named, its journal.
    ///
    /// With `leavesOut` without the last fifth of the lists in the journal, and all that came after.
    init(
        _ project: Project, in registry: Registry, environment: String?, leavesOut: Bool = false
    ) throws {
        definition = try RecommenderDefinition(project.definition)
        items = try definition.items.map { try project.read($0, Item.parse) } ?? []
        let written = try definition.events.map { try project.read($0, RankingEvent.parse) } ?? []
        let corpus = definition.corpus
        let live = try environment.map {
            try LiveLog(
                of: project.name, corpus, in: registry, environment: $0, leavesOut: leavesOut)
        }
        events = written + (live?.events ?? [])
        mark = live?.mark
        var replay = FeatureReplay(definition.declared)
        for item in items { replay.apply(.item(item, time: 0)) }
        rows = definition.withRows(events, replay: &replay, names: registry.featureNames)
    }

    /// Joins lists with responses; `at` leaves out those that may still be answered then.
    func joined(window: Double? = nil, at now: Double = .infinity) -> JoinedLog {
        TrainingJoin(window: window ?? definition.training.window).joined(rows, at: now)
    }
}

extension Registry {
    /// The features of a recommender's version; nil where it is not there.
    func featureNames(of model: String) -> [String]? {
        // A version that is gone or cannot be read tells nothing, as one that is not named.
        guard let reference = try? ModelReference(parsing: model),
            let manifest = try? manifest(of: reference), manifest.kind == "ranker",
            let file = try? artifact(of: manifest),
            let artifact = try? RecommenderArtifact(Array(file.unsafeBytes), isForServing: true)
        else { return nil }
        return try? RecommenderDefinition(artifact.definition).featureNames
    }
}

extension Project {
    /// The log of a ranker; throws where there is none.
    func log(in registry: Registry, environment: String?) throws -> RankerLog {
        guard kind == .ranker else {
            throw Failure(
                "'\(name)' is of the kind \(kind.rawValue): only rankers learn from events")
        }
        let log = try RankerLog(self, in: registry, environment: environment)
        guard !log.events.isEmpty else {
            let place = environment.map { " and the environment '\($0)' has shown no list" } ?? ""
            throw Failure(
                "model.json of '\(name)' names no \"events\"\(place); import some: "
                    + "hunch import events FILE -n NAME")
        }
        return log
    }

    /// Reads a file that model.json names; an error names it and the line.
    func read<Element>(
        _ name: String, _ parse: ([UInt8]) throws(ItemFileError) -> [Element]
    ) throws -> [Element] {
        let path = file(name)
        let bytes = try FileSystem.read(path)
        do throws(ItemFileError) {
            return try parse(bytes)
        } catch {
            throw Failure("\(path), \(error)")
        }
    }
}
