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
            go too, and what a crash has left half written, when a day has passed.

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
        var (count, total) = (0, 0)
        for manifest in try home.registry.unused(keeping: kept) {
            let reference = manifest.reference
            let bytes = try home.registry.diskBytes(of: reference)
            if !isDry { try home.registry.delete(reference) }
            (count, total) = (count + 1, total + bytes)
            let row: JSONValue = [
                "model": .string(reference.description), "bytes": .number(Double(bytes)),
                "deleted": .boolean(!isDry),
            ]
            Output.line(isJSON ? row.description : "\(reference)  \(Figure.count(bytes)) bytes")
        }
        for path in try home.registry.strayPrograms() {
            let bytes = try FileSystem.diskBytes(of: path)
            if !isDry { try FileSystem.removeAtOnce(folder: path) }
            total += bytes
            let row: JSONValue = [
                "program": .string(path), "bytes": .number(Double(bytes)),
                "deleted": .boolean(!isDry),
            ]
            Output.line(isJSON ? row.description : "\(path)  \(Figure.count(bytes)) bytes")
        }
        if !isDry {
            for path in try home.registry.leftovers(at: Int(wallClockMicroseconds())) {
                try FileSystem.remove(path)
            }
        }
        guard !isJSON else { return }
        let verb = isDry ? "would be deleted" : "deleted"
        Output.line("\(count) versions \(verb), \(Figure.count(total)) bytes")
    }
}
