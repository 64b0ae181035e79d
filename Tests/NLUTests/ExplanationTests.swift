import JSON
import NLU
import Numerics
import Testing

@Suite struct ExplanationTests {
    @Test(arguments: UInt64(0)..<30)
    func `contributions add up to the logit`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = Toy.randomText(using: &random)
        var scratch = IntentClassifier.Scratch()
        var logits = [Float](repeating: 0, count: 3)
        var output = logits.mutableSpan
        Toy.classifier.logits(text.utf8.span, scratch: &scratch, into: &output)
        for label in 0..<3 {
            let explanation = Toy.classifier.explain(text, label: label, scratch: &scratch)
            #expect(explanation.intent == Toy.classifier.intents[label])
            #expect(abs(explanation.logit - logits[label]) < 1e-4)
            let sum = explanation.contributions.reduce(0) { $0 + $1.value }
            #expect(abs(sum - logits[label]) < 1e-4)
        }
    }

    @Test func `n-grams are named once, as they are read, the strongest first`() {
        var scratch = IntentClassifier.Scratch()
        let explanation = Toy.classifier.explain("Set an ALARM", label: 0, scratch: &scratch)
        let words = explanation.contributions.filter { !$0.isCharacters }.map(\.text)
        #expect(Set(words).isSuperset(of: ["set", "an", "alarm", "^ set", "set an", "an alarm"]))
        let characters = explanation.contributions.filter(\.isCharacters).map(\.text)
        #expect(Set(characters).isSuperset(of: [" al", "alarm", "rm "]))
        #expect(Set(words).count == words.count)
        #expect(Set(characters).count == characters.count)
        let strengths = explanation.contributions.map { abs($0.value) }
        #expect(strengths == strengths.sorted(by: >))
    }

    @Test(arguments: UInt64(0)..<30)
    func `words add up to the logits of the answer and of the runner-up`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text = Toy.randomText(using: &random)
        var scratch = IntentModel.Scratch()
        var logits = [Float](repeating: 0, count: 3)
        var output = logits.mutableSpan
        Toy.classifier.logits(text.utf8.span, scratch: &scratch, into: &output)
        let model = IntentModel(Toy.classifier)
        let explanation = try #require(model.explain(text, scratch: &scratch))
        let ranking = model.answer(text, scratch: &scratch).ranking
        #expect(explanation.intent == ranking[0].intent)
        #expect(explanation.runnerUp == ranking[1].intent)
        let order = logits.sorted(by: >)
        let own = explanation.words.reduce(0) { $0 + $1.value }
        let other = explanation.words.reduce(0) { $0 + $1.runnerUp }
        let difference = explanation.words.reduce(0) { $0 + $1.difference }
        #expect(abs(own - order[0]) < 1e-4)
        #expect(abs(other - order[1]) < 1e-4)
        #expect(abs(difference - (order[0] - order[1])) < 1e-4)
        #expect(abs(explanation.logit - own) < 1e-4)
        #expect(abs(explanation.runnerUpLogit - other) < 1e-4)
        let shares = explanation.words.reduce(0) { $0 + abs($1.share) }
        #expect(abs(shares - 1) < 1e-4 || (shares == 0 && difference == 0))
        for word in explanation.words { #expect(word.share * word.difference >= 0) }
    }

    @Test func `an n-gram counts for the words that it touches`() throws {
        var scratch = IntentModel.Scratch()
        let text = "please, set an ALARM qqq"
        let explanation = Toy.classifier.explain(text, label: 0, rival: 1, scratch: &scratch)
        #expect(explanation.words.map(\.text) == ["please", ",", "set", "an", "alarm", "qqq"])
        // Nothing of the last word is known: what it has is half of no pair.
        #expect(explanation.words[5].value == 0 && explanation.words[5].share == 0)
        let strongest = try #require(explanation.words.max { $0.difference < $1.difference })
        #expect(strongest.text == "alarm")
        let lines = explanation.lines
        #expect(lines.count == 8)
        #expect(lines[5].contains("alarm") && lines[5].contains("%"))
        #expect(explanation.json["words"]?.array?.count == 6)
    }
}
