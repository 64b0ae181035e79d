// Examples in Rasa's YAML form.

extension ExampleList {
    /// Sections of a Rasa project that say nothing about examples.
    private static let otherSections: Set<String> = [
        "version", "stories", "rules", "responses", "intents", "entities", "slots", "forms",
        "actions", "session_config", "e2e_actions", "config", "recipe", "language", "pipeline",
        "policies", "assistant_id",
    ]

    /// Reads the list `nlu:`; other sections of a Rasa project are passed over.
    init(rasaYAML bytes: ArraySlice<UInt8>) throws(DatasetError) {
        self.init()
        var reader = try YAMLReader(bytes)
        let sections = try reader.document(keys: ["nlu"], passingOver: Self.otherSections)
        for section in sections {
            guard let items = section.value.items else {
                if section.value.content == .empty { continue }
                throw DatasetError(
                    line: section.value.line, reason: .expected("a list of “- intent: …”"))
            }
            for item in items { try append(rasa: item) }
        }
    }

    private mutating func append(rasa item: YAML) throws(DatasetError) {
        guard let members = item.members, let head = members.first else {
            throw DatasetError(line: item.line, reason: .expected("“intent: …” with “examples:”"))
        }
        var kind: YAML.Member?
        var examples: YAML?
        for member in members {
            switch member.key {
            case "intent", "synonym", "lookup", "regex":
                guard kind == nil else {
                    throw DatasetError(line: member.line, reason: .unknownMember(member.key))
                }
                kind = member
            case "examples": examples = member.value
            case "metadata", "use_entities": break
            default: throw DatasetError(line: member.line, reason: .unknownMember(member.key))
            }
        }
        guard let kind, let name = kind.value.string, !name.isEmpty else {
            throw DatasetError(line: head.line, reason: .missingMember("intent"))
        }
        guard let examples else {
            throw DatasetError(line: head.line, reason: .expected("“examples:” of “\(name)”"))
        }
        try take(try Self.texts(examples), of: kind.key, name, line: kind.line)
    }

    private mutating func take(
        _ texts: [(text: String, line: Int)], of kind: String, _ name: String, line: Int
    ) throws(DatasetError) {
        let entry = EntityKnowledge.Entry(name: name, strings: texts.map(\.text), line: line)
        switch kind {
        case "synonym": knowledge.synonyms.append(entry)
        case "lookup": knowledge.lists.append(entry)
        case "regex": knowledge.patterns.append(entry)
        default:
            for (text, line) in texts { try append(annotated: text, intent: name, line: line) }
        }
    }

    /// The examples of a block of `- …` lines, or of a list of texts or of mappings with `text`.
    private static func texts(
        _ examples: YAML
    ) throws(DatasetError) -> [(text: String, line: Int)] {
        var texts: [(text: String, line: Int)] = []
        switch examples.content {
        case .lines(let lines):
            for (i, line) in lines.enumerated() where !line.trimmed.isEmpty {
                guard line == "-" || line.hasPrefix("- ") else {
                    throw DatasetError(
                        line: examples.line + i, reason: .expected("“- ” and an example"))
                }
                texts.append((String(line.dropFirst().trimmed), examples.line + i))
            }
        case .sequence(let items):
            for item in items {
                let value = item.members?.first { $0.key == "text" }?.value ?? item
                guard let text = value.string else {
                    throw DatasetError(line: item.line, reason: .missingMember("text"))
                }
                texts.append((String(text.trimmed), value.line))
            }
        case .empty: break
        case .scalar, .mapping:
            throw DatasetError(
                line: examples.line, reason: .expected("“|” and lines of “- …”, or a list"))
        }
        return texts
    }
}
