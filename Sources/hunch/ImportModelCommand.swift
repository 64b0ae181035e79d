// hunch import model: a version from another home.

import JSON
import Registry

struct ImportModelCommand {
    static let command = Command(
        name: "import", nouns: ["model"], summary: "take in a version from another home",
        help: """
            usage: hunch import model FILE [--json] [--home DIR]

            Reads what `hunch export model` has written. The version has the same name here as there; a
            file of which one byte is another is refused.
            Then: hunch deploy model -n NAME@VERSION

              --json       print the outcome as one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try ImportModelCommand(arguments: $0).run() }

    private let home: Home
    private let path: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "import")
        home = try Home(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        guard let path = arguments.word() else { throw arguments.error("name the file") }
        self.path = path
        try arguments.end()
    }

    func run() throws {
        let (manifest, isNew) = try home.registry.importPackage(
            FileSystem.read(path), path: path)
        Output.result(
            ["model": .string(manifest.reference.description), "new": .boolean(isNew)],
            isJSON: isJSON,
            isNew ? "imported \(manifest.reference)" : "\(manifest.reference) is there already",
            "next: hunch deploy model -n \(manifest.reference)")
    }
}
