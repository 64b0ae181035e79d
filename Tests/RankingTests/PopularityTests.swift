import Numerics
import Ranking
import Testing

@Suite struct PopularityTests {
    private let rule = PopularityRule(halfLife: 100, prior: 0.2, strength: 10)

    @Test func `an item that nobody has seen has the prior rate`() {
        #expect(abs(rule.rate(Popularity(), at: 0) - 0.2) < 1e-12)
    }

    @Test func `clicks raise the rate, impressions and dismissals lower it`() {
        var popularity = Popularity()
        rule.count(.click, at: 0, in: &popularity)
        let clicked = rule.rate(popularity, at: 0)
        rule.count(.impression, at: 0, in: &popularity)
        let seen = rule.rate(popularity, at: 0)
        rule.count(.dismiss, at: 0, in: &popularity)
        #expect(clicked > 0.2 && seen < clicked && rule.rate(popularity, at: 0) < seen)
    }

    @Test func `what is left alone drifts back to the prior`() {
        var popularity = Popularity()
        for _ in 0..<50 { rule.count(.accept, at: 0, in: &popularity) }
        #expect(rule.rate(popularity, at: 0) == 1)
        #expect(abs(rule.rate(popularity, at: 5000) - 0.2) < 1e-6)
    }

    @Test func `a half-life halves`() {
        var sum = DecayedSum()
        sum.add(8, at: 50, halfLife: 100)
        #expect(abs(sum.value(at: 150, halfLife: 100) - 4) < 1e-12)
        #expect(sum.value(at: 10, halfLife: 100) == 8)
    }

    @Test(arguments: UInt64(0)..<30)
    func `sums do not depend on the order of events`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let events = (0..<20).map { _ in
            (
                Double.random(in: 0.1...3, using: &random),
                Double.random(in: 0...1000, using: &random)
            )
        }
        var (inOrder, shuffled) = (DecayedSum(), DecayedSum())
        for (amount, time) in events.sorted(by: { $0.1 < $1.1 }) {
            inOrder.add(amount, at: time, halfLife: 100)
        }
        for (amount, time) in events.shuffled(using: &random) {
            shuffled.add(amount, at: time, halfLife: 100)
        }
        let (a, b) = (
            inOrder.value(at: 1000, halfLife: 100), shuffled.value(at: 1000, halfLife: 100)
        )
        #expect(abs(a - b) < 1e-9 * a)
    }

    @Test(arguments: UInt64(0)..<30)
    func `the order of sums is that of their values at any later time`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var sums = [DecayedSum](repeating: DecayedSum(), count: 10)
        for _ in 0..<60 {
            let i = Int.random(in: 0..<10, using: &random)
            sums[i].add(
                Double.random(in: 0.1...3, using: &random),
                at: Double.random(in: 0...1000, using: &random), halfLife: 100)
        }
        let known = sums.filter { $0.order(halfLife: 100) != nil }
        for now in [1000.0, 1500] {
            let byValue = known.sorted {
                $0.value(at: now, halfLife: 100) < $1.value(at: now, halfLife: 100)
            }
            let byOrder = known.sorted {
                ($0.order(halfLife: 100) ?? 0) < ($1.order(halfLife: 100) ?? 0)
            }
            #expect(byValue == byOrder)
        }
    }
}
