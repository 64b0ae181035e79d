// A ranker to serve in a load test.

import Glibc
import JSON
import Learning
import Ranking
import Registry

/// Publishes a recommender that learned from a log: {"events": path, "home": path, "name": "ranker",
/// "features": 50, "trees": 100, "leaves": 31}.
///
/// It scores the hundred most popular items by trees, over the features that suggest themselves and as many
/// windowed counts as are missing to the number. Gives the version and the users of the log.
func publishRanker(_ plan: JSONValue) throws {
    guard let home = plan["home"]?.string else { fail("a home is needed") }
    let events = try readMetarank(plan)
    let features = someFeatures(plan["features"]?.int ?? 50, for: events)
    let definition: JSONValue = [
        "name": "films", "kind": "ranker", "corpus": "film", "sources": ["shown"],
        "fetch": [["by": "popularity", "limit": 100]],
        "features": .array(features.map(\.json)), "score": ["weights": ["clickRate": 1]],
        "limit": 10,
    ]
    let log = TrainingJoin().joined(FeatureReplay.replay(events, features: features))
    var settings = TreeSettings()
    settings.objective = .rankNDCG
    settings.trees = plan["trees"]?.int ?? 100
    settings.leaves = plan["leaves"]?.int ?? 31
    let trees = try TreeTrainer(settings: settings)
        .train(RankingData(log.groups, featureCount: features.count).examples()).ensemble
    let artifact = try RecommenderArtifact(
        definition: definition, items: [], events: events, learned: .trees(trees)
    ).withState()
    let bytes = artifact.encoded()
    let manifest = try Registry(home: home).publish(
        plan["name"]?.string ?? "ranker", kind: "ranker", artifact: bytes, time: 0)
    let names = Set(
        events.compactMap { event in
            if case .impression(let impression) = event { impression.user } else { nil }
        })
    printFigures([
        "version": .string(manifest.reference.description),
        "users": .array(names.sorted().map { .string($0) }),
        "features": .number(Double(features.count)), "bytes": .number(Double(bytes.count)),
    ])
}

private func someFeatures(_ count: Int, for events: [RankingEvent]) -> [DeclaredFeature] {
    let suggested = Array(DeclaredFeature.suggested(for: events).prefix(count))
    return suggested
        + (0..<count - suggested.count).map { number in
            let window = Double(number + 1) * 86_400
            return .init("clicks\(number)", .count(.init(.click, of: .item, window: window)))
        }
}
