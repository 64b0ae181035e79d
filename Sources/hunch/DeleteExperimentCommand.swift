// hunch delete experiment: the definition of one that was stopped.

import JSON
import Reactor
import Registry
import Wire

struct DeleteExperimentCommand {
    static let command = Command(
        name: "delete", nouns: ["experiment"], summary: "delete an experiment that was stopped",
        help: """
            usage: hunch delete experiment -n NAME [--env dev] [--json]

            Deletes its definition, on the running server or in the files; there is no report of it any more.
            Refused while it runs, and while everybody gets an arm that it shipped.

              -n NAME   the experiment
              --json    print the outcome as one object
            \(Home.help)
            """
    ) { try DeleteExperimentCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "delete")
        home = try Home(&arguments)
        name = try arguments.required("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("experiment")
        try arguments.end()
    }

    func run() throws {
        let isLive = try home.delete(experiment: name)
        let place = isLive ? "on the running server" : "in the files; no server runs"
        Output.result(
            ["experiment": .string(name)], isJSON: isJSON, "deleted '\(name)', \(place)")
    }
}

extension Home {
    /// Gives whether a running server did it.
    fileprivate func delete(experiment: String) throws -> Bool {
        let request = ClientMessage.Body.deploy(
            .init(
                model: "experiment", isRemoval: true, experiment: ["name": .string(experiment)]))
        if try askServer(request) != nil { return true }
        try registry.deleteExperiment(
            experiment, from: environment, by: Self.user, time: Int(wallClockMicroseconds()))
        return false
    }
}
