// hunch list rollouts: what was tried, and what became of it.

import JSON
import Registry

enum ListRolloutsCommand {
    static let command = Command(
        name: "list", nouns: ["rollouts"], summary: "list what was tried beside what is live",
        help: """
            usage: hunch list rollouts [--env dev] [--json]

            The oldest first: shadows and canaries with when they were begun, grew, were halted, ended or
            became what is live, by whom and why. What no user did is by itself, or by its guards.

              --json   print one object a line
            \(Home.help)
            """
    ) { try run(EnvironmentListing($0, of: "rollouts")) }

    private static func run(_ listing: EnvironmentListing) throws {
        _ = try listing.home.registry.environment(listing.home.environment)
        let changes = try listing.home.registry.rollouts(of: listing.home.environment)
        for change in changes {
            Output.line(listing.isJSON ? change.description : Self.text(change))
        }
        if changes.isEmpty, !listing.isJSON {
            Output.line("none; try a version: hunch deploy model -n NAME --canary 5%")
        }
    }

    private static func text(_ change: JSONValue) -> String {
        let time = Timestamp(microseconds: change["time"]?.int ?? 0)
        let model = "\(change["model"]?.string ?? "")@\(change["version"]?.string ?? "")"
        var text = "\(time)  \(model)  \(change["mode"]?.string ?? "")"
        if change["mode"] == "canary" { text += " \(Figure.percent(change["share"]?.double ?? 0))" }
        let itself = change["change"] == "halted" ? "its guards" : "itself"
        text += "  \(change["change"]?.string ?? "")  by \(change["by"]?.string ?? itself)"
        if let reason = change["reason"]?.string { text += ": \(reason)" }
        return text
    }
}
