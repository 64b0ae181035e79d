import JSON
import Numerics
import Ranking
import Testing

@Suite struct LoggedRowsTests {
    private static let declared: [DeclaredFeature] = [
        .init("clicks", .count(.init(.click, of: .item)))
    ]

    private static func definition() throws -> RecommenderDefinition {
        try RecommenderDefinition([
            "name": "films", "kind": "ranker", "corpus": "film", "sources": ["page"],
            "fetch": [["by": "popularity"]],
            "features": .array([["name": "coverage"]] + declared.map(\.json)),
            "score": ["weights": ["coverage": 1]],
        ])
    }

    private func list(_ number: Int, model: String?, features: [Double]) -> RankingEvent {
        var impression = Impression(
            request: "r\(number)", time: Double(number) * 10, user: nil, source: "page",
            items: ["a", "b"], features: features, model: model)
        impression.runnersUp = [.init(item: "c", score: 0, features: [7, 8])]
        return .impression(impression)
    }

    private func rows(_ events: [RankingEvent]) throws -> [Impression] {
        var replay = FeatureReplay(Self.declared)
        let names = ["films@1": ["coverage", "clicks"], "films@2": ["recency", "clicks"]]
        return try Self.definition().withRows(events, replay: &replay, names: { names[$0] })
            .compactMap { if case .impression(let impression) = $0 { impression } else { nil } }
    }

    @Test func `features stay as logged where they are of the same names, or as many`() throws {
        let events = ["films@1", "films@unknown", nil].enumerated().map {
            list($0, model: $1, features: [0.5, 9, 0.25, 8])
        }
        for row in try rows(events) {
            #expect(row.features == [0.5, 9, 0.25, 8] && row.runnersUp[0].features == [7, 8])
        }
    }

    @Test func `features of others are played again, and those of the request are missing`() throws
    {
        let click = RankingEvent.response(
            Response(request: "r0", item: "b", user: nil, action: .click, time: 5))
        let events = [
            list(0, model: "films@2", features: [0.5, 9, 0.25, 8]), click,
            list(1, model: nil, features: []), list(2, model: "films@1", features: [1, 2]),
        ]
        let rows = try rows(events)
        for row in rows {
            #expect(row.features[0].isNaN && row.features[2].isNaN)
            #expect(row.runnersUp == [.init(item: "c", score: 0)])
        }
        #expect(rows.map { [$0.features[1], $0.features[3]] } == [[0, 0], [0, 1], [0, 1]])
    }
}
