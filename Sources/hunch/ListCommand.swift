// hunch list: what there is.

import JSON
import Registry

struct ListCommand {
    static let command = Command(
        name: "list", nouns: ["models", "versions", "envs"],
        summary: "list models, versions or environments",
        help: """
            usage: hunch list models | versions -n NAME | envs [--json]

              models     the models of the home, with their newest versions
              versions   the versions of a model, the newest first: their bytes on disk, their tags,
                         the branches that they were trained on, and where they are deployed
              envs       the environments: whether a server runs, on which port, and what is live
              -n NAME    the model
              --json     one JSON object a line
            \(Home.help)
            """
    ) { try ListCommand(arguments: $0).run() }

    private let home: Home
    private let noun: String
    private let name: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "list")
        home = try Home(&arguments)
        name = try arguments.value("-n", "--name")
        isJSON = arguments.flag("--json")
        let nouns = ["models", "versions", "envs"]
        guard let noun = arguments.word(), nouns.contains(noun) else {
            throw arguments.error("say what: \(nouns.joined(separator: ", "))")
        }
        guard noun != "versions" || name != nil else {
            throw arguments.error("say whose versions: -n NAME")
        }
        self.noun = noun
        try arguments.end()
    }

    func run() throws {
        let registry = home.registry
        switch noun {
        case "models":
            let names = Set(try registry.models()).union(try registry.projects())
            for name in names.sorted() {
                let newest = try registry.versions(of: name).first
                show(
                    [
                        ("model", .string(name)), ("kind", .string(newest?.kind ?? "not trained")),
                        ("newest", newest.map { .string($0.reference.version) } ?? .null),
                    ] + place(newest))
            }
        case "versions": try showVersions(of: name ?? "")
        default:
            for (name, _) in try home.readableEnvironments() {
                let report = try EnvironmentReport(of: home.at(environment: name))
                show(isJSON ? report.json : report.words)
            }
        }
    }

    private func showVersions(of name: String) throws {
        let versions = try home.registry.versions(of: name)
        guard !versions.isEmpty else { throw RegistryError.unknownModel(name) }
        let environments = try home.readableEnvironments()
        var total = 0
        for manifest in versions {
            let bytes = try home.registry.diskBytes(of: manifest.reference)
            total += bytes
            let tags = try home.registry.tags(of: manifest.reference)
            let places = environments.filter { $0.environment.uses(manifest.reference) }.map(\.name)
            let branches = try home.registry.lineages(of: manifest.reference)
                .compactMap(\.revision?.branch)
            show([
                ("model", .string(manifest.reference.description)),
                ("kind", .string(manifest.kind)), ("time", .string(date(manifest.time))),
                ("bytes", .number(Double(bytes))), ("tags", words(tags)),
                ("branches", words(Set(branches).sorted())), ("deployed", words(places)),
            ])
        }
        if !isJSON { Output.line("\(versions.count) versions, \(Figure.count(total)) bytes") }
    }

    /// A list for programs, words for people.
    private func words(_ list: [String]) -> JSONValue {
        isJSON ? .array(list.map { .string($0) }) : .string(list.joined(separator: " "))
    }

    /// What a recommender recommends, and where.
    private func place(_ manifest: Manifest?) -> [(key: String, value: JSONValue)] {
        guard let corpus = manifest?.details["corpus"] else { return [] }
        let sources = manifest?.details["sources"]?.array?.compactMap(\.string) ?? []
        return [("corpus", corpus), ("sources", .string(sources.joined(separator: " ")))]
    }

    private func show(_ row: [(key: String, value: JSONValue)]) {
        if isJSON { return Output.line(JSONValue.object(row).description) }
        let cells = row.map { $0.value.string ?? $0.value.description }.filter { !$0.isEmpty }
        Output.line(cells.joined(separator: "  "))
    }
}

/// A time in microseconds since 1970 as people and programs read it: 2026-11-01T12:00:00Z.
func date(_ microseconds: Int) -> String { Timestamp(microseconds: microseconds).description }
