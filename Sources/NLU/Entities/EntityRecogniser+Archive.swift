// Lists, expressions, patterns and tagger as parts of an artifact.

import JSON
import Numerics

extension EntityRecogniser {
    /// Opens a recogniser's sections; nil in an archive without one.
    ///
    /// The lists are kept as text and compiled here: 1,000 values in a few milliseconds.
    init?(in archive: Archive) throws(ArtifactError) {
        guard archive.has("entities") else { return nil }
        let bytes = try archive.section("entities", of: UInt8.self).elements
        guard let definition = try? JSONValue(parsing: bytes),
            let names = definition["patterns"]?.array, let lists = definition["lists"]?.array
        else { throw .badSection("entities") }
        let patterns = names.compactMap { $0.string.flatMap(EntityPattern.init) }
        let parsed = lists.compactMap(EntityList.init(stored:))
        guard patterns.count == names.count, parsed.count == lists.count else {
            throw .badSection("entities")
        }
        let expressions = (definition["expressions"]?.array ?? []).compactMap {
            EntityExpression(stored: $0)
        }
        guard expressions.count == definition["expressions"]?.array?.count ?? 0,
            let compiled = try? EntityExpressions(expressions)
        else { throw .badSection("entities") }
        let familiar = try archive.section("entity familiar", of: UInt64.self).elements
        self.init(
            lists: EntityLists(parsed, familiar: familiar),
            expressions: expressions.isEmpty ? nil : compiled, patterns: patterns,
            tagger: try EntityTagger(in: archive))
    }

    /// Adds the sections that `init(in:)` opens.
    func write(to writer: inout ArchiveWriter) {
        var definition: [(key: String, value: JSONValue)] = [
            ("patterns", .array(patterns.map { .string($0.rawValue) })),
            ("lists", .array(lists.lists.map(\.stored))),
        ]
        if let expressions {
            definition.append(("expressions", .array(expressions.expressions.map(\.stored))))
        }
        writer.add("entities", JSONValue.object(definition).serialized())
        writer.add("entity familiar", lists.familiar)
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

extension EntityList {
    fileprivate var stored: JSONValue {
        let values = values.map { value in
            JSONValue.array(([value.name] + value.synonyms).map { .string($0) })
        }
        return [
            "type": .string(type), "fuzzy": .boolean(isFuzzy), "searched": .boolean(isSearched),
            "values": .array(values),
        ]
    }

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
