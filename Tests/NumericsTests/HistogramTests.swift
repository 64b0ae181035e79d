import Numerics
import Testing

@Suite struct HistogramTests {
    @Test(arguments: UInt64(0)..<20)
    func `a quantile is within one percent of the sorted values`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var histogram = Histogram()
        let values = (0..<500).map { _ in
            UInt64.random(
                in: 0...(UInt64.max >> UInt64.random(in: 0...63, using: &random)), using: &random)
        }
        for value in values { histogram.record(value) }
        let sorted = values.sorted()
        for q in [0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
            let exact = sorted[max(1, Int((q * 500).rounded(.up))) - 1]
            let error = abs(Double(histogram.quantile(q)) - Double(exact))
            #expect(error <= Double(exact) / 128)
        }
    }

    @Test func `least, greatest, count and sum are exact`() {
        var histogram = Histogram()
        for value: UInt64 in [1_234_567, 3, 99_999_999, 1_000] { histogram.record(value) }
        histogram.record(7, times: 2)
        #expect(histogram.count == 6)
        #expect(histogram.sum == 101_235_583)
        #expect(histogram.min == 3)
        #expect(histogram.max == 99_999_999)
        #expect(histogram.quantile(0) == 3)
        #expect(histogram.quantile(1) == 99_999_999)
    }

    @Test(arguments: UInt64(0)..<20)
    func `merging equals recording everything in one`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var (one, two, both) = (Histogram(), Histogram(), Histogram())
        for _ in 0..<200 {
            let value = random.next() >> UInt64.random(in: 0...63, using: &random)
            both.record(value)
            if Bool.random(using: &random) { one.record(value) } else { two.record(value) }
        }
        var merged = one
        merged.merge(two)
        two.merge(one)
        #expect(merged == both)
        #expect(two == both)
    }

    @Test func `cumulative counts never fall and end at the count`() {
        var random = SplitMix64(seed: 1)
        var histogram = Histogram()
        for _ in 0..<1_000 { histogram.record(UInt64.random(in: 0..<1_000_000, using: &random)) }
        let counts = stride(from: UInt64(0), through: 1_000_000, by: 10_000)
            .map(histogram.count(atMost:))
        #expect(counts == counts.sorted())
        #expect(histogram.count(atMost: histogram.max) == histogram.count)
    }

    @Test(arguments: UInt64(0)..<10)
    func `the distribution has each value once to within a bucket`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = (0..<500).map { _ in UInt64.random(in: 0...(1 << 40), using: &random) >> 10 }
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        let told = histogram.distribution.flatMap {
            Array(repeating: $0.value, count: Int($0.count))
        }
        #expect(told.count == values.count && told == told.sorted())
        for (value, found) in zip(values.sorted(), told) {
            #expect(abs(Double(found) - Double(value)) <= Double(value) * 0.008 + 1)
        }
    }

    @Test func `an empty histogram answers with zeros`() {
        let histogram = Histogram()
        #expect(histogram.quantile(0.5) == 0)
        #expect(histogram.mean == 0)
        #expect(histogram.min == nil)
        #expect(histogram.count(atMost: .max) == 0)
    }

    @Test func `the sum stays at its maximum`() {
        var histogram = Histogram()
        histogram.record(.max, times: 3)
        #expect(histogram.sum == .max)
        #expect(histogram.quantile(0.5) == .max)
    }
}
