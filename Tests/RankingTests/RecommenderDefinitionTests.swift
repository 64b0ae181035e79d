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

    @Test func `spaces, access, budgets, exploration and further stages are read`() throws {
        let json = try JSONValue(
            parsing: """
                { "name": "a", "corpus": "article", "sources": ["editor"],
                  "vectors": [{ "name": "words", "from": "text", "dimensions": 32, "index": "exact" },
                              { "name": "taste", "from": "interactions" },
                              { "name": "own", "from": "field", "field": "e", "dimensions": 3 }],
                  "companions": { "halfLifeDays": 1, "windowDays": 2, "shrinkage": 4 },
                  "access": { "visibility": "v", "open": ["all"], "readers": ["owner"] },
                  "budgets": { "totalMillis": 5, "fetchMillis": 0.5 },
                  "explore": { "by": "epsilon", "epsilon": 0.2, "slots": 2 },
                  "fetch": [{ "by": "vector", "space": "own", "least": 0.5, "limit": 9 },
                            { "by": "together" }, { "by": "same", "field": "author" }],
                  "filter": [{ "by": "seen", "most": 2, "windowDays": 1 },
                             { "by": "rule", "field": "s", "is": ["x"], "atLeast": 2 }],
                  "features": [{ "name": "coverage" }], "score": { "weights": {} },
                  "rerank": [{ "by": "boost", "field": "s", "not": ["x"], "times": 2, "plus": 1 },
                             { "by": "freshness", "halfLifeDays": 1, "weight": 0.5 },
                             { "by": "diversity", "space": "words" },
                             { "by": "diversity", "field": "author" },
                             { "by": "pin", "items": ["z"], "at": 3 }] }
                """)
        let definition = try RecommenderDefinition(json)
        #expect(
            definition.vectors == [
                VectorRule(name: "words", origin: .text, dimensions: 32, method: .exact),
                VectorRule(name: "taste", origin: .interactions),
                VectorRule(name: "own", origin: .field("e"), dimensions: 3),
            ])
        let day = 86_400.0
        #expect(
            definition.companions == CompanionRule(halfLife: day, window: 2 * day, shrinkage: 4))
        #expect(
            definition.access == AccessRule(visibility: "v", open: ["all"], readers: ["owner"]))
        #expect(definition.budgets == StageBudgets(total: 5_000_000, fetch: 500_000))
        #expect(definition.exploration == Exploration(.epsilon(0.2), slots: 2))
        #expect(
            definition.fetchers.map(\.name) == ["vector/own", "together", "same/author"])
        #expect((definition.fetchers[0] as? VectorFetcher)?.least == 0.5)
        #expect((definition.filters[0] as? SeenFilter)?.window == day)
        #expect(
            (definition.filters[1] as? RuleFilter)?.condition
                == FieldCondition(field: "s", isOne: ["x"], atLeast: 2))
        let boost = definition.rerankers[0] as? BoostReranker
        #expect(boost?.factor == 2 && boost?.addend == 1)
        #expect((definition.rerankers[1] as? FreshnessReranker)?.weight == 0.5)
        #expect((definition.rerankers[2] as? DiversityReranker)?.measure == .space("words"))
        #expect((definition.rerankers[3] as? DiversityReranker)?.measure == .field("author"))
        #expect((definition.rerankers[4] as? PinReranker)?.place == 3)
    }

    @Test func `an item's vector must fit its space`() throws {
        var definition = try RecommenderDefinition(JSONValue(parsing: Self.smallest))
        definition.vectors = [VectorRule(name: "own", origin: .field("e"), dimensions: 2)]
        var recommender = Recommender(definition)
        let item = try Item(corpus: "article", id: "1", fields: ["e": [1, 2, 3]])
        let error = FieldError(path: "fields.e", reason: .wrongLength(3, wanted: 2))
        #expect(throws: error) { try definition.check(item) }
        let json = try JSONValue(
            parsing: String(Self.smallest.dropLast())
                + #", "vectors": [{ "name": "own", "from": "field", "field": "e", "dimensions": 2 }]}"#
        )
        #expect(throws: RecommenderArtifactError.item("1", error)) {
            try Recommender(RecommenderArtifact(definition: json, items: [item]))
        }
        // A log may hold items from before the space was defined: they are found in other ways.
        try recommender.apply(.upsert(item))
        #expect(recommender.catalog.count == 1 && recommender.catalog.spaces[0].index.count == 0)
    }

    @Test(arguments: [
        (#""name": "articles","#, "", "name", FieldError.Reason.missing),
        (#""corpus": "article""#, #""corpus": 7"#, "corpus", .wrongType(wanted: .string)),
        (#"["editor"]"#, "[]", "sources", .missing),
        (#""limits": 5"#, #""limits": 5"#, "limits", .unknownKey),
        (
            #""by": "text""#, #""by": "texts""#, "fetch[0].by",
            .unknownName(
                "texts",
                known: [
                    "text", "intent", "popularity", "recency", "vector", "together", "same",
                ])
        ),
        (#""by": "text""#, #""by": "text", "limit": 0"#, "fetch[0].limit", .outOfRange(1...1000)),
        (#""by": "text""#, #""by": "text", "limit": 1.5"#, "fetch[0].limit", .notAnInteger),
        (#""by": "text""#, #""by": "text", "most": 5"#, "fetch[0].most", .unknownKey),
        (
            #""by": "text""#, #""by": "vector", "space": "words""#, "fetch[0].space",
            .unknownName("words", known: [])
        ),
        (
            #""limits": 5"#, #""explore": { "by": "thompson", "epsilon": 0.1 }"#, "explore.epsilon",
            .unknownKey
        ),
        (
            #""limits": 5"#, #""vectors": [{ "name": "a", "from": "field", "field": "e" }]"#,
            "vectors[0].dimensions", .missing
        ),
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
