import JSON
import Learning
import Numerics
import Ranking
import Testing

@Suite struct RecommenderArtifactTests {
    private static let features: [DeclaredFeature] = [
        .init("rate", .rate(.init(.click, of: .item), per: .impression, .init(strength: 3))),
        .init("clicked", .interacted(.click)),
        .init("taste", .profile(.click, .init("genres"))),
    ]

    private static let definition: JSONValue = [
        "name": "films", "kind": "ranker", "corpus": "film", "sources": ["page"],
        "fetch": [["by": "popularity", "limit": 50]],
        "features": .array([["name": "coverage"]] + features.map(\.json)),
        "score": ["weights": ["rate": 1]], "limit": 50,
    ]

    /// Trees on rows of the definition's features.
    private func trees(_ events: [RankingEvent]) throws -> TreeEnsemble {
        let log = TrainingJoin(window: 1e6).joined(
            FeatureReplay.replay(events, features: Self.features))
        let data = RankingData(log.groups, featureCount: Self.features.count).padded(by: 1)
        var settings = TreeSettings()
        settings.trees = 5
        settings.leastRows = 2
        settings.leastHessian = 0
        return try TreeTrainer(settings: settings).train(data.examples()).ensemble
    }

    @Test(arguments: UInt64(0)..<10)
    func `a recommender from its file answers as the one that saw it all`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(300)
        let trees = try trees(events)
        let artifact = RecommenderArtifact(
            definition: Self.definition, items: [], events: events, learned: .trees(trees))
        let read = try RecommenderArtifact(artifact.encoded())
        #expect(read.events == events && read.learned?.trees?.encoded() == trees.encoded())
        #expect(read.encoded() == artifact.encoded())
        var online = Recommender(
            try RecommenderDefinition(Self.definition), learned: .trees(trees))
        for event in events { try online.apply(event) }
        var opened = try Recommender(artifact: artifact.encoded())
        let request = Request(source: "page", query: "", now: 2e6, user: "user1")
        #expect(try opened.recommend(request) == online.recommend(request))
    }

    @Test(arguments: UInt64(0)..<10)
    func `learned weights score and are explained, while the formula says what is relevant`(
        seed: UInt64
    ) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(300)
        let learned = LinearScorer(weights: [0.5, -1, 2, 0.25], bias: -0.125)
        let artifact = RecommenderArtifact(
            definition: Self.definition, items: [], events: events, learned: .weights(learned),
            mark: LogMark(epoch: .max - seed, record: 80))
        let read = try RecommenderArtifact(artifact.encoded())
        guard case .weights(let kept) = read.learned else {
            Issue.record("no weights were read")
            return
        }
        #expect(kept == learned && read.mark == artifact.mark)
        var recommender = try Recommender(read)
        let request = Request(source: "page", query: "", now: 2e6, user: "user1")
        let answer = try recommender.recommend(request)
        try #require(!answer.items.isEmpty)
        for item in answer.items {
            #expect(item.score == learned.scores(item.features)[0])
            #expect(recommender.explain(item).score == item.score)
        }
        // With a minimum nothing is relevant to an empty query, whatever was learned.
        var members = Self.definition.object ?? []
        members[members.count - 2].value = ["weights": ["rate": 1], "minimumRelevance": 0.1]
        var strict = try Recommender(
            RecommenderArtifact(
                definition: .object(members), items: [], events: events, learned: .weights(learned))
        )
        #expect(try strict.recommend(request).items.isEmpty)
    }

    @Test(arguments: UInt64(0)..<10)
    func `trees score what training would see, and are explained`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(300)
        let trees = try trees(events)
        var recommender = Recommender(
            try RecommenderDefinition(Self.definition), learned: .trees(trees))
        for event in events { try recommender.apply(event) }
        let request = Request(source: "page", query: "", now: 2e6, user: "user2")
        let answer = try recommender.recommend(request)
        try #require(!answer.items.isEmpty)
        var replay = FeatureReplay(Self.features)
        for event in events { _ = replay.take(event) }
        let rows = replay.store.rows(
            for: FeatureQuery(user: "user2", now: 2e6), candidates: answer.items.map(\.item))
        for (i, item) in answer.items.enumerated() {
            let row = [0] + rows[i * 3..<(i + 1) * 3]
            #expect(item.features.map(\.bitPattern) == row.map(\.bitPattern))
            #expect(item.score == trees.score(item.features.span))
            #expect(abs(recommender.explain(item).score - item.score) < 1e-9)
        }
        #expect(answer.items.map(\.score) == answer.items.map(\.score).sorted(by: >))
    }

    @Test func `weights count declared features, and missing ones add nothing`() throws {
        var definition = try #require(Self.definition.object)
        definition.removeAll { $0.key == "score" }
        definition.append(("score", ["weights": ["rate": 2, "taste": 5]]))
        var recommender = Recommender(try RecommenderDefinition(.object(definition)))
        try recommender.apply(
            .upsert(Item(corpus: "film", id: "a", fields: ["genres": ["war"]])))
        for action in [Interaction.Action.impression, .click] {
            try recommender.apply(
                .interaction(Interaction(item: "a", action: action, time: 1, user: "u")))
        }
        func score(_ user: String?) throws -> Double? {
            let request = Request(source: "page", query: "", now: 2, user: user)
            return try recommender.recommend(request).items.first?.score
        }
        // One click of one impression, in all and of the item; the taste of a stranger is missing.
        #expect(try score("stranger") == 2)
        #expect(try score("u") == 7)
    }

    @Test func `files of before are read`() throws {
        let lines = """
            {"name":"a","corpus":"article","sources":["editor"],"fetch":[{"by":"text"}],"features":[{"name":"coverage"}],"score":{"weights":{"coverage":1}}}
            {"corpus":"article","item":"x","fields":{"title":"Refund"}}
            """
        var recommender = try Recommender(artifact: Array(lines.utf8))
        let request = Request(source: "editor", query: "refund", now: 0)
        #expect(try recommender.recommend(request).items.map(\.item) == ["x"])
    }

    @Test func `trees for other rows are refused`() throws {
        var random = RandomLog(seed: 1)
        let trees = try trees(try random.events(100))
        var definition = try #require(Self.definition.object)
        definition.removeAll { $0.key == "features" }
        definition.append(("features", .array(Self.features.map(\.json))))
        let artifact = RecommenderArtifact(
            definition: .object(definition), items: [], learned: .trees(trees))
        #expect(throws: RecommenderArtifactError.wrongFeatureCount(4, wanted: 3)) {
            try Recommender(artifact)
        }
    }

    @Test func `a damaged file is refused`() throws {
        let bytes = RecommenderArtifact(definition: Self.definition, items: []).encoded()
        for cut in stride(from: 8, to: bytes.count, by: 97) {
            #expect(throws: RecommenderArtifactError.self) {
                try RecommenderArtifact(Array(bytes[..<cut]))
            }
        }
    }
}
