// What a recommendation costs, stage by stage.

import Glibc
import JSON
import Numerics
import Ranking

/// Measures requests to one recommender with items made of sentences.
///
/// {"definition": {…}, "texts": [text], "items": 10000, "requests": 2000, "seed": 1}: the definition as in
/// model.json, of which the first source is asked. Every item has an author among a hundred; five hundred people
/// have clicked ten items each. Gives times in microseconds, that of a click too, and the means of time and candidates by stage.
func measureRecommendations(_ plan: JSONValue) throws {
    guard let json = plan["definition"] else { fail("a definition is needed") }
    var run = RecommendRun(try RecommenderDefinition(json), plan)
    try run.fill(plan["items"]?.int ?? 10_000)
    try run.ask(plan["requests"]?.int ?? 2000)
    printFigures(run.figures)
}

private struct RecommendRun {
    private var recommender: Recommender
    private let sentences: [String]
    private var random: SplitMix64
    private var times = Times()
    private var stages: [String: (nanoseconds: Int, after: Int)] = [:]
    private var degraded = 0
    private var items = 0
    private var interactionMicros = 0.0

    init(_ definition: RecommenderDefinition, _ plan: JSONValue) {
        recommender = Recommender(definition)
        sentences = (plan["texts"]?.array ?? []).compactMap(\.string)
        random = SplitMix64(seed: UInt64(plan["seed"]?.int ?? 1))
    }

    private mutating func sentence() -> String {
        sentences.randomElement(using: &random) ?? ""
    }

    mutating func fill(_ count: Int) throws {
        items = count
        for number in 0..<count {
            let text = "\(sentence()). \(sentence()). \(sentence())"
            let author = "author\(Int.random(in: 0..<100, using: &random))"
            let published = Double(Int.random(in: 0..<10_000_000, using: &random))
            let item = try Item(
                corpus: recommender.definition.corpus, id: "item\(number)",
                fields: [
                    "title": .string(sentence()), "text": .string(text), "author": .string(author),
                    "published": .number(published),
                ])
            try recommender.apply(.upsert(item))
        }
        let start = Self.processorTime()
        for person in 0..<500 {
            for _ in 0..<10 { try click(person) }
        }
        interactionMicros = Double(Self.processorTime() - start) / 1000 / 5000
        try recommender.apply(.learnVectors)
    }

    private mutating func click(_ person: Int) throws {
        let item = "item\(Int.random(in: 0..<items, using: &random))"
        try recommender.apply(
            .interaction(
                Interaction(item: item, action: .click, time: 1e7, user: "person\(person)")))
    }

    mutating func ask(_ count: Int) throws {
        for number in 0..<count {
            var request = Request(
                source: recommender.definition.sources[0], query: sentence(), now: 1e7)
            request.viewer = Viewer(user: "person\(number % 500)")
            request.seed = UInt64(number)
            let start = Self.processorTime()
            let answer = try recommender.recommend(request, clock: Self.processorTime)
            times.append(Double(Self.processorTime() - start) / 1000)
            degraded += answer.degraded.isEmpty ? 0 : 1
            for report in answer.stages {
                stages[report.stage, default: (0, 0)].nanoseconds += report.nanoseconds
                stages[report.stage, default: (0, 0)].after += report.after
            }
        }
    }

    /// Of this thread, in nanoseconds: other work on the machine does not count.
    private static func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    var figures: JSONValue {
        let count = Double(max(times.values.count, 1))
        let rows = stages.sorted { $0.key < $1.key }.map { stage in
            [
                "stage": .string(stage.key),
                "microseconds": .number(Double(stage.value.nanoseconds) / 1000 / count),
                "candidates": .number(Double(stage.value.after) / count),
            ] as JSONValue
        }
        return [
            "items": .number(Double(items)), "p50": .number(times.quantile(0.5)),
            "p99": .number(times.quantile(0.99)), "degraded": .number(Double(degraded)),
            "interactionMicros": .number(interactionMicros), "stages": .array(rows),
        ]
    }
}
