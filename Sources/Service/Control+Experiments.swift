// Experiments of a running server: begun, changed, stopped, shipped.

internal import Dispatch
internal import Experiments
internal import JSON
internal import Ranking
internal import Reactor
internal import Registry
internal import Synchronization
internal import Telemetry
internal import Wire

extension EventType {
    static let experiment = EventType(rawValue: "experiment")
}

extension Control {
    /// Begins an experiment, or takes the new form of one that is there: an arm whose share grows keeps its
    /// units.
    ///
    /// It blocks: call it on `queue`.
    func begin(
        experiment json: JSONValue, by user: String
    ) throws -> ServerMessage.Deployed {
        var written = try registry.environment(environment)
        let (set, experiment) = try ExperimentSet(.array(written.experiments))
            .taking(
                Experiment(registry.admit(experiment: json, to: environment)),
                at: Double(wallClockMicroseconds()) / 1e6)
        var deployments = current.withLock { $0 }
        let live = try liveExperiment(experiment, in: deployments)
        written.experiments = set.experiments.map(\.json)
        try registry.write(written, to: environment)
        try registry.note(
            experiment: experiment.name, experiment.stateName, in: environment, by: user,
            time: Int(wallClockMicroseconds()))
        deployments.experiments.removeAll { $0.experiment.name == experiment.name }
        deployments.experiments.append(live)
        replace(by: deployments)
        tell(experiment, by: user)
        guard let model = deployments.model(live.model) else {
            throw RegistryError.notDeployed(live.model, environment: environment)
        }
        return .init(deployment: model.wire)
    }

    /// Has shards choose versions anew when the next experiment begins or ends by its definition.
    func awaitBoundary(of deployments: Deployments) {
        let now = Double(wallClockMicroseconds()) / 1e6
        let times = deployments.experiments.filter { $0.experiment.state == .running }
            .flatMap { [$0.experiment.start, $0.experiment.stop] }
        let next = times.compactMap(\.self).filter { $0 > now }.min()
        guard let next, boundary.withLock({ exchange(&$0, with: next) }) != next else { return }
        // A clock may be set meanwhile: then it is looked at again.
        let wait = min(next - now, Self.longestWait)
        queue.asyncAfter(wallDeadline: .now() + wait) { [weak self] in
            guard let self else { return }
            boundary.withLock { $0 = nil }
            let deployments = current.withLock { $0 }
            for inbox in inboxes.withLock({ $0 }) { inbox.post(.deployed(deployments)) }
            awaitBoundary(of: deployments)
        }
    }

    /// In seconds.
    private static var longestWait: Double { 3600 }

    /// Has recommenders that are new take in what was logged while they were loaded.
    func catchUp(_ deployments: Deployments, after old: Deployments) {
        for model in deployments.all {
            guard let worker = model.worker, !old.all.contains(where: { $0.worker === worker })
            else { continue }
            catchUp(
                worker, after: old.all.filter { $0.name == model.name }.compactMap(\.worker))
        }
    }

    /// The experiments of a file, on the models of `deployments`.
    ///
    /// One that goes on as it was keeps the arms that cannot be made of what is deployed now; another that
    /// cannot be run is left out, unless `body` throws.
    func liveExperiments(
        _ written: Environment, in deployments: Deployments, orElse body: (any Error) throws -> Void
    ) rethrows -> [LiveExperiment] {
        try written.experiments.compactMap { json in
            do {
                return try liveExperiment(Experiment(json), in: deployments)
            } catch {
                let known = deployments.experiments.first { $0.experiment.json == json }
                if known == nil { try body(error) }
                return known
            }
        }
    }

    func tell(_ experiment: Experiment, by user: String) {
        let fields: [EventField] = [
            EventField("name", .string(experiment.name)),
            EventField("state", .string(experiment.stateName)),
            EventField("by", .string(user)),
        ]
        inboxes.withLock { $0.first }?.post(
            .run { $0.note(.experiment, document: nil, fields: fields) })
    }

    /// An experiment with the versions of its arms, loaded where they are not in use by the experiments of
    /// `deployments`.
    func liveExperiment(
        _ experiment: Experiment, in deployments: Deployments
    ) throws -> LiveExperiment {
        let names = Set(experiment.arms.compactMap(\.modelName))
        guard names.count == 1, let name = names.first,
            let live = deployments.models.first(where: { $0.name == name })
        else {
            throw ExperimentError.models(names.sorted())
        }
        let known = deployments.experiments.first { $0.experiment.name == experiment.name }
        var arms: [LiveModel?] = []
        for (number, arm) in experiment.arms.enumerated() {
            guard experiment.needs(arm: number) else {
                arms.append(nil)
                continue
            }
            arms.append(
                try model(of: arm, of: experiment, beside: live) { name in
                    known?.arms.lazy.compactMap(\.self).first { $0.reference == name }
                })
        }
        return LiveExperiment(experiment: experiment, model: name, arms: arms)
    }

    private func model(
        of arm: Arm, of experiment: Experiment, beside live: LiveModel,
        known: (String) -> LiveModel?
    ) throws -> LiveModel? {
        var model: LiveModel
        switch arm.treatment {
        case .deployed: return nil
        case .model(let text):
            let reference = try registry.resolve(text).reference
            // The version that is live is no other arm than what is deployed.
            guard reference.description != live.reference else { return nil }
            model = try known(reference.description) ?? load(reference, as: arm.name)
        case .settings(_, let patch):
            // Another recommender than the one of that version: its lists have names of their own.
            let digest = Digest(of: patch.serialized()).hexadecimal.prefix(8)
            let name = "\(live.reference)~\(experiment.name).\(arm.name).\(digest)"
            model = try known(name) ?? recommender(of: live, patch, called: name, as: arm.name)
        }
        (model.documents, model.approved) = (live.documents, live.approved)
        return model
    }
}

extension Arm {
    /// The model that it is a form of; nil for what is deployed.
    fileprivate var modelName: String? {
        switch treatment {
        case .deployed: nil
        case .model(let reference): String(reference.prefix { $0 != "@" })
        case .settings(let recommender, _): recommender
        }
    }
}

extension Experiment {
    /// As a file has it.
    var stateName: String { json["state"]?.string ?? "running" }

    /// Whether somebody may get an arm.
    fileprivate func needs(arm: Int) -> Bool {
        switch state {
        case .running: true
        case .stopped: false
        case .shipped(let shipped): shipped == arm
        }
    }
}

/// Why an experiment cannot be run.
enum ExperimentError: Error, CustomStringConvertible {
    /// The models that its arms name.
    case models([String])

    var description: String {
        switch self {
        case .models([]): "no arm names a version or settings: there is nothing to compare"
        case .models(let names) where names.count == 1:
            "'\(names[0])' is not deployed here: deploy it first"
        case .models(let names):
            "the arms are of several models, \(names.joined(separator: ", ")): one experiment compares one"
        }
    }
}
