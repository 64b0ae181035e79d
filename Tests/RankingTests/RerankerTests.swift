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

    private func recommender(reranker: any Reranker) throws -> Recommender {
        var recommender = Recommender(
            RecommenderDefinition(
                name: "articles", corpus: "article", sources: ["editor"],
                fetchers: [TextFetcher()], features: [.textSimilarity(half: 5)],
                scorer: LinearScorer(weights: [1]), rerankers: [reranker]))
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
