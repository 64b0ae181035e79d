// hunch promote: what is live in one environment into another.

import JSON
import Registry

struct PromoteCommand {
    static let command = Command(
        name: "promote", nouns: ["model"], summary: "deploy what is live in another environment",
        help: """
            usage: hunch promote model -n NAME --from ENV --to ENV [--why REASON]
                       [--force REASON] [--json] [--home DIR]

            Deploys the version that is live in one environment to another, through its gates: the
            same bytes, nothing is trained again. It reads the documents that the model reads there, or,
            where it is new, those that it reads in the environment it comes from.

              -n NAME           the model
              --from ENV        where it is live, such as staging
              --to ENV          where it is to be, such as production
              --why REASON      what it is for; the history keeps it
              --force REASON    also what falls short of what is demanded; the history keeps the reason
              --json            print what was deployed, one object a version
              --home DIR        where all files are (default: $HUNCH_HOME or .hunch)
            """
    ) { try PromoteCommand(arguments: $0).run() }

    private let home: Home
    private let name: String
    private let source: String
    private let force: String?
    private let why: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "promote")
        let home = try Home(&arguments)
        name = try arguments.modelName()
        source = try arguments.required("--from")
        self.home = home.at(environment: try arguments.required("--to"))
        force = try arguments.value("--force")
        why = try arguments.value("--why")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        guard self.home.environment != source else {
            throw arguments.error("--from and --to are the same environment")
        }
        try arguments.end()
    }

    func run() throws {
        let live = try home.registry.environment(source).models.filter { $0.line == name }
        guard let first = live.first else {
            throw RegistryError.notDeployed(name, environment: source)
        }
        let target = try home.registry.environment(home.environment)
        let isKnown = target.models.contains { $0.line == name }
        let isOne = live.allSatisfy { $0.reference == first.reference }
        guard !isKnown || !isOne else { return report(try deploy(first.reference)) }
        for model in live {
            let tags = isKnown ? nil : model.tags
            report(try deploy(model.reference, documents: [model.documents.text], tags: tags))
        }
    }

    private func deploy(
        _ reference: ModelReference, documents: [String]? = nil, tags: [String]? = nil
    ) throws -> Home.Deployed {
        try home.deploy(reference, documents: documents, tags: tags, force: force, why: why)
    }

    private func report(_ deployed: Home.Deployed) {
        if isJSON { return Output.line(deployed.json(in: home.environment).description) }
        Output.line(
            "promoted \(deployed.reference) from '\(source)' to '\(home.environment)', "
                + deployed.place)
        if let previous = deployed.previous, previous != deployed.reference.description {
            Output.line("before it: \(previous)")
            Output.line("to go back: hunch rollback model -n \(name) --env \(home.environment)")
        }
        for other in deployed.beside {
            Output.line("beside it: \(other.reference) stays live on \(other.documents.text)")
        }
        if !deployed.isLive {
            Output.line("next: hunch serve --env \(home.environment)")
        }
    }
}
