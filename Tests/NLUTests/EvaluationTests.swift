import Learning
import NLU
import Numerics
import Testing

@Suite struct EvaluationTests {
    private let dataset = Dataset([
        Example(text: "set an alarm for six", intent: "alarm"),
        Example(text: "what is my balance", intent: "balance"),
        Example(text: "what is my balance", intent: "weather"),
        Example(text: "will it rain today", intent: "an intent of another model"),
        Example(text: "ξψω", intent: "oos"),
    ])

    private var evaluation: Evaluation { Evaluation(Toy.classifier, on: dataset) }

    /// Toy's texts under its own and under random labels.
    private func randomEvaluation(_ seed: UInt64) -> (Evaluation, Dataset) {
        var random = SplitMix64(seed: seed)
        let labels = ["alarm", "balance", "weather", "oos", "none"]
        let dataset = Dataset(
            (0..<40).map { _ in
                let example = Toy.dataset.examples.randomElement(using: &random)
                let label = labels.randomElement(using: &random) ?? ""
                let keeps = Double.random(in: 0..<1, using: &random) < 0.6
                return Example(
                    text: keeps ? example?.text ?? "" : Toy.randomText(using: &random),
                    intent: keeps ? example?.intent ?? "" : label)
            })
        return (Evaluation(Toy.classifier, on: dataset), dataset)
    }

    @Test func `examples of unknown intents count as mistakes`() {
        let measures = evaluation.measures
        #expect(evaluation.unknownIntentCount == 1)
        #expect(measures.examples == 4)
        #expect(measures.accuracy == 0.5)
        #expect(evaluation.classes == Toy.classifier.intents + ["an intent of another model"])
        #expect(evaluation.confusion.total == 4)
        #expect(evaluation.confusion[actual: 2, predicted: 1] == 1)
        #expect(evaluation.confusion.score(of: 3).recall == 0)
    }

    @Test func `what is out of scope is counted by itself`() {
        let measures = evaluation.measures
        #expect(measures.outOfScope == 1)
        #expect(measures.outOfScopeRecall == 1)
        #expect(measures.outOfScopeAUROC == 1)
    }

    @Test func `reliability covers all answers in scope`() {
        #expect(evaluation.reliability.bins.reduce(0) { $0 + $1.count } == 4)
        #expect(evaluation.measures.logLoss > 0)
    }

    @Test(arguments: UInt64(0)..<20)
    func `the measures agree with those of the confusion matrix and the curves`(seed: UInt64) {
        let (evaluation, _) = randomEvaluation(seed)
        let measures = evaluation.measures
        let confusion = evaluation.confusion
        let pairs = [
            (measures.accuracy, confusion.accuracy),
            (measures.macroPrecision, confusion.macro(\.precision)),
            (measures.macroRecall, confusion.macro(\.recall)),
            (measures.macroF1, confusion.macro(\.f1)),
            (measures.weightedPrecision, confusion.weighted(\.precision)),
            (measures.weightedRecall, measures.accuracy),
            (measures.weightedF1, confusion.weighted(\.f1)),
            (measures.ece, evaluation.reliability.expectedError),
            (measures.outOfScopeAUROC, evaluation.outOfScopeCurve.area),
        ]
        for (one, other) in pairs { #expect(abs(one - other) < 1e-9) }
    }

    @Test(arguments: UInt64(0)..<20)
    func `an example counted twice is two examples`(seed: UInt64) {
        let (evaluation, dataset) = randomEvaluation(seed)
        let some = dataset.examples.indices.filter { $0 % 3 != 0 }
        let part = Evaluation(Toy.classifier, on: Dataset(some.map { dataset.examples[$0] }))
        let sliced = evaluation.measures(of: some)
        for (_, path) in IntentMeasures.named {
            #expect(abs(part.measures[keyPath: path] - sliced[keyPath: path]) < 1e-9)
        }
        #expect(sliced.examples == part.measures.examples)
    }

    @Test func `intervals hold the measure and shrink with the examples`() {
        let (evaluation, dataset) = randomEvaluation(7)
        let larger = Evaluation(
            Toy.classifier, on: Dataset((0..<9).flatMap { _ in dataset.examples }))
        let bootstrap = Bootstrap(resamples: 100)
        let (small, large) = (evaluation.intervals(bootstrap), larger.intervals(bootstrap))
        let accuracy = evaluation.measures.accuracy
        #expect(small[0].contains(accuracy) && large[0].contains(accuracy))
        let width = { (interval: ClosedRange<Double>) in interval.upperBound - interval.lowerBound }
        #expect(width(large[0]) < width(small[0]) / 2)
        #expect(small == evaluation.intervals(bootstrap))
    }

    @Test func `a model does not differ from itself`() {
        let (evaluation, _) = randomEvaluation(3)
        let comparison = Comparison(evaluation, evaluation, Bootstrap(resamples: 20))
        #expect(comparison.test.pValue == 1)
        #expect(comparison.differences.allSatisfy { $0 == 0...0 })
    }

    @Test func `slices are found by their texts`() throws {
        let file =
            "text,slice\nSet  an alarm for SIX,short\nwhat is my balance,bank\n"
            + "what is my balance,short\nunheard of,short\n"
        let slices = try Slices(reading: Array(file.utf8))
        #expect(slices.names == ["short", "bank"])
        #expect(slices.examples(of: "short", in: dataset) == [0, 1, 2])
        #expect(slices.examples(of: "bank", in: dataset) == [1, 2])
        let error = #expect(throws: DatasetError.self) {
            try Slices(reading: Array("text,slice\na,\n".utf8))
        }
        #expect(error?.line == 2)
    }
}
