// hunch list deployments: what was live when, by whom and why.

import JSON
import Registry

struct ListDeploymentsCommand {
    static let command = Command(
        name: "list", nouns: ["deployments"], summary: "list what was live when, by whom and why",
        help: """
            usage: hunch list deployments [-n NAME] [--at TIME] [--env dev] [--json]

            Every deployment to an environment, the newest first: when, what, for which documents, by
            whom, what for, and the reason where one was needed. What went back
            by `hunch rollback` is called a rollback.

              -n NAME     of this model only, its branches too; NAME@BRANCH for one of them
              --at TIME   what was live then, at the end of that second, such as 2026-11-01 or 2026-11-01T12:00Z (UTC without a zone)
              --json      one JSON object a line
            \(Home.help)
            """
    ) { try ListDeploymentsCommand(arguments: $0).run() }

    private let home: Home
    private let name: String?
    private let time: Timestamp?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "list")
        home = try Home(&arguments)
        name = try arguments.value("-n", "--name")
        let text = try arguments.value("--at")
        time = text.flatMap { Timestamp($0) }
        guard text == nil || time != nil else {
            throw arguments.error(
                "--at takes a time such as 2026-11-01T12:00Z, not '\(text ?? "")'")
        }
        isJSON = arguments.flag("--json")
        try arguments.noun("deployments")
        try arguments.end()
    }

    func run() throws {
        _ = try home.registry.environment(home.environment)
        let history = DeploymentHistory(try home.registry.deployments(to: home.environment))
        if let name, !history.deployments.contains(where: { isAsked($0.reference.name, $0.line) }) {
            try home.registry.demand(model: name)
        }
        if let time { return showLive(history, at: time) }
        for deployment in history.deployments.reversed()
        where isAsked(deployment.reference.name, deployment.line) {
            show(deployment)
        }
    }

    private func isAsked(_ model: String, _ line: String) -> Bool {
        name == nil || name == model || name == line
    }

    private func showLive(_ history: DeploymentHistory, at time: Timestamp) {
        // A list shows whole seconds: who asks by one of its times asks for what it shows.
        let end = time.microseconds + 999_999
        let models = history.models(at: end).filter {
            isAsked($0.reference.name, $0.line)
        }
        for model in models {
            let last = history.deployments.last {
                $0.time <= end && $0.reference == model.reference
                    && $0.line == model.line
                    && ($0.documents == nil || $0.documents == model.documents)
            }
            show(last, model)
        }
        if models.isEmpty, !isJSON {
            Output.line("nothing was live in '\(home.environment)' at \(time)")
        }
    }

    private func show(_ since: Deployment?, _ model: DeployedModel) {
        var row: [(key: String, value: JSONValue)] = [
            ("model", .string(model.reference.description)),
            ("documents", .string(model.documents.text)),
        ]
        if let tags = model.tags { row.append(("tags", .array(tags.map { .string($0) }))) }
        if let branch = model.branch { row.append(("branch", .string(branch))) }
        if let since {
            row.append(("since", .string(date(since.time))))
            row.append(("by", .string(since.by)))
            if let why = since.why { row.append(("why", .string(why))) }
            if let forced = since.forced { row.append(("forced", .string(forced))) }
        }
        show(row)
    }

    private func show(_ deployment: Deployment) {
        var row: [(key: String, value: JSONValue)] = [
            ("time", .string(date(deployment.time))),
            ("model", .string(deployment.reference.description)),
            ("documents", .string(deployment.documents?.text ?? "as before")),
            ("by", .string(deployment.by)),
        ]
        if let branch = deployment.branch { row.append(("branch", .string(branch))) }
        if let tags = deployment.tags { row.append(("tags", .array(tags.map { .string($0) }))) }
        if deployment.isRollback { row.append(("action", "rollback")) }
        if deployment.isRemoval { row.append(("action", "removed")) }
        if let why = deployment.why { row.append(("why", .string(why))) }
        if let forced = deployment.forced { row.append(("forced", .string(forced))) }
        show(row)
    }

    private func show(_ row: [(key: String, value: JSONValue)]) {
        if isJSON { return Output.line(JSONValue.object(row).description) }
        let cells = row.map { cell in
            let text =
                cell.value.string ?? cell.value.array?.compactMap(\.string).joined(separator: ",")
                ?? cell.value.description
            return ["tags", "by", "since", "forced", "branch", "why"].contains(cell.key)
                ? "\(cell.key) \(text)" : text
        }
        Output.line(cells.joined(separator: "  "))
    }
}
