import Numerics
import Testing

@testable import NLU

@Suite struct TagThresholdTests {
    @Test(arguments: UInt64(0)..<50)
    func `the threshold is the best of all that are safe`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 10...60, using: &random)
        // Few different values, so that many are equal.
        let confidences = (0..<count).map { _ in Float(Int.random(in: 0...20, using: &random)) / 20
        }
        let rights = confidences.map { Float.random(in: 0..<1, using: &random) < $0 }
        let chosen = TagThreshold.choose(confidences, rights: rights, precision: 0.7)
        func measure(_ threshold: Float) -> (isSafe: Bool, f1: Double) {
            let answered = confidences.indices.filter { confidences[$0] >= threshold }
            let hits = answered.count { rights[$0] }
            guard !answered.isEmpty else { return (false, 0) }
            return (
                TagThreshold.lowerBound(hits: hits, of: answered.count) >= 0.7,
                2 * Double(hits) / Double(answered.count + rights.count { $0 })
            )
        }
        let safe = Set(confidences).map(measure).filter(\.isSafe).map(\.f1)
        if rights.count(where: { $0 }) < TagThreshold.leastOccurrences || safe.isEmpty {
            #expect(chosen == TagThreshold.never)
        } else {
            #expect(measure(chosen).isSafe && measure(chosen).f1 == safe.max())
        }
    }

    @Test func `the lower bound is Wilson's`() {
        // (p + 1/2n − √(p(1−p)/n + 1/4n²)) / (1 + 1/n) with p = 0.9, n = 10.
        #expect(abs(TagThreshold.lowerBound(hits: 9, of: 10) - 0.76615) < 1e-5)
        #expect(abs(TagThreshold.lowerBound(hits: 10, of: 10) - 10.0 / 11) < 1e-12)
    }
}
