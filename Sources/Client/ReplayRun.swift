// Plays a trace through real sockets.

internal import Documents
internal import Numerics
internal import Reactor
internal import WebSocket
internal import Wire

/// Clients that type what a trace says, each over a connection and with a copy of its own.
///
/// In the order of the trace, the author of the next edit applies others' edits only as far as the
/// author in the trace knew them, and sends on that base: so the server rebases what was concurrent.
/// A client that loses its connection comes back by itself, and goes on.
package actor ReplayRun {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    struct Player {
        var session = ClientSession(client: "hunch replay")
        var token: SlabToken?
        /// Its steps that are saved, or were left out as there was nothing to do.
        var done = 0
        var skipped = 0
        var sentAt: Instant?
    }

    private nonisolated let loop = EventLoop(label: "hunch.replay")
    let settings: ReplaySettings
    let plan: ReplayPlan
    private let progress: @Sendable (ReplayProgress) -> Void
    nonisolated let outcome = Promise<Result<ReplayReport, ReplayFailure>>()
    var connections: Connections
    var players: [Player]
    private var timers = Timers()
    private var random = SystemRandomNumberGenerator()
    var now = Instant.now()
    let start = Instant.now()
    private var lastMove = Instant.now()
    /// Steps of all players that are done.
    private var done = 0
    /// Edits that are saved, the last revision therefore.
    var saved = 0
    var latency = Histogram()
    var isOver = false

    /// Prepares a run; `progress` is called every half second, on the loop.
    package init(
        _ plan: ReplayPlan, _ settings: ReplaySettings,
        progress: @escaping @Sendable (ReplayProgress) -> Void
    ) {
        self.plan = plan
        self.settings = settings
        self.progress = progress
        connections = Connections(loop: loop)
        players = plan.turns.map { _ in
            Player(session: ClientSession(client: "hunch replay", token: settings.token))
        }
    }

    /// Plays to the end, and has a late reader compare; blocks meanwhile.
    package nonisolated func run() throws(ReplayFailure) -> ReplayReport {
        loop.start { ready in
            self.assumeIsolated { $0.round(ready) }
            return false
        }
        let result = outcome.wait()
        loop.stop()
        let report = try result.get()
        try lateReader(report)
        return report
    }

    // MARK: The loop

    private func round(_ ready: [Readiness]) {
        now = .now()
        if timers.count == 0 { begin() }
        for event in ready {
            guard let token = connections.receive(event) else { continue }
            while !isOver, let event = connections.next(token) { take(event, token) }
        }
        while !isOver, let timer = timers.popExpired(at: now) { expire(timer) }
        if !isOver { playOn() }
        connections.flush()
        loop.arm(timers.next)
    }

    private func begin() {
        for index in players.indices {
            players[index].session.open(settings.document)
            let first = plan.turns[index].first
            setHorizon(of: index, to: first)
            connect(index)
        }
        timers.schedule(Self.progressTimer, at: now)
    }

    private static var progressTimer: UInt64 { .max }
    private static var wakeTimer: UInt64 { .max - 1 }

    private func expire(_ timer: UInt64) {
        switch timer {
        case Self.wakeTimer: break
        case Self.progressTimer:
            progress(
                ReplayProgress(
                    edits: done, of: plan.steps.count, connected: players.count { $0.token != nil },
                    reconnects: players.reduce(0) { $0 + $1.session.reconnects },
                    seconds: Double(now.since(start)) / 1e9))
            timers.schedule(Self.progressTimer, at: now.advanced(byMilliseconds: 500))
            if now.since(lastMove) > UInt64(settings.patience) * 1_000_000 { fail(.stalled(done)) }
        default: connect(Int(timer))
        }
    }

    // MARK: Connections

    private func connect(_ index: Int) {
        do throws(SocketError) {
            let token = try connections.connect(to: settings.server, owner: index)
            players[index].token = token
            players[index].session.connected()
            send(index)
        } catch {
            lost(index, .socket(error))
        }
    }

    private func lost(_ index: Int, _ failure: ConnectionFailure) {
        let waited = now.since(start) / 1_000_000
        if players.allSatisfy({ $0.session.id == nil }), waited > settings.firstPatience {
            return fail(.notConnected(failure))
        }
        players[index].token = nil
        let pause = players[index].session.disconnected(using: &random)
        timers.schedule(UInt64(index), at: now.advanced(byMilliseconds: pause))
    }

    private func send(_ index: Int) {
        guard let token = players[index].token else { return }
        for message in players[index].session.takeOutgoing() {
            connections.send(message, to: token)
        }
    }

    private func take(_ event: Connections.Event, _ token: SlabToken) {
        switch event {
        case .lost(let failure):
            if let index = players.firstIndex(where: { $0.token == token }) { lost(index, failure) }
        case .message(let payload):
            let index = connections.owner(of: token)
            do {
                let message = try connections.decode(payload)
                if let event = try players[index].session.receive(message) { take(event, index) }
                settle(index)
                send(index)
            } catch let error as RefusedMessage {
                if error.error.code != .unknownType { fail(.unreadable(error.error)) }
            } catch let error as ClientError {
                fail(.client(index, error))
            } catch {}
        }
    }

    private func take(_ event: ClientSession.Event, _ index: Int) {
        switch event {
        case .error(let error, _):
            guard error.retryAfterMilliseconds != nil, let token = players[index].token else {
                return fail(.refused(index, error))
            }
            // One way back from all that passes: as after the loss of the connection.
            connections.close(token)
            lost(index, .unreadable(error))
        case .welcomed:
            let kept = players[index].session.limits?.historyRevisions ?? .max
            if settings.order == .trace, plan.longestLag > kept {
                fail(.historyTooShort(needed: plan.longestLag, kept: kept))
            }
        case .opened, .changed, .acknowledged, .results, .reply, .bye: break
        }
    }

    // MARK: Playing

    /// Notes the step that is saved now, be it by its `ack` or found in the history after a drop.
    private func settle(_ index: Int) {
        guard let document = players[index].session.documents[settings.document],
            document.replica.isSaved, let sentAt = players[index].sentAt
        else { return }
        latency.record(Instant.now().since(sentAt))
        saved += 1
        advance(index)
    }

    private func advance(_ index: Int) {
        players[index].done += 1
        players[index].sentAt = nil
        done += 1
        lastMove = now
        let turns = plan.turns[index]
        setHorizon(
            of: index, to: players[index].done < turns.count ? turns[players[index].done] : nil)
    }

    /// Has a player know as much as the author of its next step did.
    private func setHorizon(of index: Int, to step: Int?) {
        let horizon = settings.order == .trace ? step.map { plan.steps[$0].base } : nil
        do throws(ClientError) {
            _ = try players[index].session.setHorizon(horizon ?? .max, of: settings.document)
        } catch {
            fail(.client(index, error))
        }
    }

    private func playOn() {
        switch settings.order {
        case .trace:
            if done < plan.steps.count { play(plan.steps[done].client) }
        case .free:
            for index in players.indices { play(index) }
        }
        if done == plan.steps.count { finish() }
    }

    /// Sends a player's next step if it is its turn.
    private func play(_ index: Int) {
        while players[index].done < plan.turns[index].count {
            let step = plan.steps[plan.turns[index][players[index].done]]
            guard let document = players[index].session.documents[settings.document],
                document.isOpen, document.replica.isSaved,
                settings.order == .free || document.replica.revision == step.base, isDue(step)
            else { return }
            let operation =
                settings.order == .free
                ? step.operation.clipped(to: document.replica.length) : step.operation
            guard operation.isEmpty else { return send(operation, index) }
            players[index].skipped += 1
            advance(index)
        }
    }

    private func send(_ operation: Operation, _ index: Int) {
        players[index].sentAt = .now()
        players[index].session.edit(settings.document, operation)
        send(index)
    }

    private func isDue(_ step: ReplayPlan.Step) -> Bool {
        guard let speed = settings.speed else { return true }
        let due = start.advanced(byMilliseconds: Int(Double(step.time) / speed))
        if due > now { timers.schedule(Self.wakeTimer, at: due) }
        return due <= now
    }
}
