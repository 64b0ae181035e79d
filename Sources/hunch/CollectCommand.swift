// hunch gc: versions that nobody needs.

import JSON
import Reactor
import Registry

struct CollectCommand {
    static let command = Command(
        name: "gc", summary: "delete the versions that nobody needs",
        help: """
            usage: hunch gc [--keep 3] [--dry-run] [--json] [--home DIR]

            Deletes versions, but never one that an environment serves or would be rolled back to, one
            with a tag, or one of the newest of its model. The unpacked files of programs whose version is gone
            go too, unless programs run there, and what a crash has left half written, when a day has passed.
            What cannot be deleted is named, and the rest is deleted all the same. While the environment.json
            of any environment cannot be read, nothing is deleted: what it serves is not known.

              --keep N     how many of the newest versions of each model stay (default: 3)
              --dry-run    say what would be deleted, and delete nothing
              --json       one JSON object a version or program
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try CollectCommand(arguments: $0).run() }

    private let home: Home
    private let kept: Int
    private let isDry: Bool
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "gc")
        home = try Home(&arguments)
        kept = try arguments.integer("--keep", in: 0...Int.max) ?? 3
        isDry = arguments.flag("--dry-run")
        isJSON = arguments.flag("--json")
        try arguments.end()
    }

    func run() throws {
        try checkEnvironments()
        let versions = try deleteVersions()
        let programs = try deletePrograms()
        let (count, total) = (versions.count, versions.bytes + programs.bytes)
        var failures = versions.failures + programs.failures
        if !isDry { failures += try deleteLeftovers() }
        if !isJSON {
            let verb = isDry ? "would be deleted" : "deleted"
            Output.line("\(count) versions \(verb), \(Figure.count(total)) bytes")
        }
        guard failures == 0 else { throw Failure("\(failures) could not be deleted") }
    }

    /// Refuses to go on while it is not known what an environment serves.
    private func checkEnvironments() throws {
        for name in try home.registry.environments() {
            do throws(RegistryError) {
                _ = try home.registry.environment(name)
            } catch {
                throw Failure(
                    "nothing is deleted, as what the environment '\(name)' serves is not known: \(error)"
                )
            }
        }
    }

    /// Deletes the versions that nobody needs; gives how many they were, their bytes, and how many could not be
    /// deleted.
    private func deleteVersions() throws -> (count: Int, bytes: Int, failures: Int) {
        var (count, total, failures) = (0, 0, 0)
        for reference in try home.registry.unused(keeping: kept).map(\.reference) {
            do throws(RegistryError) {
                let bytes = try home.registry.diskBytes(of: reference)
                if !isDry { try home.registry.delete(reference) }
                (count, total) = (count + 1, total + bytes)
                let row: JSONValue = [
                    "model": .string(reference.description), "bytes": .number(Double(bytes)),
                    "deleted": .boolean(!isDry),
                ]
                Output.line(
                    isJSON ? row.description : "\(reference)  \(Figure.count(bytes)) bytes")
            } catch {
                Output.error("\(reference) stays: \(error)")
                failures += 1
            }
        }
        return (count, total, failures)
    }

    /// Deletes the folders of programs whose version is gone; gives their bytes, and how many could not be deleted.
    private func deletePrograms() throws -> (bytes: Int, failures: Int) {
        var total = 0
        var failures = 0
        for path in try home.registry.strayPrograms() {
            do {
                let bytes = try FileSystem.diskBytes(of: path)
                guard try delete(program: path) else {
                    Output.error("\(path) stays, as programs run there")
                    continue
                }
                total += bytes
                let row: JSONValue = [
                    "program": .string(path), "bytes": .number(Double(bytes)),
                    "deleted": .boolean(!isDry),
                ]
                Output.line(isJSON ? row.description : "\(path)  \(Figure.count(bytes)) bytes")
            } catch {
                failures += 1
                Output.error("\(path) is not deleted: \(error)")
            }
        }
        return (total, failures)
    }

    /// Gives false where programs run in the folder.
    private func delete(program path: String) throws(RegistryError) -> Bool {
        try FileSystem.whileFree(path) { () throws(RegistryError) in
            if !isDry { try FileSystem.removeAtOnce(folder: path) }
        }
    }

    /// Gives how many could not be deleted.
    private func deleteLeftovers() throws -> Int {
        var failures = 0
        for path in try home.registry.leftovers(at: Int(wallClockMicroseconds())) {
            do {
                try FileSystem.remove(path)
            } catch {
                failures += 1
                Output.error("\(path) is not deleted: \(error)")
            }
        }
        return failures
    }
}
