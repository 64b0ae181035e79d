// From what an author lists and annotates to a recogniser.

/// Makes recognisers; equal definitions and examples give equal bytes.
package struct EntityTrainer: Sendable {
    package let settings: TaggerTrainer.Settings

    package init(settings: TaggerTrainer.Settings = TaggerTrainer.Settings()) {
        self.settings = settings
    }

    /// Makes a recogniser of lists, of expressions, of patterns, of what a data set knows beside its examples, and
    /// of a tagger where examples are annotated; nil where there is none of all this.
    ///
    /// Annotations also say what words stand for: a value that differs from its words is a synonym.
    /// Words that two examples have are not taken for misspelled ones.
    package func train(
        _ dataset: Dataset, lists: [EntityList] = [], expressions: EntityExpressions? = nil,
        patterns: [EntityPattern] = [],
        progress: (TaggerTrainer.Progress) -> Void = { _ in }
    ) -> EntityRecogniser? {
        let known = lists + Self.lists(of: dataset.knowledge)
        let values = Self.values(of: dataset)
        var compiled = EntityLists(known + values)
        compiled.learnFamiliar(dataset.examples.lazy.map(\.text))
        let base = EntityRecogniser(lists: compiled, expressions: expressions, patterns: patterns)
        let isAnnotated = dataset.examples.contains { !$0.entities.isEmpty }
        let tagger =
            isAnnotated
            ? TaggerTrainer(settings: settings)
                .train(dataset.examples, for: base, progress: progress) : nil
        guard tagger != nil || expressions != nil || !patterns.isEmpty || !known.isEmpty else {
            return nil
        }
        return EntityRecogniser(
            lists: compiled, expressions: expressions, patterns: patterns, tagger: tagger)
    }

    /// The lists of a file of examples; all of one type together.
    private static func lists(of knowledge: EntityKnowledge) -> [EntityList] {
        grouped(knowledge.lists.flatMap { entry in entry.strings.map { (entry.name, $0, nil) } })
            .map { EntityList(type: $0.type, values: $0.values) }
    }

    /// What words stand for: by annotation of a type, and by the file for all types.
    private static func values(of dataset: Dataset) -> [EntityList] {
        let annotated = dataset.examples.flatMap { example in
            example.entities.compactMap { entity -> (String, String, String?)? in
                guard let value = entity.value, let words = entity.stretch(of: example.text),
                    words != value
                else { return nil }
                return (entity.type, value, String(words))
            }
        }
        let general = dataset.knowledge.synonyms.flatMap { entry in
            entry.strings.map { ("", entry.name, $0) }
        }
        return grouped(annotated + general)
            .map { EntityList(type: $0.type, values: $0.values, isSearched: false) }
    }

    /// Collects values by type and synonyms by value, in the order in which they come.
    private static func grouped(
        _ rows: [(type: String, value: String, synonym: String?)]
    ) -> [(type: String, values: [EntityList.Value])] {
        var types: [String] = []
        var order: [String: [String]] = [:]
        var synonyms: [String: [String: [String]]] = [:]
        for row in rows {
            if order[row.type] == nil { types.append(row.type) }
            if synonyms[row.type, default: [:]][row.value] == nil {
                order[row.type, default: []].append(row.value)
                synonyms[row.type, default: [:]][row.value] = []
            }
            guard let synonym = row.synonym else { continue }
            let isNew = synonyms[row.type]?[row.value]?.contains(synonym) == false
            if isNew { synonyms[row.type]?[row.value]?.append(synonym) }
        }
        return types.map { type in
            let values = (order[type] ?? []).map { name in
                EntityList.Value(name, synonyms: synonyms[type]?[name] ?? [])
            }
            return (type, values)
        }
    }
}
