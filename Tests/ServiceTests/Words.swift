// Homes with models that answer by one rule.

import JSON
import Testing

extension Folder {
    /// A home whose model `words` says "greeting" to hello.
    static func withWords() throws -> Folder {
        let folder = try Folder()
        try folder.addWords("words")
        return folder
    }

    /// Adds such a model, without tests, and deploys it.
    func addWords(_ model: String, for documents: String = "*") throws {
        _ = try Program.run("create", "model", "-n", model, "--kind", "rules", in: self)
        try write("", to: ".hunch/models/\(model)/tests.jsonl")
        try train(saying: "greeting", to: "hello", model)
        _ = try Program.run(
            "deploy", "model", "-n", model, "--documents", documents, in: self)
    }

    /// Trains a version that says an intent to a phrase; gives its name.
    @discardableResult
    func train(
        saying intent: String, to phrase: String, _ model: String = "words"
    ) throws -> String {
        let rules: JSONValue = [
            "format": 1,
            "rules": [["name": "one", "intent": .string(intent), "phrase": [.string(phrase)]]],
        ]
        try write(rules.description, to: ".hunch/models/\(model)/rules.json")
        let manifest = try Program.run("train", "model", "-n", model, "--json", in: self)
        let version = try JSONValue(parsing: manifest.trimmed)["version"]?.string
        return "\(model)@" + (try #require(version, "\(manifest)"))
    }

    /// The artifact of a version, "name@version".
    func artifact(of reference: String) -> String {
        ".hunch/registry/\(reference.split(separator: "@").joined(separator: "/"))/artifact"
    }
}
