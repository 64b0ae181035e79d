// Random items, queries and histories for the laws.

import JSON
import Numerics
import Ranking

/// Draws texts from few words, so that items share many of them.
struct RandomCorpus {
    static let corpus: Corpus = "article"
    static let source: Source = "editor"
    static let now = 1_000_000_000.0
    static let tags = ["refund", "login", "delivery", "bug", "pricing"]

    var random: SplitMix64
    private let vocabulary = 40

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// Words whose frequency falls with their number, as in language.
    mutating func text(words: ClosedRange<Int>) -> String {
        (0..<Int.random(in: words, using: &random)).map { _ in
            let first = Int.random(in: 0..<vocabulary, using: &random)
            return "word\(Int.random(in: 0...first, using: &random))x"
        }.joined(separator: " ")
    }

    mutating func item(_ number: Int) throws -> Item {
        let tags = Self.tags.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random))
        let age = Double(Int.random(in: 0...50, using: &random)) * 86_400
        var fields: [(key: String, value: JSONValue)] = [
            ("title", .string(text(words: 1...4))), ("text", .string(text(words: 0...12))),
            ("tags", .array(tags.map(JSONValue.string))),
            ("author", .string("author\(number % 3)")),
        ]
        if Bool.random(using: &random) { fields.append(("published", .number(Self.now - age))) }
        return try Item(corpus: Self.corpus, id: "item\(number)", fields: .object(fields))
    }

    mutating func interaction() -> Interaction {
        Interaction(
            item: "item\(Int.random(in: 0..<30, using: &random))",
            action: [.impression, .click, .accept, .dismiss].randomElement(using: &random)
                ?? .click,
            time: Self.now - Double(Int.random(in: 0...1000, using: &random)) * 3600,
            scope: "doc\(Int.random(in: 0..<2, using: &random))")
    }

    /// A history that takes in, changes and removes items and interacts with them.
    mutating func history(_ length: Int) throws -> [RecommenderEvent] {
        var events: [RecommenderEvent] = []
        for _ in 0..<length {
            let number = Int.random(in: 0..<30, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4: events.append(.upsert(try item(number)))
            case 4..<6: events.append(.remove(item: "item\(number)"))
            default: events.append(.interaction(interaction()))
            }
        }
        return events
    }

    mutating func request() -> Request {
        var request = Request(
            source: Self.source, query: text(words: 0...8),
            limit: Int.random(in: 1...12, using: &random), now: Self.now,
            scope: "doc\(Int.random(in: 0..<3, using: &random))")
        if Bool.random(using: &random) {
            request.intent = Request.Intent(
                name: Self.tags.randomElement(using: &random) ?? "",
                confidence: Double.random(in: 0...1, using: &random))
        }
        if Bool.random(using: &random) {
            request.excluded = ["item\(Int.random(in: 0..<30, using: &random))"]
        }
        return request
    }

    /// All stages, with nothing dropped for want of relevance.
    static func definition(
        rerankers: [any Reranker] = [], minimumRelevance: Double? = nil
    ) -> RecommenderDefinition {
        RecommenderDefinition(
            name: "articles", corpus: corpus, sources: [source],
            fetchers: [
                TextFetcher(limit: 8), IntentFetcher(limit: 4), PopularityFetcher(limit: 4),
                RecencyFetcher(limit: 4),
            ],
            filters: [DismissedFilter(), TagFilter(none: ["pricing"])],
            features: [
                .textSimilarity(half: 5), .coverage, .titleOverlap, .intentMatch, .popularity,
                .recency(halfLife: 20 * 86_400),
            ],
            scorer: LinearScorer(
                weights: [0.5, 0.5, 0.2, 0.4, 0.3, 0.1], bias: 0.01,
                minimumRelevance: minimumRelevance),
            rerankers: rerankers)
    }
}
