import Client
import Numerics
import Testing

@Suite struct BackoffTests {
    @Test(arguments: UInt64(0)..<20)
    func `a wait is never longer than its limit, which doubles`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var backoff = Backoff(first: 100, longest: 1000)
        for limit in [100, 200, 400, 800, 1000, 1000] {
            #expect(0...limit ~= backoff.next(using: &random))
        }
    }

    @Test func `what the server asks for comes on top, once`() {
        var random = SplitMix64(seed: 1)
        var backoff = Backoff(first: 100, longest: 100)
        backoff.wait(atLeast: 5000)
        backoff.wait(atLeast: 3000)
        #expect(5000...5100 ~= backoff.next(using: &random))
        #expect(0...100 ~= backoff.next(using: &random))
    }

    @Test func `success begins anew`() {
        var random = SplitMix64(seed: 1)
        var backoff = Backoff(first: 1, longest: 1 << 30)
        for _ in 0..<40 { _ = backoff.next(using: &random) }
        backoff.reset()
        #expect(0...1 ~= backoff.next(using: &random))
    }
}
