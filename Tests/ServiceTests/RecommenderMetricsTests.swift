import JSON
import Ranking
import Synchronization
import Testing

@testable import Service

/// What `/metrics` says of recommenders, without a server.
@Suite struct RecommenderMetricsTests {
    private let metrics = ServiceMetrics()
    private let definition: RecommenderDefinition

    init() throws {
        definition = try RecommenderDefinition(
            JSONValue(
                parsing: """
                    { "name": "a", "corpus": "article", "sources": ["editor"],
                      "fetch": [{ "by": "recency" }], "features": [{ "name": "popularity" }],
                      "score": { "weights": { "popularity": 1 } }, "budgets": { "fetchMillis": 1 },
                      "metrics": { "copies": "copy / impression" } }
                    """))
    }

    private func lines() -> Set<String> {
        Set(
            String(decoding: metrics.render(), as: UTF8.self).split(separator: "\n").map(
                String.init))
    }

    private func recommendations(_ clock: @escaping @Sendable () -> Int) throws -> Recommendations {
        var recommender = Recommender(definition)
        for id in ["x", "y"] {
            try recommender.apply(
                .upsert(Item(corpus: "article", id: id, fields: ["published": 1])))
        }
        return try recommender.recommend(
            Ranking.Request(source: "editor", query: "", now: 0), clock: clock)
    }

    @Test func `lists, interactions and metrics bear corpus, source, model and arm`() throws {
        var counted = metrics.recommender("a@1", definition, source: "editor", arm: "b")
        var tally = OnlineTally()
        let seen = tally.saw("r", items: 4)
        counted.saw(lists: seen.lists, items: seen.items)
        for action in ["copy", "accept", "stare"] as [Action] {
            tally.did(action, with: "x", at: 0, of: "r")
            counted.did(action)
        }
        counted.show(tally)
        let labels = #"corpus="article",source="editor",model="a@1",arm="b""#
        let expected: Set = [
            "hunch_recommendations_total{\(labels)} 0", "hunch_lists_seen_total{\(labels)} 1",
            "hunch_items_seen_total{\(labels)} 4",
            #"hunch_interactions_total{\#(labels),action="copy"} 1"#,
            #"hunch_interactions_total{\#(labels),action="dismiss"} 0"#,
            #"hunch_online_metric{\#(labels),metric="ctr"} 1"#,
            #"hunch_online_metric{\#(labels),metric="copies"} 0.25"#,
        ]
        #expect(expected.subtracting(lines()) == [])
        #expect(!lines().contains { $0.contains("stare") }, "an action that nothing names")
    }

    @Test func `a metric shows from its first value on`() {
        var counted = metrics.recommender("a@1", definition, source: "editor")
        counted.show(OnlineTally())
        #expect(!lines().contains { $0.hasPrefix("hunch_online_metric{") })
    }

    @Test func `stages are counted with their times and what they leave`() throws {
        var counted = metrics.recommender("a@1", definition, source: "editor")
        counted.made(try recommendations { 0 }.stages)
        counted.made(try recommendations { 0 }.stages)
        let labels = #"model="a@1",stage="fetch/recency""#
        let expected: Set = [
            #"hunch_recommendations_total{corpus="article",source="editor",model="a@1",arm=""} 2"#,
            "hunch_stage_seconds_count{\(labels)} 2", "hunch_stage_candidates_total{\(labels)} 4",
        ]
        #expect(expected.subtracting(lines()) == [])
        #expect(!lines().contains { $0.hasPrefix("hunch_degraded_total{") })
    }

    @Test func `a stage that comes late is counted as such`() throws {
        // Each look at the clock is a second later.
        let now = Mutex(0)
        let late = try recommendations {
            now.withLock { now in
                now += 1_000_000_000
                return now
            }
        }
        var counted = metrics.recommender("a@1", definition, source: "editor")
        counted.made(late.stages)
        #expect(lines().contains(#"hunch_degraded_total{model="a@1",stage="fetch/recency"} 1"#))
    }
}
