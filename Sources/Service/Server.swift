// The service as a whole: built here, started, and stopped in order.

internal import Dispatch
internal import Journal
package import Reactor
package import Registry
internal import Telemetry

/// Serves one environment at one address.
///
/// It builds everything and hands it down; nothing is found by itself. What it owns: the shards with
/// their loops, the journal, the control that loads models, the signal to stop.
package final class Server: Sendable {
    package static let version = "0.1.0"

    let context: ServiceContext
    private let shards: [Shard]
    private let control: Control
    private let environment: Environment
    private let controlPath: String
    /// Where it listens; with port 0 in the settings, the port that the system chose.
    package let address: Address

    /// Opens the journal and the sockets; nothing is accepted before `start`.
    ///
    /// - Throws: `JournalError`, `RegistryError`, `SocketError`.
    package init(
        _ settings: ServiceSettings, registry: Registry, environment name: String
    ) throws {
        Signals.ignoreBrokenPipes()
        Signals.letChildrenBeReaped()
        Signals.raiseDescriptorLimit()
        try FileSystem.makePrivateFolder(registry.environmentPath(name))
        let journal = try Journal(
            path: try registry.journalPath(name),
            settings: JournalSettings(
                history: settings.applying(try registry.environment(name)).limits.historyRevisions))
        let listener = try Listener(at: settings.address)
        address = listener.address
        controlPath = try registry.controlPath(name)
        let local = try Listener(at: .unix(path: controlPath))
        // From here on commands ask this server: what they have changed before is in the file.
        environment = try registry.environment(name)
        let settings = settings.applying(environment)
        let loops = (0..<settings.shards).map { EventLoop(label: "hunch.loop.\($0)") }
        let metrics = ServiceMetrics()
        let sessions = SessionDirectory()
        let eventLog = EventLog()
        let title = "hunch/\(Self.version)"
        let itemAccess = ItemAccessDirectory()
        let access = AccessControl(environment, settings)
        control = Control(
            registry: registry, environment: name, access: access, journal: journal,
            metrics: metrics,
            itemAccess: itemAccess, sessions: sessions, eventLog: eventLog, name: title,
            port: listener.address.port)
        context = ServiceContext(
            settings: settings, journal: journal, epoch: try journal.epoch(),
            inboxes: loops.map { ShardInbox(loop: $0) }, sessions: sessions, eventLog: eventLog,
            metrics: metrics, access: access, control: control, itemAccess: itemAccess,
            name: title)
        let context = context
        shards = loops.enumerated().map { index, loop in
            Shard(index: index, loop: loop, context: context)
        }
        context.inboxes[0].post(
            .run { shard in
                shard.listen(listener, isLocal: false)
                shard.listen(local, isLocal: true)
            })
    }

    /// Whether no key is asked of those who connect.
    package var isOpen: Bool { environment.keys.isEmpty }
    /// Whether those who show no key are no operators.
    package var isProtected: Bool { environment.isProtected }

    /// Starts accepting, and loads the models meanwhile.
    ///
    /// - Parameter report: told what an operator should know, a line each.
    package func start(report: @escaping @Sendable (String) -> Void) {
        // Before any request comes, which may change the environment.
        control.queue.async { [control, environment, context] in
            control.loadAll(environment, for: context.inboxes, report: report)
        }
        for shard in shards { shard.start() }
    }

    /// Stops in order: nothing new, goodbyes, what is owed, closing handshakes, the journal.
    ///
    /// Blocks until done, or until the time set for it is over.
    package func stop(report: (String) -> Void) {
        let drained = DispatchGroup()
        for inbox in context.inboxes {
            drained.enter()
            inbox.post(.drain(drained))
        }
        let outcome = drained.wait(timeout: .now() + .milliseconds(context.times.drain))
        for shard in shards { shard.loop.stop() }
        control.endPrograms()
        if outcome == .timedOut {
            report("some connections were cut off: they took too long to close")
        }
        do {
            try context.journal.close(within: .seconds(5))
            try FileSystem.remove(controlPath)
        } catch {
            report("not everything was closed in order: \(error)")
        }
    }
}

extension ServiceSettings {
    /// The settings with what the environment says otherwise.
    fileprivate func applying(_ environment: Environment) -> ServiceSettings {
        var settings = self
        settings.review.confidence = Float(environment.review.confidence)
        settings.review.kept = environment.review.kept
        for (limit, value) in environment.limits {
            switch limit {
            case .connections: settings.limits.connections = value
            case .messageBytes: settings.limits.messageBytes = value
            case .documentLength: settings.limits.documentUnits = value
            case .documentsPerConnection: settings.limits.openDocuments = value
            case .history: settings.limits.historyRevisions = value
            case .idleSeconds: settings.times.ping = value * 500
            case .evictionSeconds: settings.times.eviction = value * 1000
            case .drainSeconds: settings.times.drain = value * 1000
            }
        }
        return settings
    }
}
