// hunch list: what there is.

import JSON
import Registry

struct ListCommand {
    static let command = Command(
        name: "list", summary: "list models, versions, envs or deployments",
        help: """
            usage: hunch list models | versions -n NAME | envs | deployments [--json]

              models        the models of the home, with their newest versions
              versions      the versions of a model, the newest first
              envs          the environments
              deployments   what was deployed to an environment, the newest first
              --json        one JSON object a line
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
        let nouns = ["models", "versions", "envs", "deployments"]
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
        case "versions":
            for manifest in try registry.versions(of: name ?? "") { show(row(manifest)) }
        case "envs":
            for name in try registry.environments() {
                let models = try registry.environment(name).models.map(\.reference.description)
                show([("env", .string(name)), ("models", .string(models.joined(separator: " ")))])
            }
        default:
            for deployment in try registry.deployments(to: home.environment).reversed() {
                show(
                    [
                        ("time", .string(date(deployment.time))),
                        ("model", .string(deployment.reference.description)),
                        ("documents", .string(deployment.documents?.text ?? "as before")),
                        ("by", .string(deployment.by)),
                    ] + (deployment.forced.map { [("forced", .string($0))] } ?? []))
            }
        }
    }

    private func row(_ manifest: Manifest) -> [(key: String, value: JSONValue)] {
        [
            ("model", .string(manifest.reference.description)), ("kind", .string(manifest.kind)),
            ("time", .string(date(manifest.time))),
            ("bytes", .number(Double(manifest.artifactBytes))),
        ]
    }

    /// What a recommender recommends, and where.
    private func place(_ manifest: Manifest?) -> [(key: String, value: JSONValue)] {
        guard let corpus = manifest?.details["corpus"] else { return [] }
        let sources = manifest?.details["sources"]?.array?.compactMap(\.string) ?? []
        return [("corpus", corpus), ("sources", .string(sources.joined(separator: " ")))]
    }

    private func show(_ row: [(key: String, value: JSONValue)]) {
        if isJSON { return Output.line(JSONValue.object(row).description) }
        let cells = row.map { $0.value.string ?? $0.value.description }
        Output.line(cells.joined(separator: "  "))
    }
}

/// A time in microseconds since 1970 as people and programs read it: 2026-11-01T12:00:00Z.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
func date(_ microseconds: Int) -> String {
    let seconds = microseconds / 1_000_000
    let days = seconds / 86_400 + 719_468
    let era = days / 146_097
    let day = days - era * 146_097
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let date = dayOfYear - (153 * shifted + 2) / 5 + 1
    let clock = seconds % 86_400
    let parts = [month, date, clock / 3600, clock / 60 % 60, clock % 60].map {
        $0 < 10 ? "0\($0)" : "\($0)"
    }
    let full = year + era * 400 + (month <= 2 ? 1 : 0)
    return "\(full)-\(parts[0])-\(parts[1])T\(parts[2]):\(parts[3]):\(parts[4])Z"
}
