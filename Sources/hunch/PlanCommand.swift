// hunch plan: what differs between an environment and what is declared.

import JSON
import Registry

struct PlanCommand {
    static let command = Command(
        name: "plan", summary: "show what differs between an environment and its declaration",
        help: """
            usage: hunch plan [-f FILE] [--env dev] [--check] [--json]

            Shows what `hunch apply` would change, a line each: + what is added, - what is removed,
            ~ what becomes another. Tokens are told by the first digits of their SHA-256. What a running server takes up only when it starts
            again is shown until it was.

            \(Declaration.help)

              -f FILE   the declaration (default: environments/ENV.json of the working directory)
              --check   exit code 1 where anything differs, or waits for a restart
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
            Output.line(
                plan.json(of: home.environment, waiting: declaration.waiting).description)
        } else {
            plan.lines.forEach(Output.line)
            for setting in declaration.waiting {
                Output.line("! \(setting.rawValue): the running server has it as it was before")
            }
            Output.line(next(declaration))
        }
        let count = plan.changes.count + declaration.waiting.count
        if isCheck, count > 0 {
            throw Failure(
                "'\(home.environment)' differs from \(declaration.path) in \(count) settings")
        }
    }

    private func next(_ declaration: Declaration) -> String {
        let waits = declaration.waiting.contains { !$0.isLive }
        if !declaration.plan.isEmpty || !declaration.waiting.isEmpty && !waits {
            return "next: hunch apply\(file.map { " -f \($0)" } ?? "") --env \(home.environment)"
        }
        return waits
            ? "next: stop the server of '\(home.environment)' and start it again"
            : "'\(home.environment)' is as \(declaration.path) says"
    }
}

extension EnvironmentPlan {
    /// One line a change.
    var lines: [String] {
        changes.map { "\($0)" + ($0.setting.isLive ? "" : "  (from the next start on)") }
    }

    /// `waiting` is what a running server has otherwise than its file says.
    func json(of environment: String, waiting: [EnvironmentSetting]) -> JSONValue {
        [
            "env": .string(environment), "changes": .array(changes.map(\.json)),
            "waiting": .array(waiting.map { .string($0.rawValue) }),
        ]
    }
}
