import Learning
import Numerics
import Testing

@Suite struct CalibrationTests {
    @Test func `the expected error is the mean distance of confidence from accuracy`() {
        var table = ReliabilityTable(binCount: 10)
        for i in 0..<10 { table.record(confidence: 0.95, isCorrect: i < 8) }
        for i in 0..<10 { table.record(confidence: 0.35, isCorrect: i < 5) }
        #expect(abs(table.expectedError - 0.15) < 1e-12)
        #expect(table.bins[9].count == 10)
        #expect(table.bins[3].accuracy == 0.5)
    }

    @Test func `the borders of the bins belong to the lower one`() {
        var table = ReliabilityTable(binCount: 4)
        for confidence in [0, 0.25, 0.5, 1] {
            table.record(confidence: confidence, isCorrect: true)
        }
        #expect(table.bins.map(\.count) == [2, 1, 0, 1])
    }

    @Test(arguments: [0.25, 1, 4] as [Float])
    func `the temperature that the labels were drawn with is found`(temperature: Float) {
        var random = SplitMix64(seed: 5)
        var answers = LabelledLogits(classCount: 4)
        for _ in 0..<4_000 {
            let logits = (0..<4).map { _ in Float.random(in: -2...2, using: &random) * temperature }
            var probabilities = logits.map { $0 / temperature }
            var output = probabilities.mutableSpan
            softmax(&output)
            answers.append(logits.span, label: draw(probabilities, using: &random))
        }
        #expect(abs(answers.bestTemperature() / temperature - 1) < 0.1)
    }

    @Test func `a few right answers do not call for boundless confidence`() {
        var answers = LabelledLogits(classCount: 2)
        let logits: [Float] = [1, 0]
        for _ in 0..<6 { answers.append(logits.span, label: 0) }
        // Platt: the best probability of six successes is 7/8.
        let odds = Double.exp(1 / Double(answers.bestTemperature()))
        #expect(abs(odds - 7) < 0.01)
        #expect(LabelledLogits(classCount: 2).bestTemperature() == 1)
    }

    private func draw(_ probabilities: [Float], using random: inout SplitMix64) -> Int {
        var rest = Float.random(in: 0..<1, using: &random)
        for (i, p) in probabilities.enumerated() {
            rest -= p
            if rest < 0 { return i }
        }
        return probabilities.count - 1
    }
}
