// What features cost at serving time.

import CAllocationCount
import Glibc
import JSON
import Numerics
import Ranking

/// Fills rows for random candidates and users of a log: {"events": path, "features": [FEATURE],
/// "candidates": 100, "requests": 200, "rounds": 20}; without features those that suggest themselves.
///
/// The log is in Metarank's form. Times are CPU microseconds: of a request, of an event that is taken in, and of a
/// request for each feature by itself.
func measureFeatures(_ plan: JSONValue) throws {
    let events = try readMetarank(plan)
    let features =
        try plan["features"].map { try DeclaredFeature.list($0, path: "features") }
        ?? DeclaredFeature.suggested(for: events)
    var benchmark = FeatureBenchmark(events, features)
    let requests = (plan["candidates"]?.int ?? 100, plan["requests"]?.int ?? 200)
    benchmark.run(requests, rounds: plan["rounds"]?.int ?? 20)
    var own: [(key: String, value: JSONValue)] = []
    for feature in features {
        var alone = FeatureBenchmark(events, [feature])
        alone.run(requests, rounds: 3)
        own.append((feature.name, .number(alone.times.quantile(0.5))))
    }
    printFigures([
        "features": .number(Double(features.count)),
        "micros": .number(benchmark.times.quantile(0.5)),
        "best": .number(benchmark.times.quantile(0)),
        "allocations": .number(Double(benchmark.allocations)),
        "eventMicros": .number(benchmark.eventMicros), "alone": .object(own),
    ])
}

private struct FeatureBenchmark {
    private let store: FeatureStore
    private let users: [String]
    private let items: [String]
    private let now: Double
    private var scratch = FeatureScratch()
    let eventMicros: Double
    private(set) var times = Times()
    private(set) var allocations = 0

    init(_ events: [RankingEvent], _ features: [DeclaredFeature]) {
        var store = FeatureStore(features)
        let start = threadSeconds()
        for event in events { store.apply(event) }
        eventMicros = (threadSeconds() - start) * 1e6 / Double(max(events.count, 1))
        self.store = store
        var (users, items): (Set<String>, Set<String>) = ([], [])
        for event in events {
            switch event {
            case .item(let item, _): items.insert(item.id)
            case .impression(let impression): if let user = impression.user { users.insert(user) }
            case .removal, .response: break
            }
        }
        (self.users, self.items) = (users.sorted(), items.sorted())
        now = events.last?.time ?? 0
    }

    /// Times are means of a round, in which every request differs.
    mutating func run(_ size: (candidates: Int, requests: Int), rounds: Int) {
        var random = SplitMix64(seed: 1)
        let requests = (0..<size.requests).map { _ in
            (
                query: FeatureQuery(user: users.randomElement(using: &random), now: now),
                candidates: Array(items.shuffled(using: &random).prefix(size.candidates))
            )
        }
        let (store, count) = (store, store.features.count)
        var values = [Double](repeating: 0, count: size.candidates * count)
        for round in 0...rounds {
            let before = allocation_count()
            let start = threadSeconds()
            for (query, candidates) in requests {
                var span = values.mutableSpan
                store.fill(&span, for: query, candidates: candidates, scratch: &scratch)
            }
            let seconds = threadSeconds() - start
            guard round > 0 else { continue }
            allocations += allocation_count() - before
            times.append(seconds * 1e6 / Double(size.requests))
        }
    }
}
