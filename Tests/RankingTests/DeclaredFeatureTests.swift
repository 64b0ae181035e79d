import JSON
import Ranking
import Testing

@Suite struct DeclaredFeatureTests {
    private func read(_ text: String) throws -> [DeclaredFeature] {
        try DeclaredFeature.list(JSONValue(parsing: text), path: "features")
    }

    @Test func `every kind is read with its settings`() throws {
        let features = try read(
            """
            [{ "name": "a", "kind": "field", "field": "n" },
             { "name": "b", "kind": "field", "field": "s", "as": "category", "buckets": 8 },
             { "name": "c", "kind": "count", "of": "item", "action": "impression", "windowDays": 7 },
             { "name": "d", "kind": "rate", "of": "userField", "field": "g", "action": "click",
               "per": "impression", "prior": 0.1, "strength": 20, "pool": "max", "relative": true },
             { "name": "e", "kind": "recency", "of": "userItem", "action": "accept" },
             { "name": "f", "kind": "interacted", "action": "click" },
             { "name": "g", "kind": "share", "field": "g", "action": "click", "pool": "sum" },
             { "name": "h", "kind": "profile", "field": "g", "action": "click" },
             { "name": "i", "kind": "text", "field": "title", "words": true }]
            """)
        let g = DeclaredFeature.Field("g")
        let counter = DeclaredFeature.Counter(.click, of: .userValue(g))
        #expect(
            features == [
                .init("a", .field("n", .number)), .init("b", .field("s", .category(buckets: 8))),
                .init("c", .count(.init(.impression, of: .item, window: 604_800))),
                .init(
                    "d", .rate(counter, per: .impression, .init(prior: 0.1, strength: 20), .max),
                    isRelative: true),
                .init("e", .recency(.init(.accept, of: .userItem))),
                .init("f", .interacted(.click)), .init("g", .share(.click, g, .sum)),
                .init("h", .profile(.click, g)),
                .init("i", .textSimilarity(.init("title", isWords: true))),
            ])
    }

    @Test func `what is written is read again`() throws {
        let json = JSONValue.array(RandomLog.features.map(\.json))
        #expect(try DeclaredFeature.list(json, path: "") == RandomLog.features)
    }

    @Test func `features suggest themselves by what fields hold`() throws {
        let items = try (0..<10).map { i -> RankingEvent in
            let fields: JSONValue = [
                "votes": .number(Double(i * 1000)), "stars": .number(Double(i)),
                "genres": ["x", .string("y\(i % 3)")], "maker": .string("m\(i % 2)"),
                "title": .string("title \(i)"),
            ]
            return .item(try Item(corpus: "film", id: "\(i)", fields: fields), time: 0)
        }
        let features = DeclaredFeature.suggested(for: items)
        let kinds = Dictionary(uniqueKeysWithValues: features.map { ($0.name, $0.kind) })
        #expect(kinds["votes"] == .field("votes", .logarithm))
        #expect(kinds["stars"] == .field("stars", .number))
        #expect(kinds["genres.taste"] == .profile(.click, .init("genres")))
        #expect(kinds["maker.rate.max"] == nil && kinds["maker.rate"] != nil)
        #expect(kinds["title.taste"] == .profile(.click, .init("title", isWords: true)))
        #expect(DeclaredFeature.suggested(for: items.reversed()) == features)
    }

    @Test(arguments: [
        (#"[{ "name": "a" }]"#, "features[0].kind: is missing"),
        (#"[{ "kind": "interacted", "action": "x" }]"#, "features[0].name: is missing"),
        (
            #"[{ "name": "a", "kind": "rate", "of": "item", "action": "x", "per": "y" }]"#,
            "features[0].strength: is missing"
        ),
        (
            #"[{ "name": "a", "kind": "count", "of": "item", "action": "x", "field": "g" }]"#,
            "features[0].field: is not known here"
        ),
        (
            #"[{ "name": "a", "kind": "sum", "weights": { "a": 1 } }]"#,
            "features[0].weights.a: 'a' is not one of "
        ),
        (
            #"[{ "name": "a", "kind": "count", "of": "items", "action": "x" }]"#,
            "features[0].of: 'items' is not one of all, item, user, userItem, field, userField"
        ),
        (
            #"[{ "name": "a", "kind": "recency", "of": "item", "action": "x", "windowDays": 1 }]"#,
            "features[0].windowDays: is not known here"
        ),
        (
            #"""
            [{ "name": "a", "kind": "interacted", "action": "x" },
             { "name": "a", "kind": "interacted", "action": "y" }]
            """#, "features[1]: 'a' stands there twice"
        ),
    ])
    func `an error names the field and what is wrong with it`(text: String, message: String) throws
    {
        let error = #expect(throws: FieldError.self) { try read(text) }
        #expect(error?.description == message)
    }
}
