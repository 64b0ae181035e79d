// How good a tag model is on texts that it has not seen.

package import Learning

/// The measures of a tag model on a data set, at its thresholds.
package struct TagEvaluation: Sendable {
    /// A tag or a slice with its counts.
    package struct Row: Equatable, Sendable {
        package let name: String
        package let count: TagCount
    }

    /// By the tags of the model.
    package let tags: [Row]
    /// By the slices, all tags together.
    package let slices: [Row]
    package let examples: Int
    /// Texts that were given exactly their tags.
    package let exactCount: Int
    /// Tags of the data that the model does not know; each occurrence counts as missed.
    package let unknown: TagCount
    /// Whether confidences mean what they say: over all pairs of a text and a tag.
    package private(set) var reliability = ReliabilityTable()

    package init(_ model: TagModel, on dataset: TagDataset, slices: Slices = Slices()) {
        var scratch = TagModel.Scratch()
        self.init(tags: model.tags, on: dataset, slices: slices) { text in
            let bytes = text.utf8.span
            let answered = model.answer(bytes, scratch: &scratch).map(\.tag)
            return (Set(answered), scratch.confidences)
        }
    }

    /// Judges answers that were given to the texts of a data set, in its order; a tag that is not in an
    /// answer has the confidence 0.
    package init(
        _ answers: [[TagPrediction]], of tags: [String], on dataset: TagDataset,
        slices: Slices = Slices()
    ) {
        precondition(answers.count == dataset.examples.count)
        var next = answers.makeIterator()
        self.init(tags: tags, on: dataset, slices: slices) { _ in
            let answer = next.next() ?? []
            let confidences = tags.map { tag in
                answer.first { $0.tag == tag }?.confidence ?? 0
            }
            return (Set(answer.map(\.tag)), confidences)
        }
    }

    private init(
        tags known: [String], on dataset: TagDataset, slices named: Slices,
        _ answer: (String) -> (answered: Set<String>, confidences: [Float])
    ) {
        var tagCounts = [TagCount](repeating: TagCount(), count: known.count)
        var sliceCounts = [TagCount](repeating: TagCount(), count: named.names.count)
        var (unknown, exact) = (TagCount(), 0)
        for example in dataset.examples {
            let (answered, confidences) = answer(example.text)
            if answered == Set(example.tags) { exact += 1 }
            var all = TagCount()
            for (i, tag) in known.enumerated() {
                var count = TagCount()
                let isRight = example.tags.contains(tag)
                count.record(isAnswered: answered.contains(tag), isRight: isRight)
                tagCounts[i] += count
                all += count
                reliability.record(
                    confidence: Double(confidences[i]), isCorrect: isRight)
            }
            for tag in example.tags where !known.contains(tag) {
                unknown.record(isAnswered: false, isRight: true)
                all.record(isAnswered: false, isRight: true)
            }
            for slice in named.slices(of: example.text) { sliceCounts[slice] += all }
        }
        tags = zip(known, tagCounts).map { Row(name: $0, count: $1) }
        slices = zip(named.names, sliceCounts).map { Row(name: $0, count: $1) }
        examples = dataset.examples.count
        exactCount = exact
        self.unknown = unknown
    }

    /// All pairs of a text and a tag together.
    package var micro: TagCount {
        tags.reduce(into: unknown) { $0 += $1.count }
    }

    /// The mean of a measure over the tags that occur or are answered; 0 if there is none.
    package func macro(_ measure: (TagCount) -> Double) -> Double {
        let used = tags.filter { $0.count.answers + $0.count.occurrences > 0 }
        return used.reduce(0) { $0 + measure($1.count) } / Double(max(used.count, 1))
    }
}
