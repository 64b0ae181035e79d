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
        let log = try RankerLog(
            self, in: registry, environment: options.environment, leavesOut: options.leavesOut)
        var details: [(key: String, value: JSONValue)] = [
            ("corpus", .string(log.definition.corpus.rawValue)),
            ("sources", .array(log.definition.sources.map { .string($0.rawValue) })),
            ("items", .number(Double(log.items.count))),
        ]
        var learned: LearnedScorer?
        if let trees = log.definition.trees {
            let training = RankerTraining(log)
            learned = training.take(
                try importedTrees(trees, log.definition, options), report: report)
            details += training.details(seed: nil) + training.outcome
        } else if !log.events.isEmpty {
            let seed = options.seed ?? definition["seed"]?.int.map { UInt64($0) } ?? 1
            let training = RankerTraining(log)
            learned = try training.run(options.scorer, seed: seed, report: report)
            details += training.details(seed: seed) + training.outcome
        }
        let artifact = try RecommenderArtifact(
            definition: definition, items: log.items, events: log.events.map(\.remembered),
            learned: learned, mark: log.mark
        ).withState()
        return try registry.publish(
            name, kind: kind.rawValue, artifact: artifact.encoded(), details: .object(details),
            time: Int(wallClockMicroseconds()))
    }
}

extension RankingEvent {
    /// The event without what was scored, of which nobody counts anything.
    fileprivate var remembered: RankingEvent {
        guard case .impression(var impression) = self else { return self }
        (impression.features, impression.scores, impression.propensities) = ([], [], [])
        impression.runnersUp = []
        return .impression(impression)
    }
}
