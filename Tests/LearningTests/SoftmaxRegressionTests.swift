import Learning
import Numerics
import Testing

@Suite struct SoftmaxRegressionTests {
    /// Examples whose class is told by one feature, beside two features of noise.
    private func task(seed: UInt64) -> (examples: WeightedExamples, labels: [Int]) {
        var random = SplitMix64(seed: seed)
        var examples = WeightedExamples()
        var labels: [Int] = []
        for _ in 0..<60 {
            let label = Int.random(in: 0..<3, using: &random)
            let noise = (0..<2).map { _ in UInt32.random(in: 3..<9, using: &random) }
            let columns = [UInt32(label)] + noise
            let values: [Float] = [0.6, 0.5, 0.5]
            examples.append(columns: columns.span, values: values.span, label: label)
            labels.append(label)
        }
        return (examples, labels)
    }

    private func fit(
        seed: UInt64, _ settings: SoftmaxRegression.Settings = .init(),
        startingFrom start: [Float]? = nil, afterPass: (Int, Double) -> Bool = { _, _ in true }
    ) -> SoftmaxRegression {
        let (examples, _) = task(seed: 1)
        var random = SplitMix64(seed: seed)
        return SoftmaxRegression(
            fitting: examples, featureCount: 9, classCount: 3, settings: settings,
            startingFrom: start, using: &random
        ) { pass, loss, _ in afterPass(pass, loss) }
    }

    @Test func `what can be told apart is told apart`() {
        let model = fit(seed: 1)
        let (examples, labels) = task(seed: 2)
        for row in labels.indices {
            var logits = [Float](repeating: 0, count: model.stride)
            var output = logits.mutableSpan
            model.addLogits(
                columns: examples.features.columns(ofRow: row),
                values: examples.features.values(ofRow: row), to: &output)
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
            return true
        }
        #expect(losses.count == 8)
        #expect(losses == losses.sorted(by: >))
    }

    @Test func `a fit ends when it is told to`() {
        var passes = 0
        let stopped = fit(seed: 1) { pass, _ in
            passes = pass
            return pass < 3
        }
        #expect(passes == 3)
        #expect(stopped.weights != fit(seed: 1).weights)
    }

    @Test func `a fit that goes on begins with the loss where the other ended`() {
        var (first, second) = ([Double](), [Double]())
        let before = fit(seed: 1) { _, loss in
            first.append(loss)
            return true
        }
        _ = fit(seed: 2, startingFrom: before.weights) { _, loss in
            second.append(loss)
            return true
        }
        #expect(second[0] < first[first.count - 1] * 1.1)
    }

    @Test func `probabilities go to the shares of the target`() {
        var examples = WeightedExamples()
        let (columns, values): ([UInt32], [Float]) = ([0], [1])
        let (classes, shares): ([UInt32], [Float]) = ([0, 2], [0.75, 0.25])
        examples.append(
            columns: columns.span, values: values.span, classes: classes.span, shares: shares.span)
        var settings = SoftmaxRegression.Settings()
        settings.passes = 300
        var random = SplitMix64(seed: 1)
        let model = SoftmaxRegression(
            fitting: examples, featureCount: 1, classCount: 3, settings: settings, using: &random)
        var probabilities = Array(model.weights.prefix(3))
        var output = probabilities.mutableSpan
        softmax(&output)
        for (p, share) in zip(probabilities, [0.75, 0, 0.25] as [Float]) {
            #expect(abs(p - share) < 0.02)
        }
    }

    @Test func `of two contradicting examples the weightier decides`() {
        var examples = WeightedExamples()
        let (columns, values, one): ([UInt32], [Float], [Float]) = ([0], [1], [1])
        for (label, weight) in [(0, 1), (1, 0.2)] as [(UInt32, Float)] {
            let classes = [label]
            examples.append(
                columns: columns.span, values: values.span, classes: classes.span,
                shares: one.span, weight: weight)
        }
        var random = SplitMix64(seed: 1)
        let model = SoftmaxRegression(
            fitting: examples, featureCount: 1, classCount: 2, using: &random)
        #expect(model.weights[0] > model.weights[1] + 0.3)
    }

    @Test func `equal seeds give equal weights and others do not`() {
        #expect(fit(seed: 1).weights == fit(seed: 1).weights)
        #expect(fit(seed: 1).weights != fit(seed: 2).weights)
    }

    @Test func `the first step is the learning rate against the gradient`() {
        var examples = WeightedExamples()
        let columns: [UInt32] = [0]
        let values: [Float] = [1]
        examples.append(columns: columns.span, values: values.span, label: 1)
        var settings = SoftmaxRegression.Settings()
        settings.passes = 1
        settings.learningRate = 0.5
        settings.initialHistory = 0
        var random = SplitMix64(seed: 1)
        let model = SoftmaxRegression(
            fitting: examples, featureCount: 2, classCount: 2, settings: settings, using: &random)
        // AdaGrad divides the gradient, -0.5 and 0.5, by its own length.
        #expect(model.weights.prefix(2) == [-0.5, 0.5])
        #expect(model.weights.dropFirst(2).allSatisfy { $0 == 0 })
    }
}
