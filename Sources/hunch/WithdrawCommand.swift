// hunch withdraw: a branch of a model out of use.

import JSON
import Registry

struct WithdrawCommand {
    static let command = Command(
        name: "withdraw", nouns: ["model"], summary: "take a branch of a model out of use",
        help: """
            usage: hunch withdraw model -n NAME@BRANCH [--why REASON] [--env dev] [--json]

            Whoever asks for the branch is answered as all others are from then on, and is told so when
            nothing else is live on it. What is live without a branch is taken out of use by a declaration
            without it: hunch apply --help. Its versions stay.

              -n NAME@BRANCH   the model and the branch
              --why REASON     what for; the history keeps it
              --json           print what was withdrawn as one object
            \(Home.help)
            """
    ) { try WithdrawCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let branch: String
    private let why: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "withdraw")
        home = try Home(&arguments)
        let line = try arguments.modelLine().split(separator: "@").map(String.init)
        why = try arguments.value("--why")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
        guard line.count == 2 else { throw arguments.error("say which branch: -n NAME@BRANCH") }
        (name, branch) = (line[0], line[1])
    }

    func run() throws {
        let isLive = try home.withdraw(name, branch, why: why)
        Output.result(
            [
                "model": .string(name), "branch": .string(branch),
                "environment": .string(home.environment), "live": .boolean(isLive),
            ], isJSON: isJSON,
            "withdrew \(name) for branch '\(branch)' from '\(home.environment)', "
                + (isLive ? "on the running server" : "in the files; no server runs"))
    }
}
