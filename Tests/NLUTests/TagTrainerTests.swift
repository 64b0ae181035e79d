import Numerics
import Testing

@testable import NLU

@Suite struct TagTrainerTests {
    private func answers(_ model: TagModel, _ text: String) -> Set<String> {
        var scratch = TagModel.Scratch()
        let bytes = text.utf8.span
        return Set(model.answer(bytes, scratch: &scratch).map(\.tag))
    }

    @Test func `a text gets all of its tags and no other`() {
        let model = ToyTags.outcome.model
        #expect(answers(model, "please pay me back the invoice") == ["money"])
        #expect(answers(model, "where is the parcel, answer right now") == ["parcel", "urgent"])
        #expect(answers(model, "good morning, see you") == [])
        #expect(answers(model, "") == [])
    }

    @Test func `answers come by confidence, and none below its threshold`() {
        let model = ToyTags.outcome.model
        var scratch = TagModel.Scratch()
        for example in ToyTags.dataset(seed: 9).examples {
            let bytes = example.text.utf8.span
            let answers = model.answer(bytes, scratch: &scratch)
            #expect(answers.map(\.confidence) == answers.map(\.confidence).sorted(by: >))
            let byTag = Dictionary(uniqueKeysWithValues: answers.map { ($0.tag, $0.confidence) })
            for (i, tag) in model.tags.enumerated() {
                let isEnough = scratch.confidences[i] >= model.settings[i].threshold
                #expect(byTag[tag] == (isEnough ? scratch.confidences[i] : nil))
            }
        }
    }

    @Test(arguments: ["", "\n ", "天地"])
    func `a text of which nothing is known has no tag, however frequent one is`(text: String) {
        let model = ToyTags.outcome.model
        var scratch = TagModel.Scratch()
        for text in ["refund the invoice", text] {
            let bytes = text.utf8.span
            model.score(bytes, scratch: &scratch)
        }
        #expect(scratch.confidences == [0, 0, 0])
    }

    @Test func `equal data and seeds give equal bytes`() {
        let bytes = ToyTags.outcome.model.encoded()
        #expect(ToyTags.trained(seed: 1).model.encoded() == bytes)
        #expect(ToyTags.trained(seed: 2).model.encoded() != bytes)
    }

    @Test func `a model survives writing and reading`() throws {
        let bytes = ToyTags.outcome.model.encoded()
        let copy = try TagModel(Memory(copying: bytes.span))
        #expect(copy.tags == ToyTags.tags && copy.settings == ToyTags.outcome.model.settings)
        #expect(copy.encoded() == bytes)
        #expect(throws: ArtifactError.self) {
            let cut = Array(bytes.dropLast())
            return try TagModel(Memory(copying: cut.span))
        }
        #expect(throws: ArtifactError.archive(.notThisKind)) {
            let other = Toy.model.encoded()
            return try TagModel(Memory(copying: other.span))
        }
    }

    @Test func `a good model passes its gate`() {
        let gate = ToyTags.outcome.gate
        #expect(gate.passes && gate.measures.count == 4)
        #expect(gate.measures[0].count.precision > 0.9)
    }

    @Test func `a model of noise does not pass`() {
        let outcome = ToyTags.trained(seed: 1, on: ToyTags.dataset(seed: 1, wrongTags: true))
        #expect(!outcome.gate.passes)
        #expect(outcome.gate.failures.first?.scope == .all)
    }

    @Test func `a validation set with other tags fails the gate`() {
        let wrong = ToyTags.dataset(seed: 5, wrongTags: true)
        let outcome = ToyTags.trained(seed: 1, validation: wrong)
        #expect(outcome.gate.failures.contains { $0.isValidation && $0.scope == .all })
        #expect(outcome.gate.failures.allSatisfy { $0.isValidation })
    }

    @Test func `a slice that falls short fails the gate`() throws {
        // Half of the data is right; the texts that say "xyz" have the tags of others.
        let good = ToyTags.dataset(seed: 1).examples
        let bad = ToyTags.dataset(seed: 2, wrongTags: true).examples.prefix(40).map {
            TaggedExample(text: $0.text + " xyz", tags: $0.tags)
        }
        let file = bad.map { "\"\($0.text)\",bad\n" } + good.map { "\"\($0.text)\",good\n" }
        let slices = try Slices(reading: Array(("text,slice\n" + file.joined()).utf8))
        let outcome = ToyTags.trained(
            seed: 1, precision: 0.7, slices: slices, on: TagDataset(good + bad))
        #expect(outcome.gate.failures.map(\.scope).contains(.slice("bad")))
        #expect(!outcome.gate.failures.map(\.scope).contains(.slice("good")))
    }

    @Test func `a tag of few examples is never answered`() {
        let rare = (0..<9).map { _ in TaggedExample(text: "rare bird", tags: ["urgent"]) }
        let rest = ToyTags.dataset(seed: 1).examples.map {
            TaggedExample(text: $0.text, tags: $0.tags.filter { $0 != "urgent" })
        }
        let outcome = ToyTags.trained(seed: 1, on: TagDataset(rest + rare))
        #expect(!outcome.model.settings[2].isAnswered && outcome.model.settings[0].isAnswered)
        #expect(answers(outcome.model, "rare bird") == [])
        #expect(outcome.gate.passes)
    }

    @Test func `what cannot be learned is refused`() {
        let examples = TagDataset([TaggedExample(text: "a", tags: ["x"])])
        #expect(throws: TagTrainingError.noTags) { try TagTrainer().train(examples, tags: []) }
        #expect(throws: TagTrainingError.repeatedTag) {
            try TagTrainer().train(examples, tags: ["x", "x"])
        }
        #expect(throws: TagTrainingError.noTaggedExample) {
            try TagTrainer().train(examples, tags: ["y"])
        }
    }

    @Test func `equal texts never stand on both sides of a fold`() {
        let texts = (0..<60).map { TaggedExample(text: "t\($0 % 20)", tags: ["a"]) }
        var random = SplitMix64(seed: 1)
        let folds = TagTask(TagDataset(texts), tags: ["a"]).folds(5, using: &random)
        for i in texts.indices { #expect(folds[i] == folds[i % 20]) }
        #expect(Set(folds).count == 5)
    }

    @Test func `only approved tags pass`() {
        let predictions = ["a", "b", "c"].map { TagPrediction(tag: $0, confidence: 0.9) }
        #expect(ApprovedTags(["c", "a", "z"]).only(predictions).map(\.tag) == ["a", "c"])
        #expect(ApprovedTags([]).only(predictions) == [])
    }
}
