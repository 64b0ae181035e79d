import Learning
import Numerics
import Testing

@Suite struct PairedDifferenceTests {
    @Test func `equal lists differ by nothing`() {
        let difference = PairedDifference([0.1, 0.5, 0.9], minus: [0.1, 0.5, 0.9])
        #expect(difference.mean == 0 && difference.standardError == 0)
        #expect(difference.interval == 0...0 && !difference.isBetter)
    }

    @Test func `pairs show what the spread of the questions hides`() {
        let second = (0..<100).map { Double($0) / 100 }
        let first = second.enumerated().map { $1 + ($0 % 2 == 0 ? 0.02 : 0.01) }
        let difference = PairedDifference(first, minus: second)
        #expect(abs(difference.mean - 0.015) < 1e-12)
        #expect(difference.isBetter && difference.interval.upperBound < 0.02)
        #expect(!PairedDifference(second, minus: first).isBetter)
    }

    @Test(arguments: UInt64(0)..<10)
    func `the interval is about two standard errors wide to either side`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = (0..<400).map { _ in Double.random(in: -1...1, using: &random) }
        let zeros = [Double](repeating: 0, count: 400)
        let difference = PairedDifference(values, minus: zeros)
        let half = (difference.interval.upperBound - difference.interval.lowerBound) / 2
        #expect(abs(half / difference.standardError - 1.96) < 0.35)
    }
}
