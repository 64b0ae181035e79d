// hunch diff: in what two versions differ.

import JSON
import Registry

struct DiffCommand {
    static let command = Command(
        name: "diff", nouns: ["model"], summary: "say in what two versions differ",
        help: """
            usage: hunch diff model -n A[@VERSION] B[@VERSION] [--json] [--home DIR]

            Puts side by side what differs: settings of model.json, digests of the files, and what their
            trainings found. Which of two is better on the same data: hunch evaluate model --against

              -n A, B      two versions, of one model or of two (default versions: the newest)
              --json       print one object
              --home DIR   where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try DiffCommand(arguments: $0).run() }

    /// One thing of both versions; nil where it is not there.
    private struct Difference {
        let section: String
        let name: String
        let values: [JSONValue?]
    }

    private let home: Home
    private let models: [String]
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "diff")
        home = try Home(&arguments)
        let first = try arguments.value("-n", "--name")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        models = try [first].compactMap(\.self) + arguments.rest()
        guard models.count == 2 else { throw arguments.error("name two versions: -n A@X B@Y") }
    }

    func run() throws {
        let manifests = try models.map { try home.registry.resolve($0) }
        let lineages = try manifests.map { try home.registry.lineages(of: $0.reference).last }
        let files = lineages.map {
            ($0?.files ?? []).map { ($0.name, JSONValue.string($0.digest)) }
        }
        let differences =
            compare("settings", lineages.map { $0?.definition.leaves ?? [] })
            + compare("files", files) + compare("details", manifests.map(\.details.leaves))
        let names = manifests.map(\.reference.description)
        Output.line(isJSON ? json(names, differences).description : text(names, differences))
    }

    private func compare(
        _ section: String, _ lists: [[(name: String, value: JSONValue)]]
    ) -> [Difference] {
        var names: [String] = []
        var seen: Set<String> = []
        for (name, _) in lists.joined() where seen.insert(name).inserted { names.append(name) }
        return names.compactMap { name in
            let values = lists.map { list in list.first { $0.name == name }?.value }
            guard values[0] != values[1] else { return nil }
            return Difference(section: section, name: name, values: values)
        }
    }

    private func text(_ names: [String], _ differences: [Difference]) -> String {
        var lines = ["\(names[0])  \(names[1])"]
        var section = ""
        for difference in differences {
            if difference.section != section { lines.append(difference.section) }
            section = difference.section
            let values = difference.values.map(shortened)
            lines.append("  \(difference.name): \(values[0])  →  \(values[1])")
        }
        if differences.isEmpty { lines.append("they do not differ") }
        return lines.joined(separator: "\n")
    }

    private func json(_ names: [String], _ differences: [Difference]) -> JSONValue {
        let rows = differences.map { difference -> JSONValue in
            [
                "section": .string(difference.section), "name": .string(difference.name),
                "a": difference.values[0] ?? .null, "b": difference.values[1] ?? .null,
            ]
        }
        return ["a": .string(names[0]), "b": .string(names[1]), "differences": .array(rows)]
    }
}
