import NLU
import Numerics
import Testing

@Suite struct RulesBeforeClassifierTests {
    private let rules: RuleSet
    private let model: IntentModel

    init() throws {
        rules = try RuleSet([
            Rule(name: "sure", intent: "human", phrases: ["alarm at noon"]),
            Rule(name: "unsure", intent: "weather", confidence: 0.6, any: ["alarm"], none: ["six"]),
        ])
        model = IntentModel(Toy.classifier, rules: rules)
    }

    @Test(
        arguments: [
            ("set an ALARM at noon!", "human", 1, "sure"),
            ("an alarm please.", "weather", 0.6, "unsure"),
        ] as [(String, String, Float, String)])
    func `a rule that fires answers, and the classifier's ranking stays`(
        text: String, intent: String, confidence: Float, rule: String
    ) {
        var scratch = IntentModel.Scratch()
        // While typing, an unsure one is no reason to show another answer, but one to go on with its own.
        let shown = confidence < 1 ? intent : "balance"
        for state in [TextState.whole, .typing(shown: ShownAnswer(shown))] {
            let answer = model.answer(text, state, scratch: &scratch)
            let learned = IntentModel(Toy.classifier).answer(text, state, scratch: &scratch)
            #expect(answer.intent == intent && answer.rule == rule)
            #expect(answer.confidence == confidence)
            #expect(answer.ranking == learned.ranking && learned.rule == nil)
        }
    }

    @Test func `where no rule fires the answer is the classifier's`() {
        var scratch = IntentModel.Scratch()
        var prediction = IntentPrediction()
        // What the rule before has written must not stay.
        for text in ["alarm at noon", "set an alarm for six", "will it rain"] {
            model.answer(text.utf8.span, scratch: &scratch, into: &prediction)
        }
        #expect(
            prediction == IntentModel(Toy.classifier).answer("will it rain", scratch: &scratch))
        #expect(model.answer("alarm for six", scratch: &scratch).rule == nil)
    }

    @Test(arguments: UInt64(0)..<10)
    func `edited key by key, rules fire as for a whole text of the finished words`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var typing = IntentModel.Scratch()
        var alone = IntentModel.Scratch()
        var known = KnownText()
        var prediction = IntentPrediction()
        var text: [Character] = []
        for _ in 0..<60 {
            let at = Int.random(in: 0...text.count, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0, at < text.count {
                text.remove(at: at)
            } else {
                let piece = ["alarm", " at noon", " ", "six", "x"].randomElement(using: &random)
                text.insert(contentsOf: piece ?? "", at: at)
            }
            let bytes = Array(String(text).utf8)
            model.answer(
                bytes.span, .typing(shown: ShownAnswer()), after: &known, scratch: &typing,
                into: &prediction)
            var finished = text[...]
            while let last = finished.last, last.isLetter { finished.removeLast() }
            let whole = model.answer(String(finished), scratch: &alone)
            // An unsure one is not shown in the place of nothing.
            #expect(prediction.rule == (whole.rule == "sure" ? "sure" : nil))
        }
    }

    /// Is never sure enough to show something by itself.
    private static let hesitant = Toy.model { $0.showConfidence = 1 }.classifier

    /// What is shown after each key.
    private func shown(_ text: String, by model: IntentModel) -> [(text: String, intent: String)] {
        var scratch = IntentModel.Scratch()
        var shown = ShownAnswer()
        return (1...text.count).map { count in
            let typed = String(text.prefix(count))
            let answer = model.answer(typed, .typing(shown: shown), scratch: &scratch)
            shown = ShownAnswer(answer.intent)
            return (typed, answer.intent)
        }
    }

    @Test(arguments: [true, false])
    func `a rule that half a word would fire does not flicker`(hasClassifier: Bool) throws {
        let rules = try RuleSet([Rule(name: "r", intent: "human", any: ["can", "agent", "age"])])
        let model = IntentModel(hasClassifier ? Self.hesitant : nil, rules: rules)
        // "can" and "age" stand at the beginning of longer words.
        #expect(shown("cancel the agenda", by: model).allSatisfy { $0.intent == "out_of_scope" })
        let answers = shown("cancel, an agent please", by: model)
        #expect(answers.first { $0.intent == "human" }?.text == "cancel, an agent ")
    }

    @Test(arguments: [true, false])
    func `the answer of a rule is held when it fires no more, until the text rests`(
        hasClassifier: Bool
    ) throws {
        let rules = try RuleSet([
            Rule(name: "a", intent: "human", any: ["agent"], none: ["six"]),
            Rule(name: "b", intent: "robot", phrases: ["machine"]),
        ])
        let model = IntentModel(hasClassifier ? Self.hesitant : nil, rules: rules)
        var changes: [String] = []
        for answer in shown("an agent at six, or a machine, please ", by: model)
        where answer.intent != changes.last { changes.append(answer.intent) }
        #expect(changes == ["out_of_scope", "human", "robot"])
        var scratch = IntentModel.Scratch()
        let held = model.answer(
            "an agent at six ", .typing(shown: ShownAnswer("human")), scratch: &scratch)
        #expect(held.intent == "human" && held.rule == nil)
        #expect(model.answer("an agent at six ", scratch: &scratch).intent != "human")
    }

    @Test func `rules alone know no other answers`() {
        let model = IntentModel(nil, rules: rules)
        var scratch = IntentModel.Scratch()
        let fired = model.answer("an alarm", scratch: &scratch)
        #expect(
            fired
                == IntentPrediction(
                    intent: "weather", confidence: 0.6, certainty: 0.6, rule: "unsure"))
        #expect(model.answer("will it rain", scratch: &scratch) == IntentPrediction())
    }

    @Test(arguments: [true, false])
    func `both survive an artifact`(hasClassifier: Bool) throws {
        let model = IntentModel(hasClassifier ? Toy.classifier : nil, rules: rules)
        let copy = try IntentModel(Memory(copying: model.encoded().span))
        #expect(copy.rules?.rules == rules.rules)
        #expect(copy.classifier?.intents == model.classifier?.intents)
        #expect(copy.encoded() == model.encoded())
    }

    @Test func `an artifact whose rules cannot be read is refused`() throws {
        for text in ["", "[]", #"{"rules": [{"name": "a", "intent": "b"}]}"#] {
            var writer = ArchiveWriter(magic: "hnchnlu\n", format: 3)
            writer.add("rules", Array(text.utf8))
            let bytes = writer.encoded()
            #expect(throws: ArtifactError.badSection("rules")) {
                try IntentModel(Memory(copying: bytes.span))
            }
        }
    }
}
