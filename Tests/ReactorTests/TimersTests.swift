import Reactor
import Testing

@Suite struct TimersTests {
    @Test(arguments: 0..<20)
    func `deadlines expire in their order, and none before its time`(seed: Int) {
        var timers = Timers()
        let deadlines = (0..<200).map { UInt64(($0 &* 7919 &+ seed &* 104_729) % 1000) }
        for (token, deadline) in deadlines.enumerated() {
            timers.schedule(UInt64(token), at: Instant(nanoseconds: deadline))
        }
        let now = Instant(nanoseconds: 500)
        var expired: [UInt64] = []
        while let token = timers.popExpired(at: now) { expired.append(deadlines[Int(token)]) }
        #expect(expired == deadlines.filter { $0 <= 500 }.sorted())
        #expect(timers.count == deadlines.count { $0 > 500 })
        #expect(timers.next?.nanoseconds == deadlines.filter { $0 > 500 }.min())
    }

    @Test func `an empty queue has no deadline`() {
        var timers = Timers()
        #expect(timers.next == nil)
        #expect(timers.popExpired(at: .now()) == nil)
    }
}
