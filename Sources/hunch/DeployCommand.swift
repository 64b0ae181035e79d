// hunch deploy: a version into use.

import JSON
import Registry

struct DeployCommand {
    static let command = Command(
        name: "deploy", nouns: ["model"], summary: "put a version of a model into use",
        help: """
            usage: hunch deploy model -n NAME[@VERSION] [--documents 'support/*'] [--tags a,b,c]
                       [--shadow | --canary SHARE [--steps LIST] [--hold TIME] [--answers N] [--guard LIST]]
                       [--force REASON] [--env dev] [--json]

            A running server loads and warms the version, then switches; no connection notices. Where
            none runs, the environment's file is changed, and the next server serves it. A project
            without a version is trained first. The tests of its project are run, and what fails is refused;
            'staging' and 'production' take only what has passed, from a clean tree of the main branch.

              -n NAME           the model (its newest version), or NAME@VERSION
              --documents GLOB  the documents that it reads (default: where it is deployed, or all)
              --tags LIST       tags that may be shown from now on, parted by commas, whatever a model of
                                tags says; each one that the version knows
                                (default: the list stays; at first, what it was trained for)
              --force REASON    deploys a version also where it falls short of what its author or the
                                environment demands; who and why goes into the history. A protected
                                environment takes nothing without a passed test
            \(RolloutFlags.help)
              --json            print what was deployed as one object
            \(Home.help)
            """
    ) { try DeployCommand(arguments: $0).run() }

    private let home: Home
    private let model: String
    private let documents: String?
    private let tags: [String]?
    private let force: String?
    private let rollout: JSONValue?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "deploy")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        documents = try arguments.value("--documents")
        tags = try arguments.value("--tags").map { list in
            list.split(separator: ",").map(String.init)
        }
        force = try arguments.value("--force")
        rollout = try RolloutFlags.rollout(&arguments)
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        try home.prepare()
        // A slip in its name is told before anything is trained.
        _ = try home.registry.environment(home.environment)
        let reference = try reference()
        let deployed = try home.deploy(
            reference, documents: documents.map { [$0] }, tags: tags, force: force,
            rollout: rollout)
        report(deployed)
    }

    /// The version named, or the newest; a project without one is trained.
    private func reference() throws -> ModelReference {
        if try model.contains("@") || !home.registry.versions(of: model).isEmpty {
            return try home.registry.resolve(model).reference
        }
        Output.error("\(model) has no version yet: training it")
        let project = try Project(model, in: home.registry)
        return try project.train(TrainingOptions(), in: home.registry) { _ in }.reference
    }

    private func report(_ deployed: Home.Deployed) {
        let (reference, environment) = (deployed.reference, home.environment)
        if isJSON { return Output.line(deployed.json(in: environment).description) }
        if rollout != nil {
            Output.line("trying \(reference) in '\(environment)', \(deployed.place)")
            if let live = deployed.previous { Output.line("beside it: \(live)") }
            Output.line("to watch it: hunch tail --events rollout,shadow --env \(environment)")
            Output.line(
                "to end it: hunch rollback model -n \(reference.name) --env \(environment)")
            return
        }
        Output.line("deployed \(reference) to '\(environment)', \(deployed.place)")
        if let previous = deployed.previous, previous != reference.description {
            Output.line("before it: \(previous)")
            Output.line(
                "to go back: hunch rollback model -n \(reference.name) --env \(environment)")
        }
        if !deployed.isLive { Output.line("next: hunch serve --env \(environment)") }
    }
}
