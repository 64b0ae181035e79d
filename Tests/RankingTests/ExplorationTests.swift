import JSON
import Numerics
import Testing

@testable import Ranking

@Suite struct ExplorationTests {
    /// Six items of which the query finds all, in the order of their ids; some are popular.
    private func recommender(
        _ exploration: Exploration?, rerankers: [any Reranker] = []
    ) throws -> Recommender {
        var definition = RecommenderDefinition(
            name: "articles", corpus: "article", sources: ["editor"],
            fetchers: [TextFetcher()], features: [.textSimilarity(half: 5)],
            scorer: LinearScorer(weights: [1]), rerankers: rerankers, limit: 3)
        definition.exploration = exploration
        var recommender = Recommender(definition)
        for id in ["a", "b", "c", "d", "e", "f"] {
            try recommender.apply(
                .upsert(Item(corpus: "article", id: id, fields: ["title": "parcel"])))
        }
        for (id, clicks) in [("c", 3), ("d", 1), ("f", 6)] {
            for i in 0..<10 {
                for action in [Interaction.Action.impression, .click]
                where action == .impression || i < clicks {
                    try recommender.apply(
                        .interaction(Interaction(item: id, action: action, time: 0)))
                }
            }
        }
        return recommender
    }

    private func request(seed: UInt64?) -> Request {
        var request = Request(source: "editor", query: "parcel", now: 0)
        request.seed = seed
        return request
    }

    @Test(arguments: [
        Exploration(.epsilon(0.3), slots: 2, pool: 4), Exploration(.thompson, slots: 2, pool: 4),
        Exploration(.epsilon(1), slots: 1, pool: 20), Exploration(.thompson, slots: 2, pool: 20),
    ])
    func `lists come as often as their propensities say`(exploration: Exploration) throws {
        var recommender = try recommender(exploration)
        var lists: [String: (count: Int, probability: Double)] = [:]
        let rounds = 4000
        for seed in 0..<rounds {
            let items = try recommender.recommend(request(seed: UInt64(seed))).items
            #expect(items.first?.item == "a" && items.first?.propensity == 1)
            #expect(Set(items.map(\.item)).count == 3)
            let key = items.map(\.item).joined()
            let probability = items.reduce(1) { $0 * $1.propensity }
            #expect(abs((lists[key]?.probability ?? probability) - probability) < 1e-12)
            lists[key] = ((lists[key]?.count ?? 0) + 1, probability)
        }
        for (count, probability) in lists.values {
            let deviation = (probability * (1 - probability) / Double(rounds)).squareRoot()
            #expect(abs(Double(count) / Double(rounds) - probability) < 5 * deviation + 1e-9)
        }
        // What was never drawn is as good as impossible.
        #expect(abs(lists.values.reduce(0) { $0 + $1.probability } - 1) < 0.01)
    }

    @Test func `without a seed, or without exploration, nothing is left to chance`() throws {
        var plain = try recommender(nil)
        var exploring = try recommender(Exploration(.epsilon(1), slots: 3))
        let expected = try plain.recommend(request(seed: 5))
        #expect(expected.items.map(\.item) == ["a", "b", "c"])
        #expect(try exploring.recommend(request(seed: nil)).items == expected.items)
        let once = try exploring.recommend(request(seed: 5))
        #expect(try exploring.recommend(request(seed: 5)) == once)
        #expect(once.stages.last?.stage == "explore")
    }

    @Test func `pinned items stay, and caps hold`() throws {
        var recommender = try recommender(
            Exploration(.epsilon(1), slots: 3),
            rerankers: [PinReranker(items: ["e", "d"], place: 2)])
        for seed in 0..<50 {
            let items = try recommender.recommend(request(seed: UInt64(seed))).items
            #expect(items.map(\.item).dropFirst() == ["e", "d"])
            #expect(items[1].propensity == 1)
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `over all that could be chosen the probabilities sum to one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let counts = (0..<Int.random(in: 2...20, using: &random)).map { _ in
            (
                successes: Double.random(in: 0.01...50, using: &random),
                failures: Double.random(in: 0.01...5000, using: &random)
            )
        }
        let beliefs = RateBelief.of(counts)
        let sum = beliefs.indices.reduce(0) {
            $0 + RateBelief.probability(ofChoosing: $1, beliefs)
        }
        #expect(abs(sum - 1) < 1e-10)
    }

    @Test func `who is known to be better is chosen more`() {
        let beliefs = RateBelief.of([(20, 80), (2, 98), (1, 4)])
        let odds = beliefs.indices.map { RateBelief.probability(ofChoosing: $0, beliefs) }
        // The third is as good as the first on average, but nobody knows it yet.
        #expect(odds[0] > 0.3 && odds[2] > 0.3 && odds[1] < 0.01)
    }
}
