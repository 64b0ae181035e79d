// All commands by their names.

import Service

/// A command of `hunch`: a verb, sometimes with a noun.
struct Command: Sendable {
    /// The verb.
    let name: String
    /// What it can be done to; two commands of one verb have different ones.
    var nouns: [String] = []
    let summary: String
    let help: String
    let run: @Sendable ([String]) throws -> Void

    static let all: [Command] = [
        ServeCommand.command, CreateCommand.command, CreateEnvironmentCommand.command,
        CreateDeploymentCommand.command,
        TrainCommand.command, RetrainCommand.command, TestCommand.command, EvaluateCommand.command,
        PredictCommand.command, DeployCommand.command, PromoteCommand.command,
        RollbackCommand.command, WithdrawCommand.command, CreateExperimentCommand.command,
        StopExperimentCommand.command, DeleteExperimentCommand.command,
        ListExperimentsCommand.command, ShowExperimentCommand.command, ShowDriftCommand.command,
        ListCommand.command,
        ListDeploymentsCommand.command, ListRolloutsCommand.command, ListEditsCommand.command,
        ListRunsCommand.command,
        ShowCommand.command, DiffCommand.command, NoteCommand.command, TagCommand.command,
        DeleteModelCommand.command, DeleteEnvironmentCommand.command, CollectCommand.command,
        ImportModelCommand.command, ImportCommand.command, ExportModelCommand.command,
        ExportCommand.command, ReviewCommand.command, TailCommand.command, ReplayCommand.command,
        LoadCommand.command, PlanCommand.command, ApplyCommand.command, StatusCommand.command,
        DoctorCommand.command,
        CompletionCommand.command, ManualCommand.command,
    ]

    static func run(_ arguments: [String]) throws {
        guard let name = arguments.first, name != "--help", name != "-h", name != "help" else {
            return Output.line(overview)
        }
        if name == "--version" { return Output.line("hunch \(Server.version)") }
        let commands = all.filter { $0.name == name }
        guard !commands.isEmpty else {
            throw UsageError("there is no command '\(name)'", command: "")
        }
        let rest = Array(arguments.dropFirst())
        let command =
            commands.count == 1
            ? commands[0]
            : rest.lazy.compactMap { word in commands.first { $0.nouns.contains(word) } }.first
        if rest.contains("--help") || rest.contains("-h") {
            let helps = (command.map { [$0] } ?? commands).map(\.help)
            return Output.line(helps.joined(separator: "\n\n"))
        }
        guard let command else {
            let nouns = commands.flatMap(\.nouns).joined(separator: ", ")
            throw UsageError("say what: \(nouns)", command: name)
        }
        try command.run(rest)
    }

    /// The verb and its nouns.
    var title: String { nouns.isEmpty ? name : "\(name) \(nouns.joined(separator: "|"))" }

    private static var overview: String {
        let width = all.map(\.title.count).max() ?? 0
        let lines = all.map {
            "  " + $0.title + String(repeating: " ", count: width - $0.title.count + 2) + $0.summary
        }
        return """
            Hunch: live inference for collaborative editors.

            usage: hunch COMMAND …

            \(lines.joined(separator: "\n"))

            hunch COMMAND --help says more.

            \(Configuration.help)
            """
    }
}
