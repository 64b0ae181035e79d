import JSON

/// The part of JSON Schema that `protocols/schema` uses, without regular expressions.
///
/// Stricter than JSON Schema in one thing: a member that the schema does not name is a problem, if it is
/// not allowed by `additionalProperties: true`.
struct Schema {
    private let files: [String: JSONValue]

    init(types: JSONValue, client: JSONValue, server: JSONValue) {
        files = ["types.json": types, "client.json": client, "server.json": server]
    }

    /// The names of the messages of one side.
    func messages(of file: String) -> [String] {
        files[file]?["$defs"]?.object?.map(\.key) ?? []
    }

    /// What is wrong with a message, as paths and reasons.
    ///
    /// If `partial`, the message is a pattern: it may lack members, and strings that begin with "$"
    /// stand for anything.
    func problems(with message: JSONValue, in file: String, partial: Bool = false) -> [String] {
        guard let type = message["type"]?.string, let schema = files[file]?["$defs"]?[type] else {
            return ["no message \(message)"]
        }
        var check = Check(schema: self, partial: partial)
        check.value(message, schema, in: file, at: type)
        return check.problems
    }

    fileprivate func resolve(_ reference: String, in file: String) -> (JSONValue, String)? {
        let parts = reference.split(separator: "#", omittingEmptySubsequences: false).map(
            String.init)
        let target = parts[0].isEmpty ? file : parts[0]
        let name = parts[1].replacing("/$defs/", with: "")
        return files[target]?["$defs"]?[name].map { ($0, target) }
    }
}

private struct Check {
    let schema: Schema
    let partial: Bool
    var problems: [String] = []

    mutating func value(
        _ value: JSONValue, _ rule: JSONValue, in file: String, at path: String
    ) {
        if partial, value.string?.hasPrefix("$") == true { return }
        if let reference = rule["$ref"]?.string {
            guard let (target, file) = schema.resolve(reference, in: file) else {
                return problems.append("\(path): \(reference) leads nowhere")
            }
            return self.value(value, target, in: file, at: path)
        }
        if let type = rule["type"]?.string, !Self.isOf(type, value) {
            return problems.append("\(path): not of type \(type)")
        }
        if let constant = rule["const"], constant != value {
            problems.append("\(path): not \(constant)")
        }
        if let minimum = rule["minimum"]?.double, let number = value.double, number < minimum {
            problems.append("\(path): less than \(minimum)")
        }
        if let length = rule["maxLength"]?.int, let text = value.string,
            text.unicodeScalars.count > length
        {
            problems.append("\(path): longer than \(length)")
        }
        if let minimum = rule["minLength"]?.int, let text = value.string, text.count < minimum {
            problems.append("\(path): shorter than \(minimum)")
        }
        if let rule = rule["items"], let elements = value.array {
            for (i, element) in elements.enumerated() {
                self.value(element, rule, in: file, at: "\(path)[\(i)]")
            }
        }
        if let members = value.object { self.members(members, of: value, rule, in: file, at: path) }
        alternatives(value, rule, in: file, at: path)
    }

    private mutating func members(
        _ members: [(key: String, value: JSONValue)], of value: JSONValue, _ rule: JSONValue,
        in file: String, at path: String
    ) {
        guard let properties = rule["properties"] else { return }
        for member in members {
            if let rule = properties[member.key] {
                self.value(member.value, rule, in: file, at: "\(path).\(member.key)")
            } else if rule["additionalProperties"] != true {
                problems.append("\(path).\(member.key): not in the schema")
            }
        }
        guard !partial else { return }
        for name in rule["required"]?.array ?? [] where value[name.string ?? ""] == nil {
            problems.append("\(path): lacks \(name)")
        }
        for (name, others) in rule["dependentRequired"]?.object ?? [] where value[name] != nil {
            for other in others.array ?? [] where value[other.string ?? ""] == nil {
                problems.append("\(path): \(name) needs \(other)")
            }
        }
    }

    private mutating func alternatives(
        _ value: JSONValue, _ rule: JSONValue, in file: String, at path: String
    ) {
        for case let rule in rule["allOf"]?.array ?? [] {
            guard let condition = rule["if"]?["properties"]?.object,
                condition.allSatisfy({ value[$0.key] == $0.value["const"] })
            else { continue }
            if let results = rule["then"]?["properties"]?["results"], let entries = value["results"]
            {
                self.value(entries, results, in: file, at: "\(path).results")
            }
        }
        for (name, atMost) in [("anyOf", Int.max), ("oneOf", 1)] {
            guard let rules = rule[name]?.array else { continue }
            let matches = rules.count { fits(value, $0, in: file) }
            if !(1...atMost ~= matches) && !(partial && value.object != nil) {
                problems.append("\(path): fits \(matches) of \(name)")
            }
        }
    }

    private func fits(_ value: JSONValue, _ rule: JSONValue, in file: String) -> Bool {
        if let required = rule["required"]?.array, rule["properties"] == nil {
            return required.allSatisfy { value[$0.string ?? ""] != nil }
        }
        var check = Check(schema: schema, partial: partial)
        check.value(value, rule, in: file, at: "")
        return check.problems.isEmpty
    }

    private static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        switch type {
        case "string": value.string != nil
        case "number": value.double != nil
        case "integer": value.int != nil
        case "boolean": value.bool != nil
        case "array": value.array != nil
        case "object": value.object != nil
        default: false
        }
    }
}
