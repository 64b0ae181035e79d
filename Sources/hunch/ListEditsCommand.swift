// hunch list edits: who applied which declaration, and what it changed.

import JSON
import Registry

struct ListEditsCommand {
    static let command = Command(
        name: "list", nouns: ["edits"], summary: "list the changes that were applied as code",
        help: """
            usage: hunch list edits [--env dev] [--json]

            Every change that `hunch apply` has made to an environment, the newest first: when, by whom,
            and each setting before and after.

              --json    one JSON object a line
            \(Home.help)
            """
    ) { try ListEditsCommand(arguments: $0).run() }

    private let home: Home
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "list")
        home = try Home(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.noun("edits")
        try arguments.end()
    }

    func run() throws {
        _ = try home.registry.environment(home.environment)
        for edit in try home.registry.edits(of: home.environment).reversed() {
            if isJSON {
                Output.line(edit.json.description)
            } else {
                Output.line("\(date(edit.time))  by \(edit.by)")
                for change in edit.changes { Output.line("  " + change) }
            }
        }
    }
}
