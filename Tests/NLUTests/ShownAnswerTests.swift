import NLU
import Testing

@Suite struct ShownAnswerTests {
    @Test func `an answer is shown from a confidence on and held until another reaches it`() {
        var shown = ShownAnswer()
        #expect(shown.intent == "out_of_scope")
        let seen: [(String, Float)] = [
            ("a", 0.69), ("a", 0.7), ("b", 0.6), ("a", 0.2), ("b", 0.9), ("b", 0.95), ("a", 0.7),
        ]
        let changes = seen.map { shown.see($0, confidence: $1, from: 0.7) }
        #expect(changes == [false, true, false, false, true, false, true])
        #expect(shown.intent == "a")
    }

    @Test func `what is being typed keeps the answer that is shown`() {
        var scratch = IntentModel.Scratch()
        let text = "is my alarm set for seven"
        let whole = Toy.model.answer(text, scratch: &scratch)
        #expect(whole.intent == "alarm")
        for held in ["balance", "weather", "out_of_scope"] {
            let typed = Toy.hesitant.answer(
                text, .typing(shown: ShownAnswer(held)), scratch: &scratch)
            #expect(typed.intent == held)
            #expect(typed.ranking.map(\.intent) == whole.ranking.map(\.intent))
            let ranked = typed.ranking.first { $0.intent == held } ?? typed.ranking[0]
            #expect(typed.confidence == ranked.confidence)
        }
    }

    @Test func `confidence while typing grows cooler or hotter with the length`() {
        var scratch = IntentModel.Scratch()
        let model = Toy.model {
            $0.typingIntercept = 1; $0.typingSlope = -0.5
        }
        for text in ["alarm", "set an alarm", "set an alarm for six in the morning"] {
            // The space after the last word counts.
            let length = Float(text.count + 1)
            let expected = Toy.model { settings in
                settings.temperature = 2.7182818 / (1 + length).squareRoot()
            }
            let typed = model.answer(text, .typing(shown: ShownAnswer()), scratch: &scratch)
            let whole = expected.answer(text, scratch: &scratch)
            #expect(abs(typed.confidence - whole.confidence) < 1e-5)
        }
    }
}
