// All commands by their names.

import Service

/// A command of `hunch`: a verb, sometimes with a noun.
struct Command: Sendable {
    let name: String
    let summary: String
    let help: String
    let run: @Sendable ([String]) throws -> Void

    static let all: [Command] = [
        ServeCommand.command, CreateCommand.command, TrainCommand.command,
        EvaluateCommand.command, PredictCommand.command, DeployCommand.command,
        ImportCommand.command, ExportCommand.command, ListCommand.command, ShowCommand.command,
        TailCommand.command, ReplayCommand.command,
        LoadCommand.command, ReviewCommand.command, StatusCommand.command, DoctorCommand.command,
    ]

    static func run(_ arguments: [String]) throws {
        guard let name = arguments.first, name != "--help", name != "-h", name != "help" else {
            return Output.line(overview)
        }
        if name == "--version" { return Output.line("hunch \(Server.version)") }
        guard let command = all.first(where: { $0.name == name }) else {
            throw UsageError("there is no command '\(name)'", command: "")
        }
        let rest = Array(arguments.dropFirst())
        if rest.contains("--help") || rest.contains("-h") { return Output.line(command.help) }
        try command.run(rest)
    }

    private static var overview: String {
        let width = all.map(\.name.count).max() ?? 0
        let lines = all.map {
            "  " + $0.name + String(repeating: " ", count: width - $0.name.count + 2) + $0.summary
        }
        return """
            Hunch: live inference for collaborative editors.

            usage: hunch COMMAND …

            \(lines.joined(separator: "\n"))

            hunch COMMAND --help says more. Files are under $HUNCH_HOME (default: .hunch).
            """
    }
}
