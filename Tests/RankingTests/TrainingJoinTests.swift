import Numerics
import Ranking
import Testing

@Suite struct TrainingJoinTests {
    private let join = TrainingJoin(window: 30, grades: [.click: 1, .accept: 3])

    private func impression(_ request: String, at time: Double = 100) -> RankingEvent {
        .impression(
            Impression(
                request: request, time: time, user: "u", source: "s", items: ["a", "b", "c"]))
    }

    private func response(
        _ action: Action, _ item: String, at time: Double, id: String = "", request: String = "r"
    ) -> RankingEvent {
        .response(
            Response(id: id, request: request, item: item, user: "u", action: action, time: time))
    }

    @Test func `the greatest grade of an item is its label`() {
        let log = join.joined([
            impression("r"), response(.click, "a", at: 101), response(.accept, "a", at: 102),
            response(.click, "c", at: 103), response(.dismiss, "b", at: 104),
        ])
        #expect(log.groups.map(\.labels) == [[3, 0, 1]])
        #expect(log.counts.joined == 4 && log.counts.responses == 4)
    }

    @Test func `an undo takes back what was before it`() {
        let log = join.joined([
            impression("r"), response(.accept, "a", at: 101), response(.undo, "a", at: 102),
            response(.click, "a", at: 103),
        ])
        #expect(log.groups.map(\.labels) == [[1, 0, 0]])
    }

    @Test func `what is done again after it was taken back counts`() {
        let log = join.joined([
            impression("r"), response(.click, "a", at: 101), response(.undo, "a", at: 102),
            response(.click, "a", at: 103), response(.click, "a", at: 104),
        ])
        #expect(log.groups.map(\.labels) == [[1, 0, 0]])
        #expect(log.counts.joined == 3 && log.counts.repeatedResponses == 1)
    }

    @Test func `a response counts up to the end of the window and not before its list`() {
        let log = join.joined([
            impression("r"), response(.click, "a", at: 130), response(.click, "b", at: 130.5),
            response(.click, "c", at: 99.5),
        ])
        #expect(log.groups.map(\.labels) == [[1, 0, 0]])
        #expect(log.counts.joined == 1 && log.counts.late == 1 && log.counts.unjoined == 1)
    }

    @Test func `what names no list or no item of it is counted as unjoined`() {
        let log = join.joined([
            impression("r"), response(.click, "a", at: 101, request: "other"),
            response(.click, "z", at: 101),
        ])
        #expect(log.counts.unjoined == 2 && log.groups.map(\.labels) == [[0, 0, 0]])
    }

    @Test func `a list whose window is open is only counted`() {
        let events = [impression("r"), impression("s", at: 120), response(.click, "a", at: 101)]
        let log = join.joined(events, at: 140)
        #expect(log.groups.map(\.impression.request) == ["r"] && log.counts.open == 1)
    }

    @Test(arguments: UInt64(0)..<40)
    func `the order in which events come does not matter`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(200)
        let log = join.joined(events, at: 1_000_900)
        #expect(join.joined(events.shuffled(using: &random.random), at: 1_000_900) == log)
    }

    @Test(arguments: UInt64(0)..<40)
    func `what comes twice counts once`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(200)
        let once = join.joined(events)
        let twice = join.joined((events + events).shuffled(using: &random.random))
        #expect(twice.groups == once.groups)
        #expect(twice.counts.joined == once.counts.joined)
        #expect(twice.counts.repeatedImpressions == once.counts.impressions)
    }

    @Test(arguments: UInt64(0)..<40)
    func `every event has one fate`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let counts = join.joined(try random.events(200), at: 1_000_700).counts
        #expect(
            counts.responses
                == counts.joined + counts.repeatedResponses + counts.late + counts.unjoined)
    }

    @Test(arguments: UInt64(0)..<20)
    func `nothing after the window changes an example`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(200)
        let all = join.joined(events, at: 1_000_500)
        let early = join.joined(events.filter { $0.time <= 1_000_500 }, at: 1_000_500)
        #expect(all.groups == early.groups)
    }
}
