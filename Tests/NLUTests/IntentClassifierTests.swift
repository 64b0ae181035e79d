import NLU
import Numerics
import Testing

@Suite struct IntentClassifierTests {
    @Test(arguments: UInt64(0)..<50)
    func `probabilities sum to one, whatever the bytes`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var scratch = IntentClassifier.Scratch()
        let text = Array(Toy.randomText(using: &random).utf8)
        let noise = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
        for bytes in [text, noise, text + noise, noise + text] {
            let probabilities = Toy.probabilities(bytes, &scratch)
            #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
            #expect(probabilities.allSatisfy { $0 >= 0 })
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `one by one and in a batch the answers are the same`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var scratch = IntentClassifier.Scratch()
        for _ in 0..<10 {
            let text = Toy.randomText(using: &random)
            #expect(Toy.probabilities(Array(text.utf8), &scratch) == Toy.probabilities(text))
        }
    }

    @Test(arguments: UInt64(0)..<20)
    func `a text answers alike wherever it lies in a buffer`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = Array(Toy.randomText(using: &random).utf8)
        let before = (0..<Int.random(in: 1...9, using: &random)).map { _ in UInt8(ascii: "x") }
        let buffer = before + text + before
        var probabilities = [Float](repeating: 0, count: 3)
        var output = probabilities.mutableSpan
        var scratch = IntentClassifier.Scratch()
        Toy.classifier.predict(
            buffer.span.extracting(before.count..<before.count + text.count), scratch: &scratch,
            into: &output)
        #expect(probabilities == Toy.probabilities(text, &scratch))
    }

    @Test func `case, white space, joiners and the kind of apostrophe make no difference`() {
        let expected = Toy.probabilities("what's the weather like")
        for text in [
            "What's THE weather like", "  what's\tthe\n weather like ", "what’s the weather like",
            "what's the wea\u{200D}ther like",
        ] {
            #expect(Toy.probabilities(text) == expected)
        }
        #expect(Toy.probabilities("what is the weather like") != expected)
    }

    @Test(arguments: [
        ("café", "cafe\u{301}"), ("CAFÉ", "CAFE\u{301}"),
        ("tiếng Việt", "tie\u{302}\u{301}ng Vie\u{323}\u{302}t"),
        ("tiếng Việt", "ti\u{EA}\u{301}ng Vi\u{EA}\u{323}t"),
        ("한국어", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}\u{110B}\u{1165}"),
        ("ά", "\u{1F71}"), ("\u{958}", "\u{915}\u{93C}"), ("ạ̈x", "a\u{308}\u{323}x"),
        ("q\u{323}\u{307}", "q\u{307}\u{323}"), ("がくせい", "か\u{3099}くせい"),
    ])
    func `letters answer alike, composed or not`(composed: String, decomposed: String) throws {
        let dataset = Dataset(
            Toy.dataset.examples
                + (0..<6).map { Example(text: "\(composed) number \($0)", intent: "composed") })
        let model = IntentModel(try IntentTrainer().train(dataset).classifier)
        var scratch = IntentModel.Scratch()
        let expected = model.answer(composed, scratch: &scratch)
        #expect(expected.intent == "composed")
        #expect(model.answer(decomposed, scratch: &scratch) == expected)
        #expect(composed == decomposed)
    }

    @Test func `signs that are another sign to Unicode stay what they are to a reader`() {
        #expect(Toy.probabilities("as\u{212A} me") == Toy.probabilities("ask me"))
        #expect(Toy.probabilities("money\u{37E}") == Toy.probabilities("money \u{37E}"))
    }

    @Test func `a mark that composes with nothing stays`() {
        #expect(Toy.probabilities("i\u{307}n it") == Toy.probabilities("\u{130}N it"))
        let drawing = "a" + String(repeating: "\u{301}", count: 4_000)
        #expect(Toy.probabilities(drawing).count == 3)
    }

    @Test func `what stands past the limit is not read`() {
        let text = String(repeating: "will it rain today ", count: 216)
        let head = Array(text.utf8.prefix(4_096))
        var scratch = IntentClassifier.Scratch()
        let expected = Toy.probabilities(head, &scratch)
        #expect(Toy.probabilities(head + Array(" what is my balance".utf8), &scratch) == expected)
        // The scalar that the limit would cut in two is left out whole.
        let split = Array(head.dropLast()) + Array("é".utf8)
        #expect(
            Toy.probabilities(split, &scratch)
                == Toy.probabilities(Array(head.dropLast()), &scratch))
    }

    @Test func `without a known n-gram all intents are equally likely and none is the answer`() {
        var scratch = IntentClassifier.Scratch()
        for text in ["", "  ", "ξψω", "🙂"] {
            let prediction = Toy.model.answer(text, scratch: &scratch)
            #expect(prediction.intent == IntentClassifier.outOfScope)
            #expect(prediction.ranking.map(\.intent) == ["alarm", "balance", "weather"])
            #expect(abs(prediction.confidence - 1.0 / 3) < 1e-6)
        }
    }

    @Test func `the ranking is given from the likeliest down, as long as asked for`() {
        var scratch = IntentClassifier.Scratch()
        for count in 0...5 {
            let prediction = Toy.model.answer(
                "is my alarm set for seven", ranking: count, scratch: &scratch)
            #expect(prediction.intent == "alarm")
            #expect(prediction.ranking.count == min(max(count, 1), 3))
            let confidences = prediction.ranking.map(\.confidence)
            #expect(confidences == confidences.sorted(by: >))
            #expect(prediction.confidence == confidences[0])
        }
    }
}
