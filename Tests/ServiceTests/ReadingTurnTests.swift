import Numerics
import Reactor
import Testing

@testable import Service

@Suite struct ReadingTurnTests {
    @Test(arguments: UInt64(0)..<40)
    func `no block begins past the deadline but the first, and 32 at most are read`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let deadline = Instant(nanoseconds: 1_000_000)
        var turn = ReadingTurn(until: deadline)
        var time = UInt64.random(in: 0...1_500_000, using: &random)
        let longest = UInt64.random(in: 1_000...200_000, using: &random)
        var begun: [UInt64] = []
        while turn.takesOne(at: Instant(nanoseconds: time)) {
            begun.append(time)
            time += UInt64.random(in: 0...longest, using: &random)
        }
        #expect((1...32).contains(begun.count))
        #expect(begun.dropFirst().allSatisfy { $0 <= 1_000_000 })
        #expect(begun.count == 32 || time > 1_000_000)
        #expect(time <= max(begun[0], 1_000_000) + longest)
    }
}
