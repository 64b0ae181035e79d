// hunch export model: a version as one file.

import JSON
import Registry

struct ExportModelCommand {
    static let command = Command(
        name: "export", nouns: ["model"], summary: "write a version to one file",
        help: """
            usage: hunch export model -n NAME[@VERSION] -o FILE [--json] [--home DIR]

            The file holds the version with its lineage, notes and test outcome, and their digest.
            Then, in another home: hunch import model FILE

              -n NAME      the model (its newest version), or NAME@VERSION
              -o FILE      the file to write; also --out
              --json       print the outcome as one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try ExportModelCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let path: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "export")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        path = try arguments.required("-o", "--out")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        let reference = try home.registry.resolve(model).reference
        let bytes = try home.registry.package(reference)
        try FileSystem.writeAtomically(bytes, to: path)
        Output.result(
            [
                "model": .string(reference.description), "file": .string(path),
                "bytes": .number(Double(bytes.count)),
            ], isJSON: isJSON,
            "wrote \(reference) to \(path), \(Figure.count(bytes.count)) bytes",
            "next, in another home: hunch import model \(path)")
    }
}
