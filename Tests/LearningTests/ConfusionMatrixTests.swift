import Learning
import Numerics
import Testing

@Suite struct ConfusionMatrixTests {
    private var matrix = ConfusionMatrix(classCount: 3)

    init() {
        for (actual, predicted, times) in [(0, 0, 3), (0, 1, 1), (1, 1, 2), (1, 0, 2), (2, 2, 0)] {
            for _ in 0..<times { matrix.record(actual: actual, predicted: predicted) }
        }
    }

    @Test func `precision, recall and F1 follow their definitions`() {
        #expect(matrix.accuracy == 5.0 / 8)
        let first = matrix.score(of: 0)
        #expect(first.precision == 3.0 / 5)
        #expect(first.recall == 3.0 / 4)
        #expect(first.f1 == 2.0 / 3)
        #expect(first.support == 4)
    }

    @Test func `a class without examples scores zero and stays out of the means`() {
        #expect(matrix.score(of: 2) == ConfusionMatrix(classCount: 1).score(of: 0))
        #expect(matrix.macro(\.recall) == (0.75 + 0.5) / 2)
        #expect(matrix.weighted(\.recall) == matrix.accuracy)
    }

    @Test func `the most confused pairs come first`() {
        let pairs = matrix.mostConfused(5)
        #expect(pairs.map(\.actual) == [1, 0])
        #expect(pairs.map(\.times) == [2, 1])
    }

    @Test(arguments: UInt64(0)..<20)
    func `weighted recall is accuracy`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var matrix = ConfusionMatrix(classCount: 5)
        for _ in 0..<50 {
            matrix.record(
                actual: Int.random(in: 0..<5, using: &random),
                predicted: Int.random(in: 0..<5, using: &random))
        }
        #expect(abs(matrix.weighted(\.recall) - matrix.accuracy) < 1e-12)
    }
}
