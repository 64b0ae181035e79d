// The models of a running server: loading them, swapping them, and what operators see of it.

internal import Dispatch
internal import Documents
internal import JSON
internal import Journal
internal import NLU
internal import Numerics
internal import Ranking
internal import Reactor
internal import Registry
internal import Synchronization
internal import Telemetry
internal import Wire

/// Loads models off the event loops and hands them to the shards.
///
/// A version is read, checked, warmed and only then put in use; what was in use before serves until
/// the shards have swapped, each between two batches, and is freed when the last of them has.
final class Control: Sendable {
    let queue = DispatchQueue(label: "hunch.control")
    let registry: Registry
    let environment: String
    let access: AccessControl
    let metrics: ServiceMetrics
    private let sessions: SessionDirectory
    let journal: Journal
    let itemAccess: ItemAccessDirectory
    private let eventLog: EventLog
    private let name: String
    private let port: Int?
    private let start = Instant.now()
    let current = Mutex(Deployments())
    private let ready = Atomic(false)
    let inboxes = Mutex<[ShardInbox]>([])
    /// Models whose programs have not ended.
    let runningPrograms = DispatchGroup()
    /// Nil while no experiment begins or ends by its definition.
    let boundary = Mutex<ExperimentBoundary?>(nil)
    /// How versions did when the steps of their rollouts began; what looks at them, while there are any.
    let watch = Mutex(RolloutWatch())
    /// Of the versions that serve no more the one that was asked last.
    let past = Mutex<LiveModel?>(nil)

    init(
        registry: Registry, environment: String, access: AccessControl, journal: Journal,
        metrics: ServiceMetrics,
        itemAccess: ItemAccessDirectory, sessions: SessionDirectory, eventLog: EventLog,
        name: String, port: Int?
    ) {
        self.port = port
        self.access = access
        self.itemAccess = itemAccess
        self.eventLog = eventLog
        self.registry = registry
        self.environment = environment
        self.journal = journal
        self.metrics = metrics
        self.sessions = sessions
        self.name = name
    }

    /// Whether all models of the environment are loaded.
    var isReady: Bool { ready.load(ordering: .acquiring) }

    /// Loads the models of the environment, and from then on has the shards use them.
    ///
    /// A model that cannot be loaded is left out and reported: the others serve.
    func loadAll(
        _ environment: Environment, for inboxes: [ShardInbox], report: @Sendable (String) -> Void
    ) {
        let models = environment.models
        self.inboxes.withLock { $0 = inboxes }
        var deployments = Deployments()
        for reference in models.map(\.reference).uniqued() {
            do {
                let uses = models.filter { $0.reference == reference }
                deployments.add(try load(reference), in: uses)
            } catch {
                report("\(reference) is not served: \(error)")
            }
        }
        for rollout in environment.rollouts {
            do {
                if let trial = try trial(rollout, in: deployments) {
                    deployments.trials.append(trial)
                }
            } catch {
                report("\(rollout.reference) is not tried: \(error)")
            }
        }
        deployments.experiments = liveExperiments(environment, in: deployments) { error in
            report("an experiment does not run: \(error)")
        }
        use(deployments)
        catchUp(deployments, after: Deployments())
        watchRollouts(environment.rollouts)
        watchDrift()
        ready.store(true, ordering: .releasing)
    }

    func use(_ deployments: Deployments) {
        let old = current.withLock { current in
            defer { current = deployments }
            return current
        }
        metrics.show(deployments, instead: old)
        let places = deployments.places
        for model in places {
            guard case .duplicates(let worker) = model.kind else { continue }
            let own = places.filter { $0.reference == model.reference }
            worker.post(.cover(own.flatMap(\.documents)))
        }
        for inbox in inboxes.withLock({ $0 }) { inbox.post(.deployed(deployments)) }
        awaitBoundary(of: deployments)
    }

    // MARK: Deploying

    /// Puts a version in use, here and in the environment's file.
    ///
    /// It blocks: call it on `queue`.
    func deploy(
        _ deploy: ClientMessage.Deploy, by user: String
    ) -> Result<ServerMessage.Deployed, WireError> {
        do {
            if let experiment = deploy.experiment {
                return .success(
                    try deploy.isRemoval
                        ? delete(experiment: experiment, by: user)
                        : begin(experiment: experiment, by: user))
            }
            if deploy.isRemoval { return .success(try withdraw(deploy, by: user)) }
            let text = deploy.version.map { "\(deploy.model)@\($0)" } ?? deploy.model
            let manifest = try registry.resolve(text)
            let reference = manifest.reference
            let patterns = (deploy.documents ?? []).map { DocumentPattern($0) }
            try registry.check(manifest, tags: deploy.tags, force: deploy.force)
            if let rollout = deploy.rollout {
                return .success(
                    try begin(
                        rollout, reference, force: deploy.force, why: deploy.why, by: user))
            }
            // Loaded before it is written down: what cannot be loaded is not deployed.
            let model = try loadAnswering(reference)
            let previous = live(reference.name, on: deploy.branch)?.reference
            var written = try registry.environment(environment)
            for pattern in patterns.isEmpty ? [nil] : patterns.map(Optional.some) {
                written = try registry.deploy(
                    reference, to: environment, documents: pattern, branch: deploy.branch,
                    tags: deploy.tags, force: deploy.force, why: deploy.why,
                    isRollback: deploy.isRollback, by: user, time: Int(wallClockMicroseconds()))
            }
            guard deploy.branch == nil else {
                try swap([model], in: written, by: user)
                let live = live(reference.name, on: deploy.branch) ?? model
                return .success(.init(deployment: live.wire, previous: previous))
            }
            // One that was tried begins anew, as what is live: its log says what it was.
            let wasTried = current.withLock { old in
                old.trials.contains { $0.model.reference == reference.description }
            }
            let deployments = try swap(
                [model],
                in: try endingTrial(
                    of: reference.name, in: written, by: user,
                    reason: deploy.isRollback
                        ? deploy.why ?? "rolled back" : "\(reference) was deployed"),
                isFresh: wasTried, by: user)
            let live = deployments.model(model.reference) ?? model
            watchRollouts(try registry.environment(environment).rollouts)
            return .success(.init(deployment: live.wire, previous: previous))
        } catch {
            return .failure(WireError(.deployFailed, "\(error)"))
        }
    }

