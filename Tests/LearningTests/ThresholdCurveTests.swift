import Learning
import Numerics
import Testing

@Suite struct ThresholdCurveTests {
    private static func scores(_ seed: UInt64) -> (positives: [Float], negatives: [Float]) {
        var random = SplitMix64(seed: seed)
        // Few values, so that there are ties.
        let draw = { (shift: Int, random: inout SplitMix64) in
            (0..<Int.random(in: 1...30, using: &random)).map { _ in
                Float(Int.random(in: 0...8, using: &random) + shift)
            }
        }
        return (draw(2, &random), draw(0, &random))
    }

    @Test(arguments: UInt64(0)..<50)
    func `the area is that of the ranks`(seed: UInt64) {
        let (positives, negatives) = Self.scores(seed)
        let curve = ThresholdCurve(positives: positives, negatives: negatives)
        let area = areaUnderROC(positives: positives, negatives: negatives)
        #expect(abs(curve.area - area) < 1e-9)
    }

    @Test(arguments: UInt64(0)..<50)
    func `a point counts what scores at least its threshold`(seed: UInt64) {
        let (positives, negatives) = Self.scores(seed)
        let curve = ThresholdCurve(positives: positives, negatives: negatives)
        for point in curve.points {
            #expect(point.truePositives == positives.count { $0 >= point.threshold })
            #expect(point.falsePositives == negatives.count { $0 >= point.threshold })
        }
        let thresholds = curve.points.map(\.threshold)
        #expect(thresholds == Set(thresholds).sorted(by: >))
        #expect(curve.recall(curve.points[curve.points.count - 1]) == 1)
    }

    @Test func `average precision is the mean precision at each positive`() {
        let curve = ThresholdCurve(positives: [4, 2], negatives: [3, 1])
        #expect(abs(curve.averagePrecision - (1 + 2.0 / 3) / 2) < 1e-12)
    }

    @Test func `a sample keeps both ends`() {
        let curve = ThresholdCurve(
            positives: (0..<100).map { Float($0) }, negatives: (0..<100).map { Float($0) + 0.5 })
        let sample = curve.sample(7)
        #expect(sample.count == 7)
        #expect(sample.first == curve.points.first)
        #expect(sample.last == curve.points.last)
    }
}
