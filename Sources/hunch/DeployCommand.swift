// hunch deploy: a version into use.

import JSON
import Registry

struct DeployCommand {
    static let command = Command(
        name: "deploy", nouns: ["model"], summary: "put a version of a model into use",
        help: """
            usage: hunch deploy model -n NAME[@VERSION|@BRANCH] [--documents 'support/*'] [--tags a,b,c]
                       [--shadow | --canary SHARE [--steps LIST] [--hold TIME] [--answers N] [--guard LIST]]
                       [--why REASON] [--force REASON] [--env dev] [--json]

            A running server loads and warms the version, then switches; no connection notices. Where
            none runs, the environment's file is changed, and the next server serves it. A project
            without a version is trained first. The tests of its project are run, and what fails is refused;
            'staging' and 'production' take only what has passed, from a clean tree of the main branch.

            NAME@BRANCH is the version that was trained last on that branch of git. In an environment of
            development it comes beside what is live, and beside other branches, for those who ask for it
            in `hello` ("branch": "BRANCH"), with a history of its own: hunch rollback model -n NAME@BRANCH,
            hunch withdraw model -n NAME@BRANCH. 'staging' and 'production' have no branches.

              -n NAME           the model (its newest version), NAME@VERSION or NAME@BRANCH
              --documents GLOB  the documents that it reads (default: where it is deployed, or all)
              --tags LIST       tags that may be shown from now on, parted by commas, whatever a model of
                                tags says; each one that the version knows
                                (default: the list stays; at first, what it was trained for)
              --why REASON      what it is for; the history keeps it
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
    private let why: String?
    private let rollout: JSONValue?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "deploy")
        home = try Home(&arguments)
        model = try arguments.required("-n", "--name")
        documents = try arguments.value("--documents")
        guard documents != "" else {
            throw arguments.error("--documents takes a pattern such as 'support/*', not nothing")
        }
        tags = try arguments.value("--tags").map { list in
            list.split(separator: ",").map(String.init)
        }
        force = try arguments.value("--force")
        why = try arguments.value("--why")
        rollout = try RolloutFlags.rollout(&arguments)
        guard rollout == nil || (documents == nil && tags == nil) else {
            throw arguments.error(
                "what is tried reads the documents of what is live, with its tags: leave out --documents and --tags"
            )
        }
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        try home.prepare()
        // A slip in its name is told before anything is trained.
        let environment = try home.registry.environment(home.environment)
        let (reference, named) = try version()
        // What is tried is tried beside what all others get.
        let branch = try rollout == nil ? named.flatMap { try self.branch($0, environment) } : nil
        let deployed = try home.deploy(
            reference, branch: branch, documents: documents.map { [$0] }, tags: tags, force: force,
            why: why, rollout: rollout)
        report(deployed)
    }

    /// The branch that a version is deployed for: none where a protected environment takes its own alone.
    private func branch(_ name: String, _ environment: Environment) throws -> String? {
        guard environment.isProtected else { return name }
        guard name == environment.branch else {
            throw RegistryError.branchRefused(
                model, environment: home.environment, branch: environment.branch)
        }
        return nil
    }

    /// The version named, or the newest, and the branch that names it; a project without one is trained.
    private func version() throws -> (reference: ModelReference, branch: String?) {
        if try model.contains("@") || !home.registry.versions(of: model).isEmpty {
            let found = try home.registry.resolveBranch(model)
            return (found.manifest.reference, found.branch)
        }
        Output.error("\(model) has no version yet: training it")
        let project = try Project(model, in: home.registry)
        return (try project.train(TrainingOptions(), in: home.registry) { _ in }.reference, nil)
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
        let people = deployed.branch.map { " for branch '\($0)'" } ?? ""
        Output.line("deployed \(reference) to '\(environment)'\(people), \(deployed.place)")
        if let branch = deployed.branch {
            let hello: JSONValue = ["type": "hello", "protocol": 1, "branch": .string(branch)]
            Output.line("who says this is answered by it: \(hello)")
        }
        if let previous = deployed.previous, previous != reference.description {
            Output.line("before it: \(previous)")
            Output.line(
                "to go back: hunch rollback model -n \(deployed.line) --env \(environment)")
        }
        for other in deployed.beside {
            Output.line("beside it: \(other.reference) stays live on \(other.documents.text)")
        }
        if !deployed.isLive { Output.line("next: hunch serve --env \(environment)") }
    }
}
