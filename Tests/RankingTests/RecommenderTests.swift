import JSON
import Numerics
import Ranking
import Testing

@Suite struct RecommenderTests {
    private static let rerankers: [any Reranker] = [
        DiversityReranker(balance: 0.6), CapReranker(by: .tag, most: 2),
        CapReranker(by: .field("author"), most: 2),
    ]

    @Test(arguments: UInt64(0)..<30)
    func `a history leaves what a fresh start with its outcome has`(seed: UInt64) throws {
        var corpus = RandomCorpus(seed: seed)
        var lived = Recommender(RandomCorpus.definition(rerankers: Self.rerankers))
        for event in try corpus.history(300) { try lived.apply(event) }
        let last = (0..<30).compactMap { lived.catalog.item("item\($0)") }
        for item in last { try lived.apply(.remove(item: item.id)) }
        #expect(lived.catalog.count == 0)
        // Popularity is gone with the items, so from here on both know the same.
        var fresh = Recommender(RandomCorpus.definition(rerankers: Self.rerankers))
        let clicks = (0..<50).map { _ in corpus.interaction() }
        for item in last.shuffled(using: &corpus.random) { try lived.apply(.upsert(item)) }
        for item in last { try fresh.apply(.upsert(item)) }
        for click in clicks {
            try lived.apply(.interaction(click))
            try fresh.apply(.interaction(click))
        }
        for _ in 0..<20 {
            var request = corpus.request()
            request.scope = nil
            #expect(try lived.recommend(request) == fresh.recommend(request))
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `an answer holds nothing twice, nothing excluded, dismissed or forbidden`(
        seed: UInt64
    ) throws {
        var corpus = RandomCorpus(seed: seed)
        var recommender = Recommender(RandomCorpus.definition(rerankers: Self.rerankers))
        var dismissed: [String: Set<String>] = [:]
        for event in try corpus.history(200) {
            if case .interaction(let interaction) = event, interaction.action == .dismiss,
                recommender.catalog.item(interaction.item) != nil
            {
                dismissed[interaction.scope ?? "", default: []].insert(interaction.item)
            }
            try recommender.apply(event)
        }
        for _ in 0..<20 {
            let request = corpus.request()
            let answer = try recommender.recommend(request)
            let ids = answer.items.map(\.item)
            #expect(ids.count <= request.limit ?? 5)
            #expect(Set(ids).count == ids.count)
            #expect(request.excluded.isDisjoint(with: ids))
            #expect(dismissed[request.scope ?? "", default: []].isDisjoint(with: ids))
            let items = ids.compactMap(recommender.catalog.item)
            #expect(items.count == ids.count)
            #expect(!items.contains { $0.tags.contains("pricing") })
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `the same state and request give the same answer, and a request leaves no trace`(
        seed: UInt64
    ) throws {
        var corpus = RandomCorpus(seed: seed)
        var recommender = Recommender(RandomCorpus.definition(rerankers: Self.rerankers))
        for event in try corpus.history(200) { try recommender.apply(event) }
        let requests = (0..<10).map { _ in corpus.request() }
        let untouched = recommender
        let first = try requests.map { try recommender.recommend($0) }
        for (request, answer) in zip(requests, first).reversed() {
            var copy = untouched
            #expect(try recommender.recommend(request) == answer)
            #expect(try copy.recommend(request) == answer)
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `an explanation sums to the score and relevance reaches the minimum`(seed: UInt64) throws {
        var corpus = RandomCorpus(seed: seed)
        var recommender = Recommender(RandomCorpus.definition(minimumRelevance: 0.2))
        for event in try corpus.history(200) { try recommender.apply(event) }
        for _ in 0..<20 {
            for found in try recommender.recommend(corpus.request()).items {
                let explanation = recommender.explain(found)
                #expect(explanation.score == found.score)
                let concerned: Set<Feature.Name> = [
                    .textSimilarity, .coverage, .titleOverlap, .intentMatch,
                ]
                let relevance = explanation.contributions
                    .filter { concerned.map(\.rawValue).contains($0.feature) }
                    .reduce(0) { $0 + $1.contribution }
                #expect(relevance >= 0.2 - 1e-12)
                #expect(found.features.allSatisfy { (0...1).contains($0) })
            }
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `without rerankers scores fall, and equal ones stand in the order of ids`(
        seed: UInt64
    ) throws {
        var corpus = RandomCorpus(seed: seed)
        var recommender = Recommender(RandomCorpus.definition())
        for event in try corpus.history(200) { try recommender.apply(event) }
        for _ in 0..<10 {
            let items = try recommender.recommend(corpus.request()).items
            for (a, b) in zip(items, items.dropFirst()) {
                #expect(a.score > b.score || a.score == b.score && a.item < b.item)
            }
        }
    }

    @Test func `an empty or unrelated query gets an empty list, however popular items are`() throws
    {
        var corpus = RandomCorpus(seed: 1)
        var recommender = Recommender(RandomCorpus.definition(minimumRelevance: 0.1))
        for number in 0..<30 { try recommender.apply(.upsert(corpus.item(number))) }
        for _ in 0..<100 { try recommender.apply(.interaction(corpus.interaction())) }
        for query in ["", "   ", "the", "pancakes for breakfast"] {
            let request = Request(
                source: RandomCorpus.source, query: query, now: RandomCorpus.now)
            #expect(try recommender.recommend(request).items.isEmpty)
        }
    }

    @Test func `an interaction counts in the next request`() throws {
        var recommender = Recommender(RandomCorpus.definition())
        for id in ["a", "b"] {
            let item = try Item(
                corpus: RandomCorpus.corpus, id: id, fields: ["title": "late parcel"])
            try recommender.apply(.upsert(item))
        }
        let request = Request(
            source: RandomCorpus.source, query: "parcel", now: 10, scope: "doc")
        #expect(try recommender.recommend(request).items.map(\.item) == ["a", "b"])
        try recommender.apply(.interaction(Interaction(item: "b", action: .click, time: 10)))
        #expect(try recommender.recommend(request).items.map(\.item) == ["b", "a"])
        let dismissal = Interaction(item: "b", action: .dismiss, time: 10, scope: "doc")
        try recommender.apply(.interaction(dismissal))
        #expect(try recommender.recommend(request).items.map(\.item) == ["a"])
    }

    @Test func `a reason names the words of the query and the intent`() throws {
        var recommender = Recommender(RandomCorpus.definition())
        let item = try Item(
            corpus: RandomCorpus.corpus, id: "a",
            fields: ["title": "Invoices and refunds", "tags": ["refund_request"]])
        try recommender.apply(.upsert(item))
        let request = Request(
            source: RandomCorpus.source, query: "Where is the REFUND for my invoice?",
            intent: Request.Intent(name: "refund_request", confidence: 0.9), now: 0)
        let reasons = try recommender.recommend(request).items.first?.reasons
        #expect(reasons == ["mentions refund, invoice", "about refund request"])
    }

    @Test func `a reason names what was chosen before, by the weights that score`() throws {
        let json = """
            {"name": "a", "corpus": "note", "sources": ["s"], "fetch": [{"by": "recency"}],
             "features": [{"name": "recency"},
                          {"name": "used", "kind": "interacted", "action": "click"},
                          {"name": "rate", "kind": "rate", "of": "item", "action": "click",
                           "per": "impression", "strength": 2}],
             "score": {"weights": {"recency": 1}}}
            """
        let definition = try RecommenderDefinition(JSONValue(parsing: json))
        let weights = LinearScorer(weights: [0, 1, 0.5])
        for (learned, expected) in [
            (LearnedScorer?.none, ["recent"]),
            (.weights(weights), ["chosen before", "often chosen"]),
        ] {
            var recommender = Recommender(definition, learned: learned)
            let item = try Item(corpus: "note", id: "n", fields: ["published": 5])
            try recommender.apply(.upsert(item))
            try recommender.apply(
                .interaction(Interaction(item: "n", action: .click, time: 5, user: "u")))
            let request = Request(source: "s", query: "", now: 6, user: "u")
            #expect(try recommender.recommend(request).items[0].reasons == expected)
        }
    }

    @Test func `other corpora and sources are refused`() throws {
        var recommender = Recommender(RandomCorpus.definition())
        let item = try Item(corpus: "person", id: "a", fields: [:])
        #expect(throws: RecommenderError.wrongCorpus("person")) {
            try recommender.apply(.upsert(item))
        }
        #expect(throws: RecommenderError.unknownSource("digest")) {
            try recommender.recommend(Request(source: "digest", query: "", now: 0))
        }
    }
}
