import Learning
import Numerics
import Testing

@Suite struct PlattScalingTests {
    @Test(arguments: UInt64(0)..<5)
    func `a line is found again from what it made`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (slope, intercept) = (
            Float.random(in: 0.3...3, using: &random), Float.random(in: -2...2, using: &random)
        )
        let true0 = PlattScaling(slope: slope, intercept: intercept)
        let logits = (0..<20_000).map { _ in Float.random(in: -4...4, using: &random) }
        let positives = logits.map {
            Float.random(in: 0..<1, using: &random) < true0.probability($0)
        }
        let found = try #require(PlattScaling(fitting: logits, positives: positives))
        for logit: Float in [-3, -1, 0, 1, 3] {
            #expect(abs(found.probability(logit) - true0.probability(logit)) < 0.03)
        }
    }

    @Test func `logits that say nothing or the opposite give no line`() {
        let logits: [Float] = [3, 2, 1, -1, -2, -3]
        let positives = [false, false, false, true, true, true]
        #expect(PlattScaling(fitting: logits, positives: positives) == nil)
    }

    @Test func `a few examples that are all right do not make certain`() throws {
        let line = try #require(
            PlattScaling(
                fitting: [2, 2, 2, -2, -2, -2], positives: [true, true, true, false, false, false]))
        #expect(line.probability(2) < 0.9 && line.probability(-2) > 0.1)
    }
}
