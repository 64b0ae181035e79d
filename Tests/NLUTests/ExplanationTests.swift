import JSON
import Learning
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
            #expect(explanation.label == Toy.classifier.intents[label])
            #expect(abs(explanation.logit - logits[label]) < 1e-4)
            let sum = explanation.contributions.reduce(0) { $0 + $1.value }
            #expect(abs(sum - logits[label]) < 1e-4)
        }
    }

    @Test func `n-grams are named once, as they are read, the strongest first`() {
        var scratch = IntentClassifier.Scratch()
        let explanation = Toy.classifier.explain("Set an ALARM", label: 0, scratch: &scratch)
        let words = explanation.contributions.filter { !$0.isCharacters }.map(\.text)
        #expect(Set(words).isSuperset(of: ["set", "an", "alarm", "^ set", "an alarm"]))
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
        #expect(explanation.label == ranking[0].intent)
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
        let text = "oh, set an ALARM qqq"
        let explanation = Toy.classifier.explain(text, label: 0, rival: 1, scratch: &scratch)
        #expect(explanation.words.map(\.text) == ["oh", ",", "set", "an", "alarm", "qqq"])
        // Nothing of the last word is known: what it has is half of no pair.
        #expect(explanation.words[5].value == 0 && explanation.words[5].share == 0)
        let strongest = try #require(explanation.words.max { $0.difference < $1.difference })
        #expect(strongest.text == "alarm")
        let lines = explanation.lines
        #expect(lines.count == 8)
        #expect(lines[5].contains("alarm") && lines[5].contains("%"))
        #expect(explanation.json(as: "intent")["words"]?.array?.count == 6)
    }

    @Test(arguments: UInt64(0)..<200)
    func `the range of a word cut out of the text is the word`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let text = Self.randomText(using: &random)
        var scratch = IntentClassifier.Scratch()
        let explanation = Toy.classifier.explain(text, label: 0, scratch: &scratch)
        let units = Array(text.utf16)
        var end = 0
        for word in explanation.words {
            #expect(word.range.lowerBound >= end && !word.range.isEmpty)
            end = word.range.upperBound
            let cut = String(decoding: units[word.range], as: UTF16.self)
            let read = Toy.classifier.explain(cut, label: 0, scratch: &scratch).words
            // An apostrophe at the end of a word depends on what follows it.
            #expect(
                read.map(\.text).joined() == word.text, "\(text.debugDescription) \(word)")
        }
        // Between the words there is nothing to read.
        let starts = [0] + explanation.words.map(\.range.upperBound)
        let ends = explanation.words.map(\.range.lowerBound) + [units.count]
        for (start, end) in zip(starts, ends) {
            let gap = String(decoding: units[start..<end], as: UTF16.self)
            let read = Toy.classifier.explain(gap, label: 0, scratch: &scratch).words
            #expect(read.isEmpty, "\(text.debugDescription)")
        }
    }

    /// Words, signs and marks of many scripts, some beyond the first plane, and any scalar.
    private static func randomText(using random: inout SplitMix64) -> String {
        let parts = [
            "set", "ALARM", "don't", "don’t", "İstanbul", "e\u{301}", "\u{301}", "日本", "𝒜b", "👩‍👩‍👧",
            "\u{1112}\u{1161}\u{11AB}", "\u{200D}", "\u{FEFF}", "'", "’", "-", "\n", " ", "  ",
            "٣٤", "naïve",
            "\u{E000}", "ﬁ", "\r\n", "क्षि",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x1_FFFF, using: &random)),
                Int.random(in: 0..<4, using: &random) == 0
            {
                text.append(scalar)
            } else {
                text += parts[Int.random(in: parts.indices, using: &random)].unicodeScalars
            }
        }
        return String(text)
    }

    // MARK: Tags

    @Test(arguments: UInt64(0)..<30)
    func `the words of a tag and its bias add up to the logit of its confidence`(
        seed: UInt64
    ) throws {
        let dataset = ToyTags.dataset(seed: seed)
        let model = ToyTags.outcome.model
        var scratch = TagModel.Scratch()
        for example in dataset.examples.prefix(10) {
            let text = example.text + (seed.isMultiple(of: 2) ? " qqq zzz" : "")
            model.score(text.utf8.span, scratch: &scratch)
            let confidences = scratch.confidences
            for (tag, confidence) in zip(model.tags, confidences) {
                let found = try #require(model.explain(text, tag: tag, scratch: &scratch))
                #expect(found.label == tag && found.runnerUp == nil)
                let words = found.words.reduce(found.bias) { $0 + $1.value }
                let grams = found.contributions.reduce(found.bias) { $0 + $1.value }
                #expect(abs(words - found.logit) < 1e-3 && abs(grams - found.logit) < 1e-3)
                #expect(abs(logistic(found.logit) - confidence) < 1e-4)
                let shares = found.words.reduce(0) { $0 + abs($1.share) }
                #expect(abs(shares - 1) < 1e-4)
                for word in found.words { #expect(word.share * word.value >= 0) }
            }
        }
    }

    @Test func `of the approved tags the likeliest is explained, an answered one first`() throws {
        let model = ToyTags.outcome.model
        var scratch = TagModel.Scratch()
        let text = "refund the invoice, it cannot wait"
        let answers = model.answer(text.utf8.span, scratch: &scratch).map(\.tag)
        try #require(Set(answers) == ["money", "urgent"])
        func explained(_ approved: [String]) -> String? {
            model.explain(text, approved: ApprovedTags(approved), scratch: &scratch)?.label
        }
        #expect(explained(ToyTags.tags) == answers[0])
        #expect(explained(["parcel", answers[1]]) == answers[1])
        #expect(explained(["parcel"]) == "parcel")
        #expect(explained(["unheard of"]) == nil && explained([]) == nil)
        #expect(model.explain(text, tag: "unheard of", scratch: &scratch) == nil)
        // Nothing is known of it, so that nothing has spoken for or against.
        let strange = try #require(model.explain("qqq", tag: "money", scratch: &scratch))
        #expect(strange.words.map(\.value) == [0] && strange.logit == strange.bias)
    }
}

@Suite struct OcclusionTests {
    @Test
    func `of a long text the first words are explained, and one of many words is no single one`() {
        let occlusion = Occlusion("refund my money", most: 1)
        #expect(occlusion.texts == ["refund my money", " my money"])
        let found = occlusion.explanation(
            of: "refund", runnerUp: nil, confidences: [(0.75, 0), (0.5, 0)])
        #expect(found.words.map(\.value) == [0.25])
        #expect(Occlusion("refund my money", most: 0).texts == ["refund my money"])
        #expect(Occlusion("refund").texts == ["refund"])
    }
}
