// hunch note: a remark on a version.

import JSON
import Reactor
import Registry

struct NoteCommand {
    static let command = Command(
        name: "note", nouns: ["model"], summary: "note something of a version",
        help: """
            usage: hunch note model -n NAME[@VERSION] TEXT [--json] [--home DIR]

            Adds a remark, which `hunch show model` prints with who made it and when.

              -n NAME      the model (its newest version), or NAME@VERSION
              --json       print the outcome as one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try NoteCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let text: String
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "note")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        text = try arguments.rest().joined(separator: " ")
        guard !text.isEmpty else { throw arguments.error("say what is to be noted") }
    }

    func run() throws {
        let reference = try home.registry.resolve(model).reference
        let note = Note(time: Int(wallClockMicroseconds()), by: Home.user, text: text)
        try home.registry.record(note, of: reference)
        Output.result(
            ["model": .string(reference.description), "note": note.json], isJSON: isJSON,
            "noted of \(reference)")
    }
}
