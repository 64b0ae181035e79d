// hunch delete env: an environment with all that was written in it.

import JSON
import Journal
import Registry

struct DeleteEnvironmentCommand {
    static let command = Command(
        name: "delete", nouns: ["env"], summary: "delete an environment that no server serves",
        help: """
            usage: hunch delete env -n NAME [--json] [--home DIR]

            Deletes environments/NAME: its documents, its log, its keys and its history. Refused while a
            server runs on it, and while "protected" stands in its environment.json.

              -n NAME      the environment
              --json       print the outcome as one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try DeleteEnvironmentCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "delete")
        home = try Home(&arguments)
        name = try arguments.modelName()
        isJSON = arguments.flag("--json")
        try arguments.noun("env")
        try arguments.end()
    }

    func run() throws {
        // Unknown ones are named before a lock is made in their place.
        guard try home.registry.environments().contains(name) else {
            throw RegistryError.unknownEnvironment(name)
        }
        let lock = try lock()
        try home.registry.deleteEnvironment(name)
        withExtendedLifetime(lock) {}
        Output.result(
            ["env": .string(name)], isJSON: isJSON, "deleted the environment '\(name)'")
    }

    private func lock() throws -> LockFile {
        let path = try home.registry.journalPath(name)
        do throws(JournalError) {
            return try LockFile(for: path)
        } catch {
            guard case .locked(_, let process) = error else { throw error }
            let number = process.map { " (process \($0))" } ?? ""
            throw Failure("a server runs for '\(name)'\(number): stop it first")
        }
    }
}
