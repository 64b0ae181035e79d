// hunch list rollouts: what was tried, and what became of it.

import JSON
import Registry

struct ListRolloutsCommand {
    static let command = Command(
        name: "list", nouns: ["rollouts"], summary: "list what was tried beside what is live",
        help: """
            usage: hunch list rollouts [--env dev] [--json]

            The oldest first: shadows and canaries with when they were begun, grew, were halted, ended or
            became what is live, by whom and why. What no user did is by itself, or by its guards.

              --json   print one object a line
            \(Home.help)
            """
    ) { try ListRolloutsCommand(arguments: $0).run() }

    private let home: Home
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "list")
        home = try Home(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.noun("rollouts")
        try arguments.end()
    }

    func run() throws {
        let changes = try home.registry.rollouts(of: home.environment)
        for change in changes {
            Output.line(isJSON ? change.description : Self.text(change))
        }
        if changes.isEmpty, !isJSON {
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
