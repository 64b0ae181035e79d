import NLU
import Testing

@Suite struct TagEvaluationTests {
    @Test func `counts are those of the answers`() throws {
        let model = ToyTags.outcome.model
        let dataset = ToyTags.dataset(seed: 3, wrongTags: true)
        let extra = TaggedExample(text: "good morning", tags: ["never heard of"])
        let slices = try Slices(reading: Array("text,slice\ngood morning,greetings\n".utf8))
        let all = TagDataset(dataset.examples + [extra])
        let evaluation = TagEvaluation(model, on: all, slices: slices)
        var scratch = TagModel.Scratch()
        var (exact, total) = (0, TagCount())
        var byTag: [String: TagCount] = [:]
        for example in all.examples {
            let bytes = example.text.utf8.span
            let answered = model.answer(bytes, scratch: &scratch).map(\.tag)
            exact += Set(answered) == Set(example.tags) ? 1 : 0
            for tag in model.tags + ["never heard of"] {
                var count = TagCount()
                count.record(
                    isAnswered: answered.contains(tag), isRight: example.tags.contains(tag))
                byTag[tag, default: TagCount()] += count
                total += count
            }
        }
        #expect(evaluation.micro == total && evaluation.exactCount == exact)
        #expect(evaluation.unknown == TagCount(answers: 0, hits: 0, occurrences: 1))
        for row in evaluation.tags { #expect(row.count == byTag[row.name]) }
        #expect(evaluation.slices.map(\.name) == ["greetings"])
        #expect(evaluation.slices[0].count.occurrences >= 1)
    }

    @Test func `measures are what their names say`() {
        let count = TagCount(answers: 4, hits: 3, occurrences: 6)
        #expect(count.precision == 0.75 && count.recall == 0.5 && count.f1 == 0.6)
        #expect(TagCount().precision == 0 && TagCount().recall == 0 && TagCount().f1 == 0)
    }
}
