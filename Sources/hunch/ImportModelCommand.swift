// hunch import model: a version from another home.

import Registry

struct ImportModelCommand {
    static let command = Command(
        name: "import", nouns: ["model"], summary: "take in a version from another home",
        help: """
            usage: hunch import model FILE [--home DIR]

            Reads what `hunch export model` has written. The version has the same name here as there; a
            file of which one byte is another is refused.
            Then: hunch deploy model -n NAME@VERSION

              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try ImportModelCommand(arguments: $0).run() }

    private let home: Home
    private let path: String

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "import")
        home = try Home(&arguments)
        try arguments.noun("model")
        guard let path = arguments.word() else { throw arguments.error("name the file") }
        self.path = path
        try arguments.end()
    }

    func run() throws {
        let (manifest, isNew) = try home.registry.importPackage(
            FileSystem.read(path), path: path)
        Output.line(
            isNew ? "imported \(manifest.reference)" : "\(manifest.reference) is there already")
        Output.line("next: hunch deploy model -n \(manifest.reference)")
    }
}
