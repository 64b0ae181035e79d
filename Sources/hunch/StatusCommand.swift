// hunch status: the running server.

import Wire

struct StatusCommand {
    static let command = Command(
        name: "status", summary: "ask the running server how it is",
        help: """
            usage: hunch status [--json]

            Exit code 1 where no server runs.
            \(Home.help)
            """
    ) { try StatusCommand(arguments: $0).run() }

    private let home: Home
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "status")
        home = try Home(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.end()
    }

    func run() throws {
        guard let reply = try home.askServer(.status), case .status(let status) = reply.body else {
            throw Failure("no server runs for '\(home.environment)'; start one: hunch serve")
        }
        if isJSON {
            var bytes: [UInt8] = []
            reply.encode(into: &bytes)
            return Output.line(String(decoding: bytes, as: UTF8.self))
        }
        let port = status.port.map { ", port \($0)" } ?? ""
        Output.line("\(status.server), environment '\(status.environment)'\(port)")
        Output.line("up \(status.uptimeSeconds) s\(status.isDraining ? ", draining" : "")")
        Output.line(
            "\(status.connections) connections, \(status.sessions) sessions, \(status.documents) documents in memory"
        )
        for model in status.deployments {
            let role = model.role.map { "  \($0)" } ?? ""
            let branch = model.branch.map { "  branch \($0)" } ?? ""
            let documents = model.documents.joined(separator: " ")
            Output.line("\(model.model)  \(model.kind)  \(documents)\(role)\(branch)")
            if let answers = model.answers, let wrong = model.reportedWrong {
                let share = Figure.fixed(100 * Double(wrong) / Double(max(answers, 1)), 2)
                Output.line(
                    "  \(Figure.count(answers)) answers, \(Figure.count(wrong)) reported wrong (\(share) %)"
                )
            }
        }
    }
}

extension Deployment {
    /// As what it is there beside what is live; nil for what is live.
    var role: String? {
        if let experiment { return "arm of experiment \(experiment)" }
        return share.map { $0 == 0 ? "shadow" : "canary \(Figure.percent(Double($0)))" }
    }
}
