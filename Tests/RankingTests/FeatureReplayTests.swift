import Ranking
import Testing

@Suite struct FeatureReplayTests {
    @Test(arguments: UInt64(0)..<30)
    func `a replay of the log gives the features as scored, bit for bit`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        var online = FeatureStore(RandomLog.features)
        var scratch = FeatureScratch()
        var log: [RankingEvent] = []
        for event in try random.events(300) {
            guard case .impression(var impression) = event else {
                online.apply(event)
                log.append(event)
                continue
            }
            let query = FeatureQuery(
                user: impression.user, text: impression.query, now: impression.time)
            var values = [Double](
                repeating: 0, count: impression.items.count * RandomLog.features.count)
            var span = values.mutableSpan
            online.fill(&span, for: query, candidates: impression.items, scratch: &scratch)
            impression.features = values
            online.apply(.impression(impression))
            log.append(.impression(impression))
        }
        let read = try RankingEvent.parse(lines: RankingEvent.lines(log))
        #expect(read == log)
        #expect(FeatureReplay.replay(read, features: RandomLog.features) == log)
    }

    @Test(arguments: UInt64(0)..<20)
    func `a list that was seen later counts as shown from then on, bit for bit`(
        seed: UInt64
    ) throws {
        var random = RandomLog(seed: seed)
        var online = FeatureReplay(RandomLog.features)
        var log: [RankingEvent] = []
        var unseen: [Impression] = []
        for event in try random.events(200) {
            while let first = unseen.first, first.shown <= event.time {
                online.apply(.impression(unseen.removeFirst()))
            }
            guard case .impression(var impression) = event else {
                online.apply(event)
                log.append(event)
                continue
            }
            impression.seen = impression.time + 7
            impression.intent = "ask"
            impression = online.scored(impression)
            impression.runnersUp = [.init(item: "last", score: 0.5, features: [.nan, 1])]
            unseen.append(impression)
            log.append(.impression(impression))
        }
        let read = try RankingEvent.parse(lines: RankingEvent.lines(log))
        #expect(read == log)
        #expect(FeatureReplay.replay(read, features: RandomLog.features) == log)
    }

    @Test func `an item that is removed has no fields, and keeps what was counted of it`() throws {
        let lines = """
            {"event":"item","time":1,"corpus":"film","item":"a","fields":{"price":3}}
            {"event":"response","time":2,"request":"r","item":"a","action":"click"}
            {"event":"item","time":3,"item":"a","removed":true}
            """
        let events = try RankingEvent.parse(lines: Array(lines.utf8))
        var store = FeatureStore([
            .init("price", .field("price", .number)),
            .init("clicks", .count(.init(.click, of: .item))),
        ])
        for event in events { store.apply(event) }
        let row = store.rows(for: FeatureQuery(user: nil, now: 4), candidates: ["a"])
        #expect(row[0].isNaN && row[1] == 1)
        #expect(try RankingEvent.parse(lines: RankingEvent.lines(events)) == events)
    }

    @Test(arguments: UInt64(0)..<20)
    func `nothing that comes after an impression changes its features`(seed: UInt64) throws {
        var random = RandomLog(seed: seed)
        let events = try random.events(120)
        let all = FeatureReplay.replay(events, features: RandomLog.features)
        for count in stride(from: 10, to: events.count, by: 25) {
            let first = FeatureReplay.replay(Array(events[..<count]), features: RandomLog.features)
            #expect(first == Array(all[..<count]))
        }
    }

    @Test func `a click at the time of its list is known to no list of that time`() throws {
        let lines = """
            {"event":"interaction","id":"c","type":"click","ranking":"r1","item":"a","user":"u","timestamp":"5000"}
            {"event":"ranking","id":"r1","user":"u","timestamp":"5000","items":[{"id":"a"}]}
            {"event":"ranking","id":"r2","user":"u","timestamp":5000,"items":[{"id":"a"}]}
            {"event":"ranking","id":"r3","user":"u","timestamp":6000,"items":[{"id":"a"}]}
            """
        let events = try MetarankEvents.parse(
            lines: Array(lines.utf8), corpus: "film", source: "shown")
        let clicks = DeclaredFeature("clicks", .count(.init(.click, of: .item)))
        let shown = DeclaredFeature("shown", .count(.init(.impression, of: .item)))
        let rows = FeatureReplay.replay(events, features: [clicks, shown]).compactMap { event in
            if case .impression(let impression) = event { impression.features } else { nil }
        }
        #expect(rows == [[0, 0], [0, 1], [1, 2]])
    }
}
