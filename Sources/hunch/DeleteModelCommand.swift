// hunch delete model: one version.

import JSON
import Registry

struct DeleteModelCommand {
    static let command = Command(
        name: "delete", nouns: ["model"], summary: "delete a version that is not deployed",
        help: """
            usage: hunch delete model -n NAME@VERSION [--json] [--home DIR]

            Deletes a version from the registry with its tags and notes; the project that it was trained
            from stays. Refused while an environment serves it. `hunch gc` deletes all that nobody needs.

              -n NAME@VERSION   the version, or NAME@TAG
              --json            print the outcome as one object
              --home DIR        where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try DeleteModelCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "delete")
        home = try Home(&arguments)
        model = try arguments.version()
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        let reference = try self.reference()
        let bytes = try home.registry.diskBytes(of: reference)
        try home.registry.delete(reference)
        Output.result(
            ["model": .string(reference.description), "bytes": .number(Double(bytes))],
            isJSON: isJSON, "deleted \(reference), \(Figure.count(bytes)) bytes")
    }

    /// The version that is named; by its whole name also one whose files cannot be read any more.
    private func reference() throws -> ModelReference {
        do {
            return try home.registry.resolve(model).reference
        } catch {
            guard let reference = try? ModelReference(parsing: model), isVersion(reference.version)
            else { throw error }
            return reference
        }
    }
}

extension Arguments {
    /// Takes `-n NAME@VERSION`, where the version must be said.
    mutating func version() throws(UsageError) -> String {
        let model = try required("-n", "--name")
        guard model.contains("@") else {
            throw error("say which version: \(model)@VERSION (hunch list versions -n \(model))")
        }
        return model
    }
}
