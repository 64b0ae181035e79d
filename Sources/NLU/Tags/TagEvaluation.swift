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

    package init(_ model: TagModel, on dataset: TagDataset, slices named: Slices = Slices()) {
        var tagCounts = [TagCount](repeating: TagCount(), count: model.tags.count)
        var sliceCounts = [TagCount](repeating: TagCount(), count: named.names.count)
        var (unknown, exact) = (TagCount(), 0)
        var scratch = TagModel.Scratch()
        for example in dataset.examples {
            let bytes = example.text.utf8.span
            let answered = Set(model.answer(bytes, scratch: &scratch).map(\.tag))
            if answered == Set(example.tags) { exact += 1 }
            var all = TagCount()
            for (i, tag) in model.tags.enumerated() {
                var count = TagCount()
                let isRight = example.tags.contains(tag)
                count.record(isAnswered: answered.contains(tag), isRight: isRight)
                tagCounts[i] += count
                all += count
                reliability.record(
                    confidence: Double(scratch.confidences[i]), isCorrect: isRight)
            }
            for tag in example.tags where !model.tags.contains(tag) {
                unknown.record(isAnswered: false, isRight: true)
                all.record(isAnswered: false, isRight: true)
            }
            for slice in named.slices(of: example.text) { sliceCounts[slice] += all }
        }
        tags = zip(model.tags, tagCounts).map { Row(name: $0, count: $1) }
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
