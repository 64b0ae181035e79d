// What an environment should be, as a file says it.

import Experiments
import Glibc
import JSON
import Reactor
import Registry
import Wire

/// A declared environment beside the one that is there.
struct Declaration {
    let path: String
    let current: Environment
    let wanted: Environment
    /// What a running server keeps in memory otherwise than the environment's file says.
    let waiting: [EnvironmentSetting]

    var plan: EnvironmentPlan { EnvironmentPlan(from: current, to: wanted) }

    /// Reads `environments/ENV.json`, or another file.
    init(_ file: String?, of home: Home) throws {
        path = file ?? "environments/\(home.environment).json"
        guard FileSystem.exists(path) else {
            throw Failure(
                "there is no \(path); begin with what is there: "
                    + "hunch show env -n \(home.environment)")
        }
        (current, waiting) = try home.liveEnvironment()
        let text = try FileSystem.read(path)
        var wanted = try Environment(declaring: text, path: path, over: current)
        wanted.models = try wanted.models.map { try Self.resolved($0, in: home.registry) }
        wanted.keys = try wanted.keys.map(Self.resolved)
        wanted.experiments = try Self.experiments(of: wanted, over: current, in: home.registry)
        let projects = try home.registry.projects()
        if let model = wanted.schedules.keys.sorted().first(where: { !projects.contains($0) }) {
            throw Failure(
                "\(path) has a schedule for \(model), which has no project; create it: "
                    + "hunch create model -n \(model)")
        }
        let declared = wanted.experiments
        wanted.endShipping(since: current)
        if wanted.experiments != declared, try JSONValue(parsing: text)["experiments"] != nil {
            throw Failure(
                "\(path) has an experiment shipped in place of what it deploys anew: "
                    + "declare it as stopped")
        }
        try Self.check(wanted, over: current, in: home)
        self.wanted = wanted
    }

    /// The model by the name of its version, where a tag, a branch or `newest` stands.
    private static func resolved(
        _ model: DeployedModel, in registry: Registry
    ) throws -> DeployedModel {
        let manifest = try registry.resolve(model.reference.description)
        return DeployedModel(
            reference: manifest.reference, documents: model.documents, tags: model.tags,
            branch: model.branch)
    }

    /// The experiments with their versions by name, and with the units that arms have.
    private static func experiments(
        of wanted: Environment, over current: Environment, in registry: Registry
    ) throws -> [JSONValue] {
        let named = try wanted.experiments.map { try registry.naming(versionsOf: $0) }
        do throws(FieldError) {
            let set = try ExperimentSet(.array(named))
            let before = try ExperimentSet(.array(current.experiments))
            return try set.replacing(before, at: Double(wallClockMicroseconds()) / 1e6)
                .experiments.map(\.json)
        } catch {
            throw Failure("experiments\(error)")
        }
    }

    /// Refuses experiments that cannot be run, and tells of those that begin in the shadow of others.
    private static func check(
        _ wanted: Environment, over current: Environment, in home: Home
    ) throws {
        let set = try ExperimentSet(.array(wanted.experiments))
        let before = try ExperimentSet(.array(current.experiments)).experiments
        for experiment in set.experiments where experiment.state != .stopped {
            _ = try experiment.model(among: wanted.models.map(\.line))
            let known = before.first { $0.name == experiment.name }
            guard experiment != known else { continue }
            if let mistake = try home.unknownEvent(
                of: experiment, since: known, deployed: wanted.models)
            {
                throw Failure("experiment '\(experiment.name)': \(mistake)")
            }
            set.warnOfOverlaps(with: experiment)
        }
    }

    /// The key with the token of a variable of the environment, where `$NAME` stands.
    private static func resolved(_ key: AccessKey) throws -> AccessKey {
        guard key.token.hasPrefix("$") else { return key }
        let name = String(key.token.dropFirst())
        guard let value = getenv(name), value.pointee != 0 else {
            throw Failure("the variable \(name), which a key takes its token from, is not set")
        }
        return AccessKey(
            token: String(cString: value), role: key.role, user: key.user,
            documents: key.documents, groups: key.groups)
    }

    static let help = """
        The file holds members of environment.json; what it leaves out stays as it is. A version is a name,
        a tag, a branch or `newest`; a token may be `$NAME`, a variable of the environment. All members, with
        their types, units and defaults: protocols/environment.md
        """
}

extension DeployedModel {
    /// Whether it is the same version for the same documents, whatever the tags.
    fileprivate func isSame(as other: DeployedModel) -> Bool {
        reference == other.reference && line == other.line && documents == other.documents
    }
}

extension Home {
    /// What the environment is: what its file says, with the models that a running server has.
    ///
    /// One that is not there is empty. Beside it what the server runs with otherwise.
    fileprivate func liveEnvironment() throws -> (Environment, waiting: [EnvironmentSetting]) {
        guard try registry.environments().contains(environment) else {
            return (registry.emptyEnvironment(environment), [])
        }
        var live = try registry.environment(environment)
        guard case .status(let status)? = try askServer(.status)?.body else { return (live, []) }
        let serving = try status.deployments.filter {
            $0.share == nil && $0.experiment == nil
        }.flatMap { model in
            try model.documents.map { documents in
                DeployedModel(
                    reference: try ModelReference(parsing: model.model),
                    documents: DocumentPattern(documents), branch: model.branch)
            }
        }
        let waiting = status.settings.map(live.settings(otherThan:)) ?? []
        live.models.removeAll { known in !serving.contains(where: known.isSame) }
        live.models += serving.filter { !live.models.contains(where: $0.isSame) }
        return (live, waiting)
    }
}
