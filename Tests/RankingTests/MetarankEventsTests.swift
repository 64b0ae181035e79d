import JSON
import Ranking
import Testing

@Suite struct MetarankEventsTests {
    private func read(_ text: String) throws -> [RankingEvent] {
        try MetarankEvents.parse(lines: Array(text.utf8), corpus: "film", source: "shown")
    }

    @Test func `items, lists and interactions are read`() throws {
        let events = try read(
            """
            {"event":"item","id":"1","item":"a","timestamp":"1500","fields":[{"name":"title","value":"A"},{"name":"genres","value":["x"]}]}

            {"event":"ranking","id":"r","user":"u","session":"s","timestamp":2500,"fields":[],"items":[{"id":"b","fields":[]},{"id":"a"}]}
            {"event":"interaction","id":"i","type":"click","ranking":"r","item":"b","user":"u","timestamp":"2500"}
            """)
        let item = try Item(corpus: "film", id: "a", fields: ["title": "A", "genres": ["x"]])
        #expect(
            events == [
                .item(item, time: 1.5),
                .impression(
                    Impression(
                        request: "r", time: 2.5, user: "u", source: "shown", items: ["b", "a"])),
                .response(
                    Response(
                        id: "i", request: "r", item: "b", user: "u", action: .click, time: 2.5)),
            ])
    }

    @Test func `a list may show an item that nothing is known of`() throws {
        let events = try read(
            #"{"event":"ranking","id":"r","user":"u","timestamp":"1","items":[{"id":"unknown"}]}"#)
        let features = [
            DeclaredFeature("n", .field("n", .number)),
            DeclaredFeature("shown", .count(.init(.impression, of: .item))),
        ]
        var replay = FeatureReplay(features)
        let first = replay.take(events[0])
        #expect(first?.features[0].isNaN == true && first?.features[1] == 0)
        #expect(replay.take(events[0])?.features[1] == 1)
    }

    @Test(arguments: [
        ("{}", "line 1: event: is missing"),
        ("\n[", "line 2: "),
        (
            #"{"event":"click","timestamp":"1"}"#,
            "line 1: event: 'click' is not one of item, ranking, interaction"
        ),
        (
            #"{"event":"item","timestamp":"soon","item":"a"}"#,
            "line 1: timestamp: must be of type number"
        ),
        (
            #"{"event":"ranking","timestamp":"1","id":"r","items":[{"id":"a"},{"id":"a"}]}"#,
            "line 1: items[1]: 'a' stands there twice"
        ),
    ])
    func `an error names the line and the field`(text: String, message: String) throws {
        let error = #expect(throws: ItemFileError.self) { try read(text) }
        #expect(error?.description.hasPrefix(message) == true)
    }
}
