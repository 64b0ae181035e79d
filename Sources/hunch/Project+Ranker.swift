// Recommenders: packed with their items, and trained where there are events.

import JSON
import Learning
import Ranking
import Reactor
import Registry

extension Project {
    /// The files of a recommender that begins with a log.
    static func rankerFiles(
        _ name: String, events: [RankingEvent], corpus: Corpus, sources: [Source]
    ) -> [(path: String, bytes: [UInt8])] {
        let features = DeclaredFeature.suggested(for: events)
        let definition: JSONValue = [
            "name": .string(name), "kind": "ranker", "corpus": .string(corpus.rawValue),
            "sources": .array(sources.map { .string($0.rawValue) }), "events": "events.jsonl",
            "fetch": [["by": "popularity", "limit": 100]],
            "features": .array(features.map(\.json)), "score": ["weights": ["clickRate": 1]],
            "limit": 10,
        ]
        return [
            ("model.json", definition.serialized(pretty: true)),
            ("events.jsonl", RankingEvent.lines(events)), ("README.md", readme(name, imported)),
        ]
    }

    private static let imported = """
        Recommends items as people have chosen them. `events.jsonl` is the log: items, lists that were
        shown, responses. `model.json` declares the features that are computed from it and the weights
        that score until a model that is learned from the log proves better.
        """

    func trainRanker(
        _ options: TrainingOptions, in registry: Registry, report: (String) -> Void
    ) throws -> Manifest {
        let recommender = try RecommenderDefinition(definition)
        let items = try recommender.items.map { try read($0, Item.parse) } ?? []
        let events = try recommender.events.map { try read($0, RankingEvent.parse) } ?? []
        var details: [(key: String, value: JSONValue)] = [
            ("corpus", .string(recommender.corpus.rawValue)),
            ("sources", .array(recommender.sources.map { .string($0.rawValue) })),
            ("items", .number(Double(items.count))),
        ]
        var trees: TreeEnsemble?
        if !events.isEmpty {
            let seed = options.seed ?? definition["seed"]?.int.map { UInt64($0) } ?? 1
            let training = RankerTraining(recommender, events)
            trees = try training.run(seed: seed, report: report)
            details += training.details(events: events.count, seed: seed)
            details += training.outcome.object ?? []
        }
        let artifact = RecommenderArtifact(
            definition: definition, items: items, events: events, trees: trees)
        _ = try Recommender(artifact)
        return try registry.publish(
            name, kind: kind.rawValue, artifact: artifact.encoded(), details: .object(details),
            time: Int(wallClockMicroseconds()))
    }

    /// The definition and its log; throws where it names none.
    func log() throws -> (definition: RecommenderDefinition, events: [RankingEvent]) {
        guard kind == .ranker else {
            throw Failure(
                "'\(name)' is of the kind \(kind.rawValue): only rankers learn from events")
        }
        let recommender = try RecommenderDefinition(definition)
        guard let file = recommender.events else {
            throw Failure(
                "model.json of '\(name)' names no \"events\"; import some: "
                    + "hunch import events FILE -n NAME")
        }
        return (recommender, try read(file, RankingEvent.parse))
    }

    /// Reads a file that model.json names; an error names it and the line.
    private func read<Element>(
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
