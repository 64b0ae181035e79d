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
}
