// Lists, expressions, patterns and tagger as parts of an artifact.

import JSON
import Numerics

extension EntityRecogniser {
    /// Opens a recogniser's sections; nil in an archive without one.
    init?(in archive: Archive) throws(ArtifactError) {
        guard archive.has("entities") else { return nil }
        let bytes = try archive.section("entities", of: UInt8.self).elements
        guard let definition = try? JSONValue(parsing: bytes),
            let names = definition["patterns"]?.array, let lists = definition["lists"]?.array
        else { throw .badSection("entities") }
        let patterns = names.compactMap { $0.string.flatMap(EntityPattern.init) }
        guard patterns.count == names.count else { throw .badSection("entities") }
        let expressions = (definition["expressions"]?.array ?? []).compactMap {
            EntityExpression(stored: $0)
        }
        guard expressions.count == definition["expressions"]?.array?.count ?? 0,
            let compiled = try? EntityExpressions(expressions)
        else { throw .badSection("entities") }
        self.init(
            lists: try EntityLists(in: archive, lists),
            expressions: expressions.isEmpty ? nil : compiled, patterns: patterns,
            tagger: try EntityTagger(in: archive))
    }

    /// Adds the sections that `init(in:)` opens.
    func write(to writer: inout ArchiveWriter) {
        var definition: [(key: String, value: JSONValue)] = [
            ("patterns", .array(patterns.map { .string($0.rawValue) })),
            ("lists", .array(lists.kinds.map(\.stored))),
        ]
        if let expressions {
            definition.append(("expressions", .array(expressions.expressions.map(\.stored))))
        }
        writer.add("entities", JSONValue.object(definition).serialized())
        writer.add("entity familiar", lists.familiar)
        if !lists.kinds.isEmpty { lists.write(to: &writer) }
        tagger?.write(to: &writer)
    }
}

extension EntityExpression {
    fileprivate var stored: JSONValue { ["type": .string(type), "pattern": .string(pattern)] }

    fileprivate init?(stored: JSONValue) {
        guard let type = stored["type"]?.string, let pattern = stored["pattern"]?.string else {
            return nil
        }
        self.init(type: type, pattern: pattern)
    }
}

extension EntityLists {
    /// Opens compiled lists; an artifact of before has their values in `definition` instead.
    fileprivate init(in archive: Archive, _ definition: [JSONValue]) throws(ArtifactError) {
        let familiar = try archive.section("entity familiar", of: UInt64.self).elements
        if archive.has("list words") {
            let kinds = definition.compactMap(ListedNames.Kind.init(stored:))
            guard kinds.count == definition.count else { throw .badSection("entities") }
            try self.init(in: archive, kinds, familiar: familiar)
        } else {
            let lists = definition.compactMap(EntityList.init(stored:))
            guard lists.count == definition.count else { throw .badSection("entities") }
            self.init(lists, familiar: familiar)
        }
    }
}

extension ListedNames.Kind {
    fileprivate var stored: JSONValue {
        [
            "type": .string(type), "fuzzy": .boolean(isFuzzy), "searched": .boolean(isSearched),
            "count": .number(Double(count)),
        ]
    }

    fileprivate init?(stored: JSONValue) {
        guard let type = stored["type"]?.string, let isFuzzy = stored["fuzzy"]?.bool,
            let isSearched = stored["searched"]?.bool, let count = stored["count"]?.int
        else { return nil }
        self.init(type: type, isFuzzy: isFuzzy, isSearched: isSearched, count: count)
    }
}

extension EntityList {
    fileprivate init?(stored: JSONValue) {
        guard let type = stored["type"]?.string, let isFuzzy = stored["fuzzy"]?.bool,
            let isSearched = stored["searched"]?.bool, let rows = stored["values"]?.array
        else { return nil }
        var values: [Value] = []
        for row in rows {
            let strings = (row.array ?? []).compactMap(\.string)
            guard let name = strings.first, strings.count == row.array?.count else { return nil }
            values.append(Value(name, synonyms: Array(strings.dropFirst())))
        }
        self.init(type: type, values: values, isFuzzy: isFuzzy, isSearched: isSearched)
    }
}
