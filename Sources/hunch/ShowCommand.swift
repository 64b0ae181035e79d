// hunch show: one thing in full.

import JSON
import Registry

struct ShowCommand {
    static let command = Command(
        name: "show", nouns: ["model", "env"], summary: "show a model's version or an environment",
        help: """
            usage: hunch show model -n NAME[@VERSION] [--json] | env [-n NAME]

            Prints what is known of a version: lineage, measures, files, notes, tests and where it is
            deployed; or what an environment serves, as JSON.

              -n NAME   the model (its newest version), NAME@VERSION, or the environment
              --json    print one object, the manifest and what stands beside it
            \(Home.help)
            """
    ) { try ShowCommand(arguments: $0).run() }

    private let home: Home
    private let noun: String
    private let name: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "show")
        home = try Home(&arguments)
        name = try arguments.value("-n", "--name")
        isJSON = arguments.flag("--json")
        guard let noun = arguments.word(), noun == "model" || noun == "env" else {
            throw arguments.error("say what: model, env")
        }
        guard noun == "env" || name != nil else { throw arguments.error("say which: -n NAME") }
        self.noun = noun
        try arguments.end()
    }

    func run() throws {
        guard noun == "model" else {
            let bytes = try home.registry.environment(name ?? home.environment).serialized
            return Output.line(String(decoding: bytes, as: UTF8.self))
        }
        let report = try VersionReport(home.registry.resolve(name ?? ""), in: home)
        Output.line(try report.text(isJSON: isJSON))
    }
}
