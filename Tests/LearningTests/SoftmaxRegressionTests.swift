import Learning
import Numerics
import Testing

@Suite struct SoftmaxRegressionTests {
    /// Examples whose class is told by one feature, beside two features of noise.
    private func task(seed: UInt64) -> (examples: SparseMatrix, labels: [Int]) {
        var random = SplitMix64(seed: seed)
        var examples = SparseMatrix()
        var labels: [Int] = []
        for _ in 0..<60 {
            let label = Int.random(in: 0..<3, using: &random)
            let noise = (0..<2).map { _ in UInt32.random(in: 3..<9, using: &random) }
            let columns = [UInt32(label)] + noise
            let values: [Float] = [0.6, 0.5, 0.5]
            examples.append(columns: columns.span, values: values.span)
            labels.append(label)
        }
        return (examples, labels)
    }

    private func fit(
        seed: UInt64, _ settings: SoftmaxRegression.Settings = .init(),
        progress: (Int, Double) -> Void = { _, _ in }
    ) -> SoftmaxRegression {
        let (examples, labels) = task(seed: 1)
        var random = SplitMix64(seed: seed)
        return SoftmaxRegression(
            fitting: examples, labels: labels, featureCount: 9, classCount: 3, settings: settings,
            using: &random, progress: progress)
    }

    @Test func `what can be told apart is told apart`() {
        let model = fit(seed: 1)
        let (examples, labels) = task(seed: 2)
        for row in labels.indices {
            var logits = [Float](repeating: 0, count: model.stride)
            var output = logits.mutableSpan
            model.addLogits(
                columns: examples.columns(ofRow: row), values: examples.values(ofRow: row),
                to: &output)
            #expect(topK(logits.span.extracting(0..<3), count: 1) == [labels[row]])
        }
    }

    @Test func `the loss falls and every pass is told`() {
        var losses: [Double] = []
        var settings = SoftmaxRegression.Settings()
        settings.passes = 8
        _ = fit(seed: 1, settings) { pass, loss in
            #expect(pass == losses.count + 1)
            losses.append(loss)
        }
        #expect(losses.count == 8)
        #expect(losses == losses.sorted(by: >))
    }

    @Test func `equal seeds give equal weights and others do not`() {
        #expect(fit(seed: 1).weights == fit(seed: 1).weights)
        #expect(fit(seed: 1).weights != fit(seed: 2).weights)
    }

    @Test func `the first step is the learning rate against the gradient`() {
        var examples = SparseMatrix()
        let columns: [UInt32] = [0]
        let values: [Float] = [1]
        examples.append(columns: columns.span, values: values.span)
        var settings = SoftmaxRegression.Settings()
        settings.passes = 1
        settings.learningRate = 0.5
        var random = SplitMix64(seed: 1)
        let model = SoftmaxRegression(
            fitting: examples, labels: [1], featureCount: 2, classCount: 2, settings: settings,
            using: &random)
        // AdaGrad divides the gradient, -0.5 and 0.5, by its own length.
        #expect(model.weights.prefix(2) == [-0.5, 0.5])
        #expect(model.weights.dropFirst(2).allSatisfy { $0 == 0 })
    }
}
