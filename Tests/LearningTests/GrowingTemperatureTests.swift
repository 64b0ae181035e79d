import Learning
import Numerics
import Testing

@Suite struct GrowingTemperatureTests {
    /// Answers drawn from what softmax gives of the logits at the temperature exp(a + b · x).
    private func answers(
        intercept: Double, slope: Double, count: Int
    ) -> (LabelledLogits, [Double]) {
        var random = SplitMix64(seed: 3)
        var answers = LabelledLogits(classCount: 4)
        var measures: [Double] = []
        for _ in 0..<count {
            let x = Double.random(in: 0...2, using: &random)
            let logits = (0..<4).map { _ in Float.random(in: -4...4, using: &random) }
            let temperature = Double.exp(intercept + slope * x)
            var probabilities = logits.map { $0 / Float(temperature) }
            var output = probabilities.mutableSpan
            softmax(&output)
            var rest = Float.random(in: 0..<1, using: &random)
            let label = probabilities.firstIndex {
                rest -= $0
                return rest < 0
            }
            answers.append(logits.span, label: label ?? 3)
            measures.append(x)
        }
        return (answers, measures)
    }

    @Test(arguments: [(0.0, 0.0), (-0.5, 0.8), (1.0, -0.6)])
    func `the temperature that made the answers is found`(intercept: Double, slope: Double) {
        let (answers, measures) = answers(intercept: intercept, slope: slope, count: 4000)
        let found = GrowingTemperature(fitting: answers, measures: measures)
        #expect(abs(found.intercept - intercept) < 0.15)
        #expect(abs(found.slope - slope) < 0.15)
    }

    @Test func `where nothing can be told apart it does not grow`() {
        let (answers, _) = answers(intercept: 0.3, slope: 0, count: 500)
        let same = [Double](repeating: 1, count: 500)
        let found = GrowingTemperature(fitting: answers, measures: same)
        #expect(abs(found.value(at: 1) - Double(answers.bestTemperature())) < 0.02)
        let none = GrowingTemperature(fitting: LabelledLogits(classCount: 2), measures: [])
        #expect(none == GrowingTemperature(intercept: 0, slope: 0))
    }

    @Test func `the temperature stays in its bounds`() {
        let steep = GrowingTemperature(intercept: 0, slope: 100)
        #expect(steep.value(at: 5) == 20)
        #expect(steep.value(at: -5) == 0.05)
    }
}
