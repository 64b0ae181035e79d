import Learning
import NLU
import Testing

@Suite struct EvaluationTests {
    private let evaluation = Evaluation(
        Toy.classifier,
        on: Dataset([
            Example(text: "set an alarm for six", intent: "alarm"),
            Example(text: "what is my balance", intent: "balance"),
            Example(text: "what is my balance", intent: "weather"),
            Example(text: "will it rain today", intent: "an intent of another model"),
            Example(text: "ξψω", intent: "oos"),
        ]))

    @Test func `examples of unknown intents count as mistakes`() {
        #expect(evaluation.unknownIntentCount == 1)
        #expect(evaluation.inScopeCount == 4)
        #expect(evaluation.accuracy == 0.5)
        #expect(evaluation.confusion.total == 3)
        #expect(evaluation.confusion[actual: 2, predicted: 1] == 1)
    }

    @Test func `what is out of scope is counted by itself`() {
        #expect(evaluation.outOfScopeCount == 1)
        #expect(evaluation.outOfScopeRecall == 1)
        #expect(evaluation.outOfScopeAUROC == 1)
    }

    @Test func `reliability covers all answers in scope`() {
        #expect(evaluation.reliability.bins.reduce(0) { $0 + $1.count } == 4)
        #expect(evaluation.logLoss > 0)
    }
}
