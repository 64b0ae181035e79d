// Examples that were labelled later, over those that were there.

extension Dataset {
    /// The examples with the labels of `later` in the place of their own, and with its further texts.
    ///
    /// An example whose text is labelled again keeps its entities. What is known about entities stays.
    package func amended(by later: Dataset) -> Dataset {
        var labels: [String: String] = [:]
        for example in later.examples { labels[example.text] = example.intent }
        let own = Set(examples.map(\.text))
        let amended = examples.map { example in
            Example(
                text: example.text, intent: labels[example.text] ?? example.intent,
                entities: example.entities)
        }
        return Dataset(
            amended + later.examples.filter { !own.contains($0.text) }, knowledge: knowledge)
    }

    /// The examples that `isIncluded` says yes to.
    package func filtered(_ isIncluded: (Example) -> Bool) -> Dataset {
        let places = examples.indices.filter { isIncluded(examples[$0]) }
        return Dataset(
            places.map { examples[$0] }, lines: lines.isEmpty ? [] : places.map { lines[$0] },
            knowledge: knowledge)
    }
}

extension TagDataset {
    /// The examples with the tags of `later` in the place of their own, and with its further texts.
    package func amended(by later: TagDataset) -> TagDataset {
        var tags: [String: [String]] = [:]
        for example in later.examples { tags[example.text] = example.tags }
        let own = Set(examples.map(\.text))
        let amended = examples.map { TaggedExample(text: $0.text, tags: tags[$0.text] ?? $0.tags) }
        return TagDataset(amended + later.examples.filter { !own.contains($0.text) })
    }
}
