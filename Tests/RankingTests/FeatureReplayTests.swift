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
