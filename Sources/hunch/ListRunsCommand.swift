// hunch list runs: how retrainings went.

import JSON
import Registry

struct ListRunsCommand {
    static let command = Command(
        name: "list", nouns: ["runs"], summary: "list retrainings, and how they went",
        help: """
            usage: hunch list runs [-n NAME] [--json] [--home DIR]

            Every run of `hunch retrain`, the newest first: when it began, whether it is running, was
            interrupted, is done or failed, at which step, and what came of it.

              -n NAME      of this model only
              --json       one JSON object a line, with every step
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try ListRunsCommand(arguments: $0).run() }

    private let home: Home
    private let name: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "list")
        home = try Home(&arguments)
        name = try arguments.value("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("runs")
        try arguments.end()
    }

    func run() throws {
        var runs: [Run] = []
        for model in try name.map({ [$0] }) ?? home.registry.retrainedModels() {
            runs += try home.registry.runs(of: model)
        }
        if let name, runs.isEmpty { try home.registry.demand(model: name) }
        for run in runs.sorted(by: { $1.id < $0.id }) {
            let state = try state(of: run)
            if isJSON {
                let members = (run.json.object ?? []).map {
                    $0.key == "status" ? ($0.key, .string(state)) : $0
                }
                Output.line(JSONValue.object(members).description)
            } else {
                Output.line(
                    [run.id, run.model, "to '\(run.environment)'", "by \(run.by)", state]
                        .joined(separator: "  ") + ": \(run.outcome)")
            }
        }
    }

    /// A run that has not ended is at work as long as somebody holds the runs of its model.
    private func state(of run: Run) throws -> String {
        guard run.status == .running else { return run.status.rawValue }
        return try home.registry.holdRuns(of: run.model) == nil ? "running" : "interrupted"
    }
}

extension Run {
    /// What came of it, for people: why it failed, what was deployed, or where it is.
    var outcome: String {
        if let failed { return "\(failed.step.rawValue), \(failed.failure ?? "")" }
        guard status == .done else { return next?.rawValue ?? "" }
        let output = output(of: .deploy)
        return "\(output?["model"]?.string ?? "") \(output?["outcome"]?.string ?? "")"
    }
}
