// The entities of a project: what its author lists, wants by pattern and annotates.

import JSON
import NLU
import Registry

extension Project {
    /// The recogniser of what model.json says and `examples` mark; nil where that is nothing.
    ///
    ///     "entities": {
    ///         "city": {"values": {"New York": ["NYC", "big apple"], "Berlin": []}, "fuzzy": true},
    ///         "team": {"file": "teams.csv"},
    ///         "order": {"pattern": "[a-z]{2}-\\d{4}"}
    ///     },
    ///     "patterns": ["number", "date"]
    ///
    /// `values` is an object of values with their synonyms, or an array of values; `fuzzy` is true
    /// unless it is said not to be. A file has a value and its synonyms in each line, parted by
    /// commas. A `pattern`, or an array of them, is in the language of rules; an entity may have values as
    /// well. Expressions of the data file count where examples mark their entity. All patterns are in use where `entities` stands without `patterns`.
    func entityRecogniser(
        _ examples: Dataset, seed: UInt64, report: (String) -> Void
    ) throws -> EntityRecogniser? {
        let lists = try entityLists()
        let patterns = try entityPatterns()
        let expressions = try entityExpressions(examples, report: report)
        var settings = TaggerTrainer.Settings()
        settings.seed = seed
        let trainer = EntityTrainer(settings: settings)
        return trainer.train(
            examples, lists: lists, expressions: expressions, patterns: patterns
        ) { progress in
            report(
                "entities, pass \(progress.pass) of \(progress.passes): loss \(rounded(progress.loss))"
            )
        }
    }

    /// What model.json and the data describe by patterns; nil where that is nothing.
    private func entityExpressions(
        _ examples: Dataset, report: (String) -> Void
    ) throws -> EntityExpressions? {
        var expressions = try ownExpressions()
        let marked = Set(examples.examples.flatMap { $0.entities.map(\.type) })
        for entry in examples.knowledge.patterns where marked.contains(entry.name) {
            for pattern in entry.strings {
                let expression = EntityExpression(type: entry.name, pattern: pattern)
                do {
                    _ = try EntityExpressions([expression])
                    expressions.append(expression)
                } catch {
                    report("line \(entry.line): not used: \(error)")
                }
            }
        }
        guard !expressions.isEmpty else { return nil }
        do { return try EntityExpressions(expressions) } catch {
            throw Failure("\(name): \(error)")
        }
    }

    private func ownExpressions() throws -> [EntityExpression] {
        try (definition["entities"]?.object ?? []).flatMap { type, list in
            guard let value = list["pattern"] else { return [EntityExpression]() }
            let patterns = value.string.map { [$0] } ?? value.array?.compactMap(\.string) ?? []
            guard !patterns.isEmpty, patterns.count == value.array?.count ?? 1 else {
                throw Failure(
                    "\(name): the \"pattern\" of the entity '\(type)' must be a string or an array of them"
                )
            }
            return patterns.map { EntityExpression(type: type, pattern: $0) }
        }
    }

    private func entityPatterns() throws -> [EntityPattern] {
        guard let value = definition["patterns"] else {
            return definition["entities"] == nil ? [] : EntityPattern.allCases
        }
        guard let names = value.array else {
            throw Failure("\(name): \"patterns\" in model.json must be an array of names")
        }
        return try names.map { value in
            guard let pattern = value.string.flatMap(EntityPattern.init) else {
                let known = EntityPattern.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure("\(name): \(value) is no pattern; there are \(known)")
            }
            return pattern
        }
    }

    private func entityLists() throws -> [EntityList] {
        guard let value = definition["entities"] else { return [] }
        guard let members = value.object else {
            throw Failure("\(name): \"entities\" in model.json must be an object by type")
        }
        return try members.compactMap { type, list in
            guard !type.isEmpty, list.object != nil else {
                throw Failure("\(name): the entity '\(type)' must be an object")
            }
            let isOnlyPattern = list["values"] == nil && list["file"] == nil
            if list["pattern"] != nil, isOnlyPattern { return nil }
            let values = try entityValues(list, type)
            return EntityList(type: type, values: values, isFuzzy: list["fuzzy"]?.bool ?? true)
        }
    }

    private func entityValues(_ list: JSONValue, _ type: String) throws -> [EntityList.Value] {
        let isSynonyms: (JSONValue) -> Bool = { $0.array?.allSatisfy { $0.string != nil } == true }
        if let path = list["file"]?.string {
            let rows = try Self.rows(FileSystem.read(file(path)))
            return rows.map { EntityList.Value($0[0], synonyms: Array($0.dropFirst())) }
        }
        if let values = list["values"]?.object, values.allSatisfy({ isSynonyms($0.value) }) {
            return values.map { name, synonyms in
                EntityList.Value(name, synonyms: (synonyms.array ?? []).compactMap(\.string))
            }
        }
        guard let values = list["values"], isSynonyms(values) else {
            throw Failure(
                "\(name): the entity '\(type)' needs \"values\", an array of strings or an object "
                    + "of arrays of strings, a \"file\" or a \"pattern\"")
        }
        return (values.array ?? []).compactMap(\.string).map { EntityList.Value($0) }
    }

    /// The fields of lines, without white space at their ends; none of them is empty.
    private static func rows(_ bytes: [UInt8]) -> [[String]] {
        bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") })
            .map { line in
                line.split(separator: UInt8(ascii: ",")).map(trimmed).filter { !$0.isEmpty }
            }
            .filter { !$0.isEmpty }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let isInk: (UInt8) -> Bool = { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
        guard let first = bytes.firstIndex(where: isInk), let last = bytes.lastIndex(where: isInk)
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
