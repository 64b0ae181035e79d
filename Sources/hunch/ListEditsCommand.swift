// hunch list edits: who applied which declaration, and what it changed.

import JSON
import Registry

enum ListEditsCommand {
    static let command = Command(
        name: "list", nouns: ["edits"], summary: "list the changes that were applied as code",
        help: """
            usage: hunch list edits [--env dev] [--json]

            Every change that `hunch apply` has made to an environment, the newest first: when, by whom,
            and each setting before and after.

              --json    one JSON object a line
            \(Home.help)
            """
    ) { try run(EnvironmentListing($0, of: "edits")) }

    private static func run(_ listing: EnvironmentListing) throws {
        _ = try listing.home.registry.environment(listing.home.environment)
        for edit in try listing.home.registry.edits(of: listing.home.environment).reversed() {
            if listing.isJSON {
                Output.line(edit.json.description)
            } else {
                Output.line("\(date(edit.time))  by \(edit.by)")
                for change in edit.changes { Output.line("  " + change) }
            }
        }
    }
}
