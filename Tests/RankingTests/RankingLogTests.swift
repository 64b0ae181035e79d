import JSON
import Ranking
import Testing

@Suite struct RankingLogTests {
    private var log = RankingLog(of: "articles", corpus: "article")

    private mutating func add(_ kind: RankingLog.Kind, _ time: Int, _ payload: JSONValue) throws {
        try log.add(kind, time: time, payload: payload.serialized())
    }

    private func list(_ request: String, _ time: Double, model: String) -> Impression {
        Impression(
            request: request, time: time, user: "ada", source: "editor", items: ["a", "b"],
            features: [1, .nan, 0, 2], scores: [2, 1], propensities: [1, 0.5], model: model)
    }

    private func click(_ request: String, _ item: String) -> JSONValue {
        [
            "recommendation": .string(request), "item": .string(item), "action": "click",
            "user": "ada",
        ]
    }

    @Test mutating func `records become events in the order of their times, whatever their kinds`()
        throws
    {
        let request = "w/notes#b1.4.articles@1a2b"
        try add(.interaction, 3_000_001, click(request, "b"))
        try add(
            .impression, 3_000_000,
            RankingEvent.impression(list(request, 3, model: "articles@1a2b")).json)
        try add(.item, 2_000_000, ["corpus": "article", "item": "a", "fields": ["title": "A"]])
        try add(.item, 4_000_000, ["corpus": "article", "item": "a", "removed": true])
        var response = Response(
            request: request, item: "b", user: "ada", action: .click, time: 3.000001)
        response.scope = "w/notes"
        let item = try Item(corpus: "article", id: "a", fields: ["title": "A"])
        #expect(
            log.events == [
                .item(item, time: 2), .impression(list(request, 3, model: "articles@1a2b")),
                .response(response), .removal(item: "a", time: 4),
            ])
        #expect(try RankingEvent.parse(lines: RankingEvent.lines(log.events)) == log.events)
    }

    @Test mutating func `what concerns other recommenders or corpora is left out`() throws {
        try add(.item, 1, ["corpus": "person", "item": "a", "fields": [:]])
        try add(.impression, 2, RankingEvent.impression(list("r", 2, model: "people@1")).json)
        try add(.interaction, 3, click("#3.1.people@1", "a"))
        #expect(log.events.isEmpty)
        try add(.interaction, 4, click("#3.2.articles@2", "a"))
        try add(.interaction, 5, click("an id of another product", "a"))
        #expect(log.events.count == 2)
    }

    @Test mutating func `a record that holds no event is named`() throws {
        #expect(
            throws: RankingLogError(
                kind: .interaction, time: 7,
                reason: .field(FieldError(path: "recommendation", reason: .missing)))
        ) { try add(.interaction, 7, ["item": "a"]) }
    }
}