    /// Makes the deployments what the environment says; `new` are loaded already.
    ///
    /// With `isFresh` they are used even where that version is live or tried already.
    @discardableResult
    func swap(
        _ new: [LiveModel], in written: Environment, isFresh: Bool = false, by user: String
    ) throws -> Deployments {
        let old = current.withLock { $0.experiments }
        let deployments = try deployments(new, in: written, isFresh: isFresh) { _ in }
        replace(by: deployments)
        tellChanges(from: old, to: deployments.experiments, by: user)
        return deployments
    }

    /// Has all use others; recommenders that are new learn what came meanwhile.
    func replace(by deployments: Deployments) {
        let old = current.withLock { $0 }
        use(deployments)
        catchUp(deployments, after: old)
    }

    /// What the environment says, as `swap` has it; `body` hears of experiments that cannot be run.
    func deployments(
        _ new: [LiveModel], in written: Environment, isFresh: Bool,
        orElse body: (any Error) throws -> Void
    ) throws -> Deployments {
        let old = current.withLock { $0 }
        var deployments = Deployments()
        for reference in written.models.map(\.reference).uniqued() {
            let uses = written.models.filter { $0.reference == reference }
            let known = old.all.first { $0.reference == reference.description }
            let loaded = new.first { $0.reference == reference.description }
            let next = try (isFresh ? loaded ?? known : known ?? loaded) ?? load(reference)
            deployments.add(next, in: uses)
        }
        deployments.trials = old.trials.filter { trial in
            written.rollouts.contains { $0.reference.description == trial.model.reference }
        }
        deployments.experiments = old.experiments
        deployments.experiments = try liveExperiments(written, in: deployments, orElse: body)
        return deployments
    }

    // MARK: Loading

    /// Opens a version; which documents it reads is said by `Deployments.add`.
    func load(_ reference: ModelReference, as arm: String? = nil) throws -> LiveModel {
        let manifest = try registry.manifest(of: reference)
        let file = try registry.artifact(of: manifest)
        let memory = Memory(file.unsafeBytes, owner: file)
        let kind: LiveModel.Kind =
            switch manifest.kind {
            case "intents", "rules": .intents(try warmed(IntentModel(memory)))
            case "tags": .tags(try warmed(TagModel(memory)))
            case "ranker": try recommender(file, reference, as: arm)
            case "duplicates":
                .duplicates(
                    DuplicateWorker(
                        try DuplicateSettings(JSONValue(parsing: Array(file.unsafeBytes))),
                        model: reference.description, journal: journal, metrics: metrics))
            case "external":
                .external(
                    try ExternalModel(
                        memory, of: reference, in: registry.programPath(reference),
                        eventLog: eventLog,
                        metrics: metrics.programs[reference.description], running: runningPrograms))
            default: throw ModelError.unknownKind(manifest.kind)
            }
        return LiveModel(
            reference: reference.description, name: reference.name, kind: kind, documents: [],
            drift: drift(of: kind, manifest))
    }

    /// Has a model answer once, so that its pages are in memory before an editor waits for it.
    private func warmed(_ model: IntentModel) -> IntentModel {
        var scratch = IntentModel.Scratch()
        _ = model.answer("warm up", scratch: &scratch)
        return model
    }

    private func warmed(_ model: TagModel) -> TagModel {
        var scratch = TagModel.Scratch()
        _ = model.answer("warm up".utf8.span, scratch: &scratch)
        return model
    }

    // MARK: Status

    func status(draining: Bool, _ deployments: Deployments) -> ServerMessage.Status {
        ServerMessage.Status(
            server: name, environment: environment, port: port,
            uptimeSeconds: Int(Instant.now().since(start) / 1_000_000_000),
            connections: Int(metrics.connections.value), sessions: sessions.count,
            documents: Int(metrics.documents.value), isDraining: draining,
            settings: access.running.settingDigests,
            deployments: deployments.everywhere.enumerated().map { place, model in
                // A version that is live on some documents can be tried on others.
                let isTried = place >= deployments.places.count
                let trial = deployments.trials.first {
                    isTried && $0.model.reference == model.reference
                }
                var wire = model.wire
                (wire.answers, wire.reportedWrong) = metrics.answered(by: model.reference)
                wire.share = trial.map { Float($0.share) }
                wire.experiment = isTried ? deployments.experiment(of: model.reference) : nil
                return wire
            })
    }
}
