import Learning
import Numerics
import Testing

@Suite struct LogisticRegressionTests {
    /// Features 0 and 1 give classes 0 and 1, each for itself; feature 2 is in every example.
    private func fitted(seed: UInt64) -> LogisticRegression {
        var matrix = SparseMatrix()
        var classes: [[Int]] = []
        for i in 0..<40 {
            var columns: [UInt32] = [2]
            if i % 2 == 0 { columns.append(0) }
            if i % 3 == 0 { columns.append(1) }
            let values = columns.map { _ in Float(1) }
            matrix.append(columns: columns.span, values: values.span)
            classes.append((i % 2 == 0 ? [0] : []) + (i % 3 == 0 ? [1] : []))
        }
        var random = SplitMix64(seed: seed)
        return LogisticRegression(
            fitting: matrix, classes: classes, featureCount: 3, classCount: 2, settings: .init(),
            using: &random)
    }

    private func logits(_ model: LogisticRegression, _ columns: [UInt32]) -> [Float] {
        var sum = [Float](repeating: 0, count: model.stride)
        let values = columns.map { _ in Float(1) }
        var output = sum.mutableSpan
        model.addLogits(columns: columns.span, values: values.span, to: &output)
        return Array(sum.prefix(model.classCount))
    }

    @Test func `classes are learned each for itself`() {
        let model = fitted(seed: 1)
        let cases: [([UInt32], [Bool])] = [
            ([2], [false, false]), ([2, 0], [true, false]), ([2, 1], [false, true]),
            ([2, 0, 1], [true, true]),
        ]
        for (columns, expected) in cases {
            #expect(logits(model, columns).map { $0 > 0 } == expected)
        }
    }

    @Test func `equal seeds give equal weights and others do not`() {
        #expect(fitted(seed: 1).weights == fitted(seed: 1).weights)
        #expect(fitted(seed: 1).weights != fitted(seed: 2).weights)
    }
}
