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
    /// Told what an operator should know, a line each.
    let report = Mutex<@Sendable (String) -> Void>({ _ in })
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
        _ environment: Environment, for inboxes: [ShardInbox],
        report: @escaping @Sendable (String) -> Void
    ) {
        self.inboxes.withLock { $0 = inboxes }
        self.report.withLock { $0 = report }
        var deployments = deployments(in: environment) { error in
            report("an experiment does not run: \(error)")
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
            reference: reference.description, name: reference.name, kind: kind,
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
