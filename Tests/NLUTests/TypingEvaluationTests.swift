import NLU
import Numerics
import Testing

@Suite struct TypingEvaluationTests {
    private let evaluation = TypingEvaluation(IntentModel(Toy.classifier), on: Toy.dataset)

    @Test func `whole texts are answered as they are at rest`() {
        let whole = evaluation.cuts[3]
        let accuracy = Evaluation(Toy.classifier, on: Toy.dataset).measures.accuracy
        #expect(whole.share == 1)
        #expect(whole.accuracy == accuracy)
        #expect(whole.accuracyAtWord == accuracy)
        #expect(evaluation.examples == Toy.dataset.examples.count)
    }

    @Test func `changes, shares and cuts are those of a text typed by hand`() {
        let model = IntentModel(Toy.classifier)
        let text = "is it cold outside"
        let evaluation = TypingEvaluation(
            model, on: Dataset([Example(text: text, intent: "weather")]))
        var scratch = IntentModel.Scratch()
        var shown = ShownAnswer()
        var tops: [String] = []
        var answers: [String] = []
        for length in 1...text.count {
            let answer = model.answer(
                String(text.prefix(length)), .typing(shown: shown), scratch: &scratch)
            shown = ShownAnswer(answer.intent)
            tops.append(answer.ranking[0].intent)
            answers.append(answer.intent)
        }
        let changes = zip(tops, tops.dropFirst()).count { $0 != $1 }
        #expect(evaluation.rawChanges == Double(changes))
        let shownAnswers = answers.filter { $0 != IntentPrediction.outOfScope }
        let shownChanges = zip(shownAnswers, shownAnswers.dropFirst()).count { $0 != $1 }
        #expect(evaluation.shownChanges == Double(shownChanges))
        let final = (tops.lastIndex { $0 != tops[tops.count - 1] } ?? -1) + 2
        #expect(abs(evaluation.earliness - Double(final) / Double(text.count)) < 1e-12)
        // 18 characters: 25 % are 5 ("is it"), 50 % are 9 ("is it col").
        #expect(evaluation.cuts[0].accuracy == (tops[4] == "weather" ? 1 : 0))
        #expect(evaluation.cuts[1].accuracy == (tops[8] == "weather" ? 1 : 0))
        #expect(evaluation.cuts[1].coverage == (answers[8] == "out_of_scope" ? 0 : 1))
        // 25 % are at a border already; of the first word alone, nothing is taken away.
        let long = TypingEvaluation(
            model, on: Dataset([Example(text: "umbrella needed", intent: "weather")]))
        let first = model.answer("umbrella", .typing(shown: ShownAnswer()), scratch: &scratch)
        #expect(
            long.cuts[0].accuracyAtWord == (first.ranking[0].intent == "weather" ? 1 : 0))
        let word = model.answer("is it", .typing(shown: ShownAnswer()), scratch: &scratch)
        #expect(
            evaluation.cuts[1].accuracyAtWord == (word.ranking[0].intent == "weather" ? 1 : 0))
    }

    @Test(arguments: UInt64(0)..<20)
    func `slips err as often as they should, and only in letters`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = String(repeating: "the quick brown fox, 12 times. ", count: 40)
        #expect(Slips.mistype(text, rate: 0, using: &random) == text)
        let digits = String(repeating: "12 3.4, ", count: 20)
        #expect(Slips.mistype(digits, rate: 1, using: &random) == digits)
        let typed = Slips.mistype(text, rate: 0.06, using: &random)
        #expect(typed != text)
        // Each slip changes the length by at most one.
        #expect(abs(typed.count - text.count) < 40)
        var again = SplitMix64(seed: seed)
        var other = SplitMix64(seed: seed)
        #expect(
            Slips.mistype(text, rate: 0.06, using: &again)
                == Slips.mistype(text, rate: 0.06, using: &other))
    }
}
