import JSON
import Ranking
import Testing

@Suite struct RerankerTests {
    @Test(arguments: UInt64(0)..<30)
    func `a cap holds for every tag and every value of a field`(seed: UInt64) throws {
        var corpus = RandomCorpus(seed: seed)
        var recommender = Recommender(
            RandomCorpus.definition(rerankers: [
                DiversityReranker(), CapReranker(by: .tag, most: 2),
                CapReranker(by: .field("author"), most: 3),
            ]))
        for number in 0..<30 { try recommender.apply(.upsert(corpus.item(number))) }
        for _ in 0..<20 {
            let answer = try recommender.recommend(corpus.request())
            let items = answer.items.compactMap { recommender.catalog.item($0.item) }
            for tag in RandomCorpus.tags {
                #expect(items.count { $0.tags.contains(tag) } <= 2)
            }
            for author in 0..<3 {
                #expect(items.count { $0.fields["author"] == .string("author\(author)") } <= 3)
            }
        }
    }

    @Test(arguments: UInt64(0)..<30)
    func `diversity keeps the best item, and all of them`(seed: UInt64) throws {
        var corpus = RandomCorpus(seed: seed)
        var plain = Recommender(RandomCorpus.definition())
        for number in 0..<30 { try plain.apply(.upsert(corpus.item(number))) }
        for balance in [0.3, 1] {
            var diverse = Recommender(
                RandomCorpus.definition(rerankers: [DiversityReranker(balance: balance)]))
            for number in 0..<30 {
                if let item = plain.catalog.item("item\(number)") {
                    try diverse.apply(.upsert(item))
                }
            }
            var request = corpus.request()
            request.limit = 100
            let (a, b) = (try plain.recommend(request).items, try diverse.recommend(request).items)
            #expect(a.first == b.first)
            #expect(Set(a.map(\.item)) == Set(b.map(\.item)))
            if balance == 1 { #expect(a == b) }
        }
    }

    @Test func `of two twins the second gives way to something else`() throws {
        var recommender = try recommender(reranker: DiversityReranker(balance: 0.5))
        #expect(try titles(&recommender) == ["refund parcel", "parcel tracking", "refund parcel"])
    }

    @Test func `pinned items come first where they are candidates`() throws {
        var recommender = try recommender(reranker: PinReranker(items: ["c", "unknown", "b"]))
        #expect(try ids(&recommender) == ["c", "b", "a"])
    }

    @Test(arguments: UInt64(0)..<20)
    func `diversity with a balance of one changes nothing, whatever it measures`(
        seed: UInt64
    ) throws {
        var corpus = RandomCorpus(seed: seed)
        let measures: [DiversityReranker.Measure] = [.subject, .field("author"), .space("words")]
        var recommenders = [RandomCorpus.definition()]
        for measure in measures {
            recommenders.append(
                RandomCorpus.definition(rerankers: [DiversityReranker(balance: 1, over: measure)]))
        }
        let items = try (0..<30).map { try corpus.item($0) }
        let request = corpus.request()
        let answers = try recommenders.map { definition in
            var definition = definition
            definition.vectors = [VectorRule(name: "words", origin: .text, dimensions: 16)]
            var recommender = Recommender(definition)
            for item in items { try recommender.apply(.upsert(item)) }
            let answer = try recommender.recommend(request)
            #expect(answer.degraded.isEmpty)
            return answer.items
        }
        for answer in answers { #expect(answer == answers[0]) }
    }

    @Test func `diversity over a field or over vectors parts what is alike`() throws {
        for measure in [DiversityReranker.Measure.field("title"), .space("words")] {
            var recommender = try recommender(
                reranker: DiversityReranker(balance: 0.5, over: measure))
            #expect(
                try titles(&recommender) == ["refund parcel", "parcel tracking", "refund parcel"])
        }
    }

    @Test func `a space that is not defined leaves the order, and is told`() throws {
        var recommender = try recommender(
            reranker: DiversityReranker(balance: 0.5, over: .space("unknown")))
        let answer = try recommender.recommend(Request(source: "editor", query: "parcel", now: 0))
        #expect(answer.items.map(\.item) == ["a", "b", "c"])
        #expect(answer.degraded == ["rerank/diversity"])
    }

    @Test func `a boost raises what its condition holds for, and not its score`() throws {
        let condition = FieldCondition(field: "title", isOne: ["parcel tracking"])
        var boosted = try recommender(reranker: BoostReranker(condition, factor: 2))
        let answer = try boosted.recommend(Request(source: "editor", query: "parcel", now: 0))
        #expect(answer.items.map(\.item) == ["c", "a", "b"])
        #expect(answer.items[0].score == answer.items[1].score)
        var lowered = try recommender(
            reranker: BoostReranker(
                FieldCondition(field: "title", isOne: ["refund parcel"]), addend: -1))
        #expect(try ids(&lowered) == ["c", "a", "b"])
    }

    @Test func `fresh items rise, and those without a date stay`() throws {
        var recommender = try recommender(reranker: FreshnessReranker(halfLife: 10, weight: 0.5))
        let fresh = try Item(
            corpus: "article", id: "d", fields: ["title": "parcel tracking", "published": 95])
        try recommender.apply(.upsert(fresh))
        let old = try Item(
            corpus: "article", id: "e", fields: ["title": "parcel tracking", "published": 50])
        try recommender.apply(.upsert(old))
        let answer = try recommender.recommend(
            Request(source: "editor", query: "parcel", now: 100))
        #expect(answer.items.map(\.item) == ["d", "e", "a", "b", "c"])
    }

    @Test func `pinned items stand at their place, or at the end`() throws {
        var third = try recommender(reranker: PinReranker(items: ["a"], place: 3))
        #expect(try ids(&third) == ["b", "c", "a"])
        var far = try recommender(reranker: PinReranker(items: ["b", "a"], place: 9))
        #expect(try ids(&far) == ["c", "b", "a"])
    }

    private func recommender(reranker: any Reranker) throws -> Recommender {
        var definition = RecommenderDefinition(
            name: "articles", corpus: "article", sources: ["editor"],
            fetchers: [TextFetcher()], features: [.textSimilarity(half: 5)],
            scorer: LinearScorer(weights: [1]), rerankers: [reranker])
        definition.vectors = [VectorRule(name: "words", origin: .text, dimensions: 64)]
        var recommender = Recommender(definition)
        for (id, title) in [
            ("a", "refund parcel"), ("b", "refund parcel"), ("c", "parcel tracking"),
        ] {
            let item = try Item(corpus: "article", id: id, fields: ["title": .string(title)])
            try recommender.apply(.upsert(item))
        }
        return recommender
    }

    private func ids(_ recommender: inout Recommender) throws -> [String] {
        try recommender.recommend(Request(source: "editor", query: "parcel", now: 0))
            .items.map(\.item)
    }

    private func titles(_ recommender: inout Recommender) throws -> [String] {
        try ids(&recommender).compactMap { recommender.catalog.item($0)?.title }
    }
}
