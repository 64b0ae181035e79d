// hunch rollback: back to what was live before.

import JSON
import Registry

struct RollbackCommand {
    static let command = Command(
        name: "rollback", nouns: ["model"], summary: "go back to the version that was live before",
        help: """
            usage: hunch rollback model -n NAME[@BRANCH] [--why REASON] [--env dev] [--json]

            Puts the version into use that was live right before, for the documents that the last deployment
            concerned. Each deployment or promotion of another version than the live one is a step on, also
            where it was live earlier; a rollback is a step back, and a second one goes one further. A
            version that was deleted is passed over, and named. While a version is tried, or
            an experiment's arm is shipped, that ends, and what is deployed goes on. What was live there once
            comes back without gates. A running server switches without a pause; where none runs, the
            environment's file is changed.

              -n NAME        the model, or NAME@BRANCH for what is live on a branch
              --why REASON   what for; the history keeps it
              --json         print what was deployed, one object a version
            \(Home.help)
            """
    ) { try RollbackCommand(arguments: $0).run() }

    private let home: Home
    /// NAME, or NAME@BRANCH.
    private let line: String
    private let why: String?
    private let isJSON: Bool

    init(arguments: [String]) throws(UsageError) {
        var arguments = Arguments(arguments, command: "rollback")
        home = try Home(&arguments)
        line = try arguments.modelLine()
        why = try arguments.value("--why")
        isJSON = arguments.flag("--json")
        try arguments.noun("model")
        try arguments.end()
    }

    func run() throws {
        if try endTrial() { return }
        let places = try home.registry.previous(of: line, in: home.environment)
        let groups = Dictionary(grouping: places, by: \.version).compactMap { version, places in
            version.map { (version: $0, documents: places.map(\.documents.text)) }
        }.sorted { $0.documents[0] < $1.documents[0] }
        let live = try home.registry.environment(home.environment).models
        let isEverywhere =
            groups.count == 1 && places.count == live.count { $0.line == line }
        let branch = live.first { $0.line == line }?.branch
        for group in groups {
            let deployed = try home.deploy(
                group.version, branch: branch, documents: isEverywhere ? nil : group.documents,
                tags: try tags(of: group.version, places), force: "rollback", why: why,
                isRollback: true)
            let missing = places.filter { $0.version == group.version }.flatMap(\.missing)
            report(
                deployed, on: isEverywhere ? [] : group.documents,
                missing: Set(missing.map(\.description)).sorted())
        }
    }

    /// The tags that were approved before what is taken back came with others; nil where it did not.
    private func tags(
        of version: ModelReference, _ places: [DeploymentHistory.Return]
    ) throws -> [String]? {
        guard let approved = places.lazy.compactMap(\.approved).first else { return nil }
        return try approved.tags ?? home.registry.manifest(of: version).tags
    }

    /// Ends what is tried of the model, or shipped by an experiment, if something is: what is live goes on.
    private func endTrial() throws -> Bool {
        let environment = try home.registry.environment(home.environment)
        let rollout = environment.rollouts.first { $0.reference.name == line }
        let shipped = environment.shipped(insteadOf: line)
        guard rollout != nil || !shipped.isEmpty,
            let live = environment.models.first(where: { $0.line == line })
        else { return false }
        let deployed = try home.deploy(
            live.reference, documents: [live.documents.text], force: "rollback", why: why,
            isRollback: true)
        if isJSON {
            let ended = (rollout.map { [$0.reference.description] } ?? []) + shipped
            let members: JSONValue = ["ended": .array(ended.map { .string($0) })]
            Output.line(deployed.json(in: home.environment).merging(members).description)
        } else {
            let ended =
                [rollout.map { "the \($0.mode.rawValue) of \($0.reference)" }].compactMap(\.self)
                + shipped.map { "what '\($0)' shipped" }
            Output.line("ended \(ended.joined(separator: " and ")); \(live.reference) goes on")
        }
        return true
    }

    /// `documents` are those that it concerns, where others keep what they have.
    private func report(_ deployed: Home.Deployed, on documents: [String], missing: [String]) {
        if isJSON { return Output.line(deployed.json(in: home.environment).description) }
        let place = documents.isEmpty ? "" : "on \(documents.joined(separator: ", ")) "
        Output.line(
            "rolled back \(deployed.branch.map { "branch '\($0)' " } ?? "")to \(deployed.reference) "
                + "\(place)in '\(home.environment)', \(deployed.place)")
        for other in deployed.beside {
            Output.line("beside it: \(other.reference) stays live on \(other.documents.text)")
        }
        if let previous = deployed.previous { Output.line("before it: \(previous)") }
        if !missing.isEmpty {
            let verb = missing.count == 1 ? "was" : "were"
            Output.line(
                "\(missing.joined(separator: ", ")) \(verb) deleted; back to \(deployed.reference)")
        }
    }
}

extension Home.Deployed {
    /// As commands print it with --json.
    func json(in environment: String) -> JSONValue {
        [
            "model": .string(reference.description), "environment": .string(environment),
            "branch": branch.map { .string($0) } ?? .null,
            "previous": previous.map { .string($0) } ?? .null, "live": .boolean(isLive),
            "tried": tried.map { .string($0.rawValue) } ?? .null,
        ]
    }
}
