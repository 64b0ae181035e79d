// hunch plan: what differs between an environment and what is declared.

import JSON
import Registry

struct PlanCommand {
    static let command = Command(
        name: "plan", summary: "show what differs between an environment and its declaration",
        help: """
            usage: hunch plan [-f FILE] [--env dev] [--check] [--json]

            Shows what `hunch apply` would change, a line each: + what is added, - what is removed,
            ~ what becomes another. Tokens are told by the first digits of their SHA-256.

            \(Declaration.help)

              -f FILE   the declaration (default: environments/ENV.json of the working directory)
              --check   exit code 1 where anything differs
              --json    one JSON object
            \(Home.help)
            """
    ) { try PlanCommand(arguments: $0).run() }

    private let home: Home
    private let file: String?
    private let isCheck: Bool
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "plan")
        home = try Home(&arguments)
        file = try arguments.value("-f")
        isCheck = arguments.flag("--check")
        isJSON = arguments.flag("--json")
        try arguments.end()
    }

    func run() throws {
        let declaration = try Declaration(file, of: home)
        let plan = declaration.plan
        if isJSON {
            Output.line(plan.json(of: home.environment).description)
        } else {
            plan.lines.forEach(Output.line)
            Output.line(
                plan.isEmpty
                    ? "'\(home.environment)' is as \(declaration.path) says"
                    : "next: hunch apply\(file.map { " -f \($0)" } ?? "") --env \(home.environment)"
            )
        }
        if isCheck, !plan.isEmpty {
            throw Failure(
                "'\(home.environment)' differs from \(declaration.path) "
                    + "in \(plan.changes.count) settings")
        }
    }
}

extension EnvironmentPlan {
    /// One line a change.
    var lines: [String] {
        changes.map { "\($0)" + ($0.setting.isLive ? "" : "  (from the next start on)") }
    }

    func json(of environment: String) -> JSONValue {
        ["env": .string(environment), "changes": .array(changes.map(\.json))]
    }
}
