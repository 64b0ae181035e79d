// hunch tag: a name for a version.

import JSON
import Registry

struct TagCommand {
    static let command = Command(
        name: "tag", nouns: ["model"], summary: "give a version a name, such as champion",
        help: """
            usage: hunch tag model -n NAME[@VERSION] TAG [--remove] [--json] [--home DIR]

            From then on NAME@TAG is the version, in every command. A tag belongs to one version of a
            model at a time: given to another it moves there. `hunch gc` keeps what has a tag.

              -n NAME      the model (its newest version), or NAME@VERSION
              --remove     take the tag away from whichever version has it
              --json       print the outcome as one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try TagCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let tag: String
    private let isRemoval: Bool
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "tag")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        isRemoval = arguments.flag("--remove")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        guard let tag = arguments.word() else { throw arguments.error("say which tag") }
        self.tag = tag
        try arguments.end()
    }

    func run() throws {
        let reference = try home.registry.resolve(model).reference
        if isRemoval {
            guard let previous = try home.registry.untag(reference.name, tag) else {
                throw Failure("no version of \(reference.name) has the tag '\(tag)'")
            }
            return report(nil, previous, "\(previous) is '\(tag)' no more")
        }
        let previous = try home.registry.tag(reference, as: tag)
        let before = previous.map { $0 == reference ? "" : ", before it \($0)" } ?? ""
        report(reference, previous, "\(reference) is '\(tag)'\(before)")
    }

    private func report(_ now: ModelReference?, _ previous: ModelReference?, _ line: String) {
        let name = { (reference: ModelReference?) -> JSONValue in
            reference.map { .string($0.description) } ?? .null
        }
        Output.result(
            ["tag": .string(tag), "model": name(now), "previous": name(previous)],
            isJSON: isJSON, line)
    }
}
