// What it costs to open a recommender that has learned of many events.

import JSON
import Ranking

/// Packs a recommender with a log and opens it: {"events": path, "rounds": 5}; the log is in Metarank's form.
///
/// Times are CPU milliseconds: of opening the file, and of learning of all events one by one.
func measureOpening(_ plan: JSONValue) throws {
    let events = try readMetarank(plan)
    let features = DeclaredFeature.suggested(for: events)
    let definition: JSONValue = [
        "name": "films", "kind": "ranker", "corpus": "film", "sources": ["shown"],
        "fetch": [["by": "popularity", "limit": 100]],
        "features": .array(features.map(\.json)), "score": ["weights": ["clickRate": 1]],
        "limit": 10,
    ]
    let artifact = RecommenderArtifact(definition: definition, items: [], events: events)
    let bytes = try artifact.withState().encoded()
    var (opening, learning) = (Times(), Times())
    for _ in 0..<(plan["rounds"]?.int ?? 5) {
        var start = threadSeconds()
        _ = try Recommender(artifact: bytes)
        opening.append((threadSeconds() - start) * 1000)
        start = threadSeconds()
        _ = try Recommender(artifact)
        learning.append((threadSeconds() - start) * 1000)
    }
    printFigures([
        "events": .number(Double(events.count)), "bytes": .number(Double(bytes.count)),
        "stateBytes": .number(Double(bytes.count - artifact.encoded().count)),
        "openMillis": .number(opening.quantile(0.5)),
        "learnMillis": .number(learning.quantile(0.5)),
    ])
}
