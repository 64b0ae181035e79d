// hunch show: one thing in full.

import JSON
import Registry

struct ShowCommand {
    static let command = Command(
        name: "show", summary: "show a model's version or an environment",
        help: """
            usage: hunch show model -n NAME[@VERSION] | env [-n NAME]

            Prints the manifest of a version, or what an environment serves, as JSON.
            \(Home.help)
            """
    ) { try ShowCommand(arguments: $0).run() }

    private let home: Home
    private let noun: String
    private let name: String?

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "show")
        home = try Home(&arguments)
        name = try arguments.value("-n", "--name")
        guard let noun = arguments.word(), noun == "model" || noun == "env" else {
            throw arguments.error("say what: model, env")
        }
        guard noun == "env" || name != nil else { throw arguments.error("say which: -n NAME") }
        self.noun = noun
        try arguments.end()
    }

    func run() throws {
        let bytes =
            noun == "model"
            ? try home.registry.resolve(name ?? "").serialized
            : try home.registry.environment(name ?? home.environment).serialized
        Output.line(String(decoding: bytes, as: UTF8.self))
    }
}
