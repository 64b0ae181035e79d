import JSON
import Numerics
import Testing

@testable import Ranking

@Suite struct RecommenderStateTests {
    private static let definition: JSONValue = [
        "name": "films", "kind": "ranker", "corpus": "film", "sources": ["page"],
        "vectors": [
            ["name": "words", "from": "text", "dimensions": 6],
            ["name": "taste", "from": "interactions", "dimensions": 3],
        ],
        "fetch": [
            ["by": "popularity", "limit": 4], ["by": "text", "limit": 4],
            ["by": "recency", "limit": 3], ["by": "vector", "space": "words", "limit": 4],
            ["by": "vector", "space": "taste", "limit": 4], ["by": "together", "limit": 4],
            ["by": "same", "field": "maker", "limit": 3],
        ],
        "filter": [["by": "dismissed"], ["by": "seen", "most": 6]],
        "features": .array(
            [["name": "coverage"], ["name": "popularity"]] + RandomLog.features.map(\.json)),
        "score": ["weights": ["rate": 1, "coverage": 0.5, "together": 0.1, "taste": 0.2]],
        "limit": 12,
    ]

    /// A recommender that learned of events, and one that begins with what that one learned.
    private func both(
        _ events: [RankingEvent]
    ) throws -> (replayed: Recommender, opened: Recommender) {
        let artifact = RecommenderArtifact(
            definition: Self.definition, items: [], events: events)
        let bytes = try artifact.withState().encoded()
        return (try Recommender(artifact), try Recommender(artifact: bytes))
    }

    private func request(_ random: inout RandomLog) -> Request {
        var request = Request(
            source: "page",
            query: ["night train", "ghost", ""].randomElement(using: &random.random) ?? "",
            now: 2e6, user: "user\(Int.random(in: 1...5, using: &random.random))")
        if Bool.random(using: &random.random) {
            request.item = "film\(Int.random(in: 0..<12, using: &random.random))"
        }
        request.values = ["maker": "maker1"]
        return request
    }

    @Test(arguments: UInt64(0)..<20)
    func `opened from its state it is what the replay of its log gives, bit for bit`(
        seed: UInt64
    ) throws {
        var random = RandomLog(seed: seed)
        var (replayed, opened) = try both(try random.events(250))
        #expect(opened.state == replayed.state)
        for event in try random.events(120) {
            let request = request(&random)
            #expect(try opened.recommend(request) == replayed.recommend(request))
            try opened.apply(event)
            try replayed.apply(event)
            if Int.random(in: 0..<40, using: &random.random) == 0 {
                try opened.apply(.learnVectors)
                try replayed.apply(.learnVectors)
            }
        }
        #expect(opened.state == replayed.state)
    }

    @Test(arguments: UInt64(0)..<5)
    func `what is no state is refused, and nothing is changed`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let state = try both(try random.events(100)).replayed.state
        var recommender = Recommender(try RecommenderDefinition(Self.definition))
        let before = recommender.state
        for cut in stride(from: 0, to: state.count, by: 41) {
            #expect(throws: ArchiveError.damaged) {
                try recommender.begin(with: Array(state[..<cut]))
            }
        }
        #expect(throws: ArchiveError.damaged) { try recommender.begin(with: state + [0]) }
        #expect(recommender.state == before)
        try recommender.begin(with: state)
        #expect(recommender.state == state)
    }

    @Test(arguments: UInt64(0)..<20)
    func `bytes that were changed are refused or read, but stop nothing`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let state = try both(try random.events(60)).replayed.state
        for _ in 0..<20 {
            var damaged = state
            let place = Int.random(in: state.indices, using: &random.random)
            damaged[place] ^= UInt8.random(in: 1...255, using: &random.random)
            var recommender = Recommender(try RecommenderDefinition(Self.definition))
            do throws(ArchiveError) {
                try recommender.begin(with: damaged)
            } catch {
                #expect(error == .damaged)
                continue
            }
            _ = try recommender.recommend(request(&random))
        }
    }

    @Test func `an item of the items' file alone counts from the first event on`() throws {
        let item = try Item(corpus: "film", id: "a", fields: ["genres": ["war"]])
        let click = Response(request: "r", item: "a", user: "user1", action: .click, time: 1)
        let artifact = RecommenderArtifact(
            definition: Self.definition, items: [item], events: [.response(click)])
        var opened = try Recommender(artifact: artifact.withState().encoded())
        let request = Request(source: "page", query: "", now: 2, user: "user2")
        #expect(try opened.recommend(request).items.map(\.item) == ["a"])
    }
}
