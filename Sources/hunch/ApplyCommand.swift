// hunch apply: makes an environment what is declared.

import JSON
import Reactor
import Registry
import Wire

struct ApplyCommand {
    static let command = Command(
        name: "apply", summary: "make an environment what its declaration says",
        help: """
            usage: hunch apply [-f FILE] [--force REASON] [--env dev] [--json]

            Makes all the changes that `hunch plan` shows, or none: a running server loads the versions and
            switches, and judges by the new keys and origins; what it takes up only when it starts again is named. Where none runs, the files are
            changed. Versions go through the gates of the environment. Twice is as once.

            \(Declaration.help)

              -f FILE          the declaration (default: environments/ENV.json of the working directory)
              --force REASON   also versions that fall short of what is demanded; the history keeps the
                               reason
              --json           one JSON object
            \(Home.help)
            """
    ) { try ApplyCommand(arguments: $0).run() }

    private let home: Home
    private let file: String?
    private let force: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "apply")
        home = try Home(&arguments)
        file = try arguments.value("-f")
        force = try arguments.value("--force")
        isJSON = arguments.flag("--json")
        try arguments.end()
    }

    func run() throws {
        let declaration = try Declaration(file, of: home)
        let plan = declaration.plan
        let isLive =
            try !(plan.isEmpty && declaration.waiting.isEmpty) && apply(declaration)
        if isJSON {
            let waiting = declaration.waiting
            let members = plan.json(of: home.environment, waiting: waiting).object ?? []
            return Output.line(
                JSONValue.object(members + [("live", .boolean(isLive))]).description)
        }
        plan.changes.forEach { Output.line("\($0)") }
        Output.line(summary(declaration, isLive: isLive))
    }

    private func summary(_ declaration: Declaration, isLive: Bool) -> String {
        if declaration.plan.isEmpty, declaration.waiting.isEmpty {
            return "nothing to change in '\(home.environment)'"
        }
        guard isLive else { return "applied to the files of '\(home.environment)'; no server runs" }
        let changed = declaration.plan.restart.map(\.setting)
        let waiting = declaration.waiting.filter { !$0.isLive }
        let settings = Set((changed + waiting).map(\.rawValue)).sorted()
        let rest =
            settings.isEmpty ? "" : "; restart it for: \(settings.joined(separator: ", "))"
        return "applied to the running server of '\(home.environment)'\(rest)"
    }

    /// Changes the server, or the files where none runs; says whether it was a server.
    private func apply(_ declaration: Declaration) throws -> Bool {
        let (registry, wanted) = (home.registry, declaration.wanted)
        for model in wanted.models where !declaration.current.models.contains(model) {
            let tests = try BehaviouralTests(of: model.reference.name, in: registry)
            try tests?.run(on: model.reference, in: registry)
        }
        guard try registry.environments().contains(home.environment),
            try home.askServer(.apply(.init(environment: wanted.json, force: force))) != nil
        else {
            try registry.apply(
                wanted, to: home.environment, force: force, by: Home.user,
                time: Int(wallClockMicroseconds()))
            return false
        }
        return true
    }
}
