import JSON
import Ranking
import Testing

@Suite struct RecommenderDefinitionTests {
    private static let smallest = """
        { "name": "articles", "corpus": "article", "sources": ["editor"],
          "fetch": [{ "by": "text" }], "features": [{ "name": "coverage" }],
          "score": { "weights": { "coverage": 1 } } }
        """

    @Test func `a few lines are a recommender`() throws {
        let definition = try RecommenderDefinition(JSONValue(parsing: Self.smallest))
        #expect(definition.corpus == "article" && definition.sources == ["editor"])
        #expect(definition.features == [.coverage] && definition.limit == 5)
        #expect(definition.scorer == LinearScorer(weights: [1]))
    }

    @Test func `every stage is read with its settings`() throws {
        let json = try JSONValue(
            parsing: """
                { "name": "a", "kind": "ranker", "corpus": "article", "sources": ["editor", "side"],
                  "items": "a.jsonl", "text": { "title": 5, "tags": 0, "stem": false },
                  "popularity": { "halfLifeDays": 2, "prior": 0.3, "dismiss": -2 },
                  "fetch": [{ "by": "text", "limit": 7 }, { "by": "recency" }],
                  "filter": [{ "by": "dismissed" }, { "by": "tags", "any": ["x"], "none": ["y"] }],
                  "features": [{ "name": "textSimilarity", "half": 3 },
                               { "name": "recency", "halfLifeDays": 1 }],
                  "score": { "bias": 0.5, "weights": { "recency": 2 }, "minimumRelevance": 0.1 },
                  "rerank": [{ "by": "diversity", "balance": 0.9 },
                             { "by": "cap", "of": "tags", "most": 1 },
                             { "by": "cap", "of": "author", "most": 2 },
                             { "by": "pin", "items": ["z"] }],
                  "limit": 9 }
                """)
        let definition = try RecommenderDefinition(json)
        #expect(
            definition.text == TextRule(title: 5, tags: 0, analyzer: TextAnalyzer(stems: false)))
        let popularity = PopularityRule(halfLife: 172_800, prior: 0.3, dismiss: -2)
        #expect(definition.popularity == popularity)
        #expect((definition.fetchers.first as? TextFetcher)?.limit == 7)
        #expect((definition.filters.last as? TagFilter)?.none == ["y"])
        #expect(definition.features == [.textSimilarity(half: 3), .recency(halfLife: 86_400)])
        let scorer = LinearScorer(weights: [0, 2], bias: 0.5, minimumRelevance: 0.1)
        #expect(definition.scorer == scorer)
        #expect((definition.rerankers[0] as? DiversityReranker)?.balance == 0.9)
        #expect((definition.rerankers[1] as? CapReranker)?.group == .tag)
        #expect((definition.rerankers[2] as? CapReranker)?.group == .field("author"))
        #expect((definition.rerankers[3] as? PinReranker)?.items == ["z"])
        #expect(definition.items == "a.jsonl" && definition.limit == 9)
    }

    @Test(arguments: [
        (#""name": "articles","#, "", "name", FieldError.Reason.missing),
        (#""corpus": "article""#, #""corpus": 7"#, "corpus", .wrongType(wanted: .string)),
        (#""limits": 5"#, #""limits": 5"#, "limits", .unknownKey),
        (
            #""by": "text""#, #""by": "texts""#, "fetch[0].by",
            .unknownName("texts", known: ["text", "intent", "popularity", "recency"])
        ),
        (#""by": "text""#, #""by": "text", "limit": 0"#, "fetch[0].limit", .outOfRange(1...1000)),
        (#""by": "text""#, #""by": "text", "limit": 1.5"#, "fetch[0].limit", .notAnInteger),
        (#""by": "text""#, #""by": "text", "most": 5"#, "fetch[0].most", .unknownKey),
        (
            #"{ "coverage": 1 }"#, #"{ "clarity": 1 }"#, "score.weights.clarity",
            .unknownName("clarity", known: ["coverage"])
        ),
        (
            #"[{ "name": "coverage" }]"#, #"[{ "name": "coverage" }, { "name": "coverage" }]"#,
            "features[1]", .repeatedName("coverage")
        ),
    ])
    func `an error says where and what`(
        part: String, replacement: String, path: String, reason: FieldError.Reason
    ) throws {
        var text = Self.smallest
        if text.contains(part) {
            text = text.split(separator: part, omittingEmptySubsequences: false)
                .joined(separator: replacement)
        } else {
            text = "{ \(replacement), \(text.dropFirst())"
        }
        let json = try JSONValue(parsing: text)
        #expect(throws: FieldError(path: path, reason: reason)) {
            try RecommenderDefinition(json)
        }
    }
}
