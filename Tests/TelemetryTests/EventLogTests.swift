import JSON
import Numerics
import Synchronization
import Telemetry
import Testing

@Suite struct EventLogTests {
    @Test(arguments: UInt64(0)..<30)
    func `a reader sees each event that matches once and in order, or is told it was lost`(
        seed: UInt64
    ) {
        var random = SplitMix64(seed: seed)
        let log = EventLog(capacity: Int.random(in: 1...2_000, using: &random))
        let filter = filters.randomElement(using: &random) ?? EventFilter()
        var all: [Event] = []
        var seen: [Event] = []
        var cursor: UInt64 = 1
        var lost = 0
        for _ in 0..<60 {
            let batch = (0..<Int.random(in: 0...150, using: &random)).map { _ in
                event(&random, time: all.count)
            }
            log.append(contentsOf: batch)
            all += batch
            guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
            let limit = Int.random(in: 1...300, using: &random)
            let page = log.read(from: cursor, matching: filter, limit: limit)
            #expect(page.events.count <= limit)
            seen += page.events
            lost += page.lost
            #expect(page.next >= cursor + UInt64(page.lost + page.events.count))
            cursor = page.next
        }
        let rest = log.read(from: cursor, matching: filter, limit: .max)
        seen += rest.events
        lost += rest.lost
        #expect(rest.next == log.end && log.end == UInt64(all.count) + 1)
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        let matching = all.filter(filter.matches).count
        #expect(seen.count <= matching && seen.count + lost >= matching)
        if filter == EventFilter() { #expect(seen.count + lost == all.count) }
        for event in seen {
            #expect(filter.matches(event) && event.time == all[Int(event.sequence) - 1].time)
        }
    }

    @Test func `events of many writers keep the order of each, without a gap`() async {
        let log = EventLog(capacity: 100_000)
        await withTaskGroup { group in
            for writer in 0..<6 {
                group.addTask {
                    for batch in 0..<200 {
                        let events = (0..<batch % 9).map {
                            Event(time: batch * 10 + $0, type: .edit, session: "\(writer)")
                        }
                        log.append(contentsOf: events)
                    }
                }
            }
        }
        let page = log.read(from: 1, limit: .max)
        #expect(page.lost == 0)
        #expect(page.events.map(\.sequence) == Array(1..<log.end))
        for writer in 0..<6 {
            let times = page.events.filter { $0.session == "\(writer)" }.map(\.time)
            #expect(times.count == 793 && times == times.sorted())
        }
    }

    @Test func `a watcher that falls behind is told how much it lost`() {
        let log = EventLog(capacity: 4)
        log.append(contentsOf: (0..<10).map { Event(time: $0, type: .edit) })
        let page = log.read(from: 3)
        #expect(page.events.map(\.time) == [6, 7, 8, 9])
        #expect(page.lost == 4)
        #expect(page.next == 11)
        #expect(log.read(from: 11) == log.read(from: 99))
        #expect(log.read(from: 0).lost == log.read(from: 1).lost)
    }

    @Test(arguments: UInt64(0)..<10)
    func `a time gives the first event that is not older`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let log = EventLog(capacity: 1_500)
        let times = (0..<2_000).map { $0 + Int.random(in: 0..<20, using: &random) }
        log.append(contentsOf: times.map { Event(time: $0, type: .open) })
        for time in [-5, 0, 510, 700, 1_999, 2_018, 5_000] {
            let expected = times.indices.dropFirst(500).first { times[$0] >= time } ?? times.count
            #expect(log.cursor(since: time) == UInt64(expected) + 1)
        }
    }

    @Test func `a watcher is woken once for each time it asks`() {
        let log = EventLog()
        let calls = Mutex(0)
        let count = { @Sendable in calls.withLock { $0 += 1 } }
        log.wake(at: log.end, count)
        log.append(contentsOf: [])
        #expect(calls.withLock { $0 } == 0)
        log.append(contentsOf: [Event(time: 1, type: .edit)])
        log.append(contentsOf: [Event(time: 2, type: .edit)])
        #expect(calls.withLock { $0 } == 1)
        log.wake(at: 1, count)
        #expect(calls.withLock { $0 } == 2)
        log.wake(at: log.end, count)
        #expect(calls.withLock { $0 } == 2)
    }

    @Test func `an event is one flat object`() {
        var log = JSONWriter()
        Event(
            time: 5, type: .edit, document: "a/\"b\"", session: "s",
            fields: [
                EventField("revision", 7), EventField("seconds", 0.25), EventField("late", true),
                EventField("code", "x"),
            ]
        ).write(to: &log)
        Event(time: 6, type: .open).write(to: &log)
        #expect(
            String(decoding: log.bytes, as: UTF8.self) == """
                {"sequence":0,"time":5,"event":"edit","doc":"a/\\"b\\"","session":"s",\
                "revision":7,"seconds":0.25,"late":true,"code":"x"}\
                {"sequence":0,"time":6,"event":"open"}
                """)
    }

    private let filters = [
        EventFilter(), EventFilter(types: [.edit]), EventFilter(types: []),
        EventFilter(document: "d1"), EventFilter(types: [.open, .edit], session: "s2"),
    ]

    private func event(_ random: inout SplitMix64, time: Int) -> Event {
        func number(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }
        let document = number(3)
        let session = number(3)
        return Event(
            time: time, type: number(2) == 0 ? .edit : .open,
            document: document == 0 ? nil : "d\(document)", session: "s\(session)",
            fields: [EventField("n", .integer(number(9)))])
    }
}
