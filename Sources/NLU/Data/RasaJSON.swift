// Examples in Rasa's JSON form.

import JSON

extension ExampleList {
    /// Takes the lists of `rasa_nlu_data`.
    mutating func append(rasa lists: [JSONDocument.List]) throws(DatasetError) {
        for list in lists {
            for item in list.items {
                switch list.name {
                case "common_examples": try append(rasaExample: item)
                case "entity_synonyms":
                    knowledge.synonyms.append(try item.entry(name: "value", strings: "synonyms"))
                case "lookup_tables":
                    knowledge.lists.append(try item.entry(name: "name", strings: "elements"))
                case "regex_features":
                    knowledge.patterns.append(try item.entry(name: "name", strings: "pattern"))
                default: break
                }
            }
        }
    }

    private mutating func append(rasaExample item: JSONDocument.Item) throws(DatasetError) {
        let text = try item.value.text("text", item.line)
        var entities: [EntitySpan] = []
        for mark in item.value["entities"]?.array ?? [] {
            entities.append(try item.entity(mark, in: text))
        }
        entities.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (a, b) in zip(entities, entities.dropFirst())
        where a.range.upperBound > b.range.lowerBound {
            throw DatasetError(
                line: item.line, reason: .expected("entities that do not overlap"))
        }
        try append(
            text: text, intent: try item.value.text("intent", item.line), entities: entities,
            line: item.line)
    }
}

extension JSONDocument.Item {
    /// Rasa counts Unicode scalars, as Python does.
    fileprivate func entity(
        _ mark: JSONValue, in text: String
    ) throws(DatasetError) -> EntitySpan {
        let type = try mark.text("entity", line)
        let scalars = text.unicodeScalars
        guard let start = mark["start"]?.int, let end = mark["end"]?.int, start >= 0,
            start < end, end <= scalars.count
        else {
            throw DatasetError(
                line: line, reason: .expected("“start” and “end” of an entity within the text"))
        }
        let first = scalars.index(scalars.startIndex, offsetBy: start)
        let last = scalars.index(first, offsetBy: end - start)
        let before = text.utf16.distance(from: text.startIndex, to: first)
        let length = text.utf16.distance(from: first, to: last)
        let value = mark["value"]?.string
        return EntitySpan(
            range: before..<before + length, type: type,
            value: value == String(text[first..<last]) ? nil : value)
    }

    /// A name with a string or a list of them.
    fileprivate func entry(
        name: String, strings: String
    ) throws(DatasetError) -> EntityKnowledge.Entry {
        let list = value[strings]
        guard let found = list?.string.map({ [$0] }) ?? list?.array?.compactMap(\.string) else {
            throw DatasetError(line: line, reason: .expected("a list “\(strings)”"))
        }
        return EntityKnowledge.Entry(
            name: try value.text(name, line), strings: found, line: line)
    }
}
