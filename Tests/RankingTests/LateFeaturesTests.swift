import JSON
import Learning
import Numerics
import Ranking
import Testing

@Suite struct LateFeaturesTests {
    private static let declared: [DeclaredFeature] = [
        .init("price", .field("price", .number), isRelative: true),
        .init("rate", .rate(.init(.click, of: .item), per: .impression, .init(strength: 3))),
    ]

    private func recommender(
        _ seed: UInt64, trees: TreeEnsemble? = nil, budget: Int? = nil
    ) throws -> Recommender {
        var definition = RecommenderDefinition(
            name: "films", corpus: "film", sources: ["page"], fetchers: [RecencyFetcher(limit: 50)],
            features: [.recency(halfLife: 10)], declared: Self.declared,
            scorer: LinearScorer(weights: [1, 0.5, 3]))
        definition.budgets.features = budget
        var recommender = Recommender(definition, learned: trees.map { .trees($0) })
        var random = SplitMix64(seed: seed)
        for number in 0..<40 {
            let price = Double.random(in: 0..<9, using: &random)
            let published = Double.random(in: 0..<100, using: &random)
            let fields: JSONValue = ["price": .number(price), "published": .number(published)]
            try recommender.apply(
                .upsert(Item(corpus: "film", id: "item\(number)", fields: fields)))
        }
        for _ in 0..<200 {
            let item = "item\(Int.random(in: 0..<40, using: &random))"
            let action: Interaction.Action = Bool.random(using: &random) ? .click : .impression
            let interaction = Interaction(item: item, action: action, time: 100, user: "user")
            try recommender.apply(.interaction(interaction))
        }
        return recommender
    }

    private func trees(_ answer: Recommendations) throws -> TreeEnsemble {
        var settings = TreeSettings()
        settings.trees = 5
        settings.leastRows = 2
        settings.leastHessian = 0
        let examples = try TreeExamples(
            featureCount: 3, values: answer.items.flatMap(\.features),
            labels: answer.items.indices.map { Double($0 * 7 % 3) },
            queryLengths: [answer.items.count])
        return try TreeTrainer(settings: settings).train(examples).ensemble
    }

    @Test(arguments: UInt64(0)..<10)
    func `those that features come too late for leave the rows of others as they are`(
        seed: UInt64
    ) throws {
        let request = Request(source: "page", query: "", limit: 100, now: 101, user: "user")
        var weighted = try recommender(seed)
        let trees = try trees(weighted.recommend(request))
        for trees in [nil, trees] {
            var timely = try recommender(seed, trees: trees)
            let all = try timely.recommend(request).items
            try #require(all.count == 40)
            // One look after every sixteen rows, and one at the end; the first rows come however late.
            for (budget, count) in [(5, 16), (15, 32), (25, 40)] {
                var late = try recommender(seed, trees: trees, budget: budget)
                let clock = SteppingClock(step: 10)
                let answer = try late.recommend(request) { clock.now() }
                #expect(answer.degraded == ["features"])
                #expect(answer.items.count == count)
                let names = Set(answer.items.map(\.item))
                #expect(answer.items == all.filter { names.contains($0.item) })
            }
        }
    }
}
