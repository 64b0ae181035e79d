// What the items of a corpus look like.

internal import JSON

/// The fields of a corpus and their types, which every item is checked against.
///
///     "schema": { "title": { "type": "text", "required": true }, "published": "time", "tags": "texts",
///                 "score": "number", "archived": "boolean", "visibility": ["public", "private"] }
///
/// A type is `text`, `texts` (a list), `number`, `numbers` (a list), `boolean`, `time` (seconds since
/// 1970) or a list of the texts that it can be. A field that is not required may be absent or null. Items
/// may have other fields besides: a product can add some before it says what they are. Where several
/// recommenders share a corpus, an item must be as each of them wants it.
package struct CorpusSchema: Equatable, Sendable {
    package enum FieldType: Equatable, Sendable {
        case text, texts, number, numbers, boolean, time
        case choice([String])
    }

    package struct Field: Equatable, Sendable {
        package let name: String
        package let type: FieldType
        package let isRequired: Bool

        package init(_ name: String, _ type: FieldType, isRequired: Bool = false) {
            self.name = name
            self.type = type
            self.isRequired = isRequired
        }
    }

    package let fields: [Field]

    package init(_ fields: [Field] = []) {
        self.fields = fields
    }

    /// - Throws: the first field that is not as the schema wants it.
    func check(_ item: Item) throws(FieldError) {
        let place = JSONPlace(item.fields, path: "fields")
        for field in fields {
            if let value = place.member(field.name) {
                try value.check(field.type)
            } else if field.isRequired {
                _ = try place.required(field.name)
            }
        }
    }
}

/// The types that have a name of their own.
private enum NamedType: String, CaseIterable {
    case text, texts, number, numbers, boolean, time

    var type: CorpusSchema.FieldType {
        switch self {
        case .text: .text
        case .texts: .texts
        case .number: .number
        case .numbers: .numbers
        case .boolean: .boolean
        case .time: .time
        }
    }
}

extension JSONPlace {
    func corpusSchema() throws(FieldError) -> CorpusSchema {
        var fields: [CorpusSchema.Field] = []
        for (name, place) in try members() {
            guard !fields.contains(where: { $0.name == name }) else {
                throw place.error(.repeatedName(name))
            }
            fields.append(try place.field(name))
        }
        return CorpusSchema(fields)
    }

    private func field(_ name: String) throws(FieldError) -> CorpusSchema.Field {
        guard value.object != nil else { return CorpusSchema.Field(name, try fieldType(of: name)) }
        try check(keys: ["type", "required"])
        return CorpusSchema.Field(
            name, try required("type").fieldType(of: name),
            isRequired: try member("required")?.bool() ?? false)
    }

    private func fieldType(of name: String) throws(FieldError) -> CorpusSchema.FieldType {
        // Those that the stages know have their type from them.
        let known: [String: NamedType] = [
            "title": .text, "text": .text, "tags": .texts, "published": .time,
        ]
        if value.array != nil, known[name] == nil { return .choice(try strings()) }
        let type: NamedType = try choice()
        if let wanted = known[name], type != wanted {
            throw error(.unknownName(type.rawValue, known: [wanted.rawValue]))
        }
        return type.type
    }

    fileprivate func check(_ type: CorpusSchema.FieldType) throws(FieldError) {
        let numbers = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        switch type {
        case .text: _ = try string()
        case .texts: _ = try strings()
        case .number: _ = try number(in: numbers)
        case .numbers: for element in try elements() { _ = try element.number(in: numbers) }
        case .boolean: _ = try bool()
        case .time: _ = try number(in: -1e12...1e12)
        case .choice(let texts):
            let text = try string()
            guard texts.contains(text) else { throw error(.unknownName(text, known: texts)) }
        }
    }
}
