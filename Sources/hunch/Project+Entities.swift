// The entities of a project: what its author lists, wants by pattern and annotates.

import JSON
import NLU
import Registry

extension Project {
    /// The recogniser of what model.json says and `examples` mark; nil where that is nothing.
    ///
    ///     "entities": {
    ///         "city": {"values": {"New York": ["NYC", "big apple"], "Berlin": []}, "fuzzy": true},
    ///         "team": {"file": "teams.csv"}
    ///     },
    ///     "patterns": ["number", "date"]
    ///
    /// `values` is an object of values with their synonyms, or an array of values; `fuzzy` is true
    /// unless it is said not to be. A file has a value and its synonyms in each line, parted by
    /// commas. All patterns are in use where `entities` stands without `patterns`.
    func entityRecogniser(
        _ examples: Dataset, seed: UInt64, report: (String) -> Void
    ) throws -> EntityRecogniser? {
        let lists = try entityLists()
        let patterns = try entityPatterns()
        var settings = TaggerTrainer.Settings()
        settings.seed = seed
        let trainer = EntityTrainer(settings: settings)
        let recogniser = trainer.train(examples, lists: lists, patterns: patterns) { progress in
            report(
                "entities, pass \(progress.pass) of \(progress.passes): loss \(rounded(progress.loss))"
            )
        }
        if !examples.knowledge.patterns.isEmpty {
            report("entities: regular expressions in the data are not used")
        }
        return recogniser
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
        return try members.map { type, list in
            guard !type.isEmpty, list.object != nil else {
                throw Failure("\(name): the entity '\(type)' must be an object")
            }
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
                    + "of arrays of strings, or a \"file\"")
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
