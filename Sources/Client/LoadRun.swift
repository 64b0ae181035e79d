// A load test on one event loop.

internal import Documents
internal import Glibc
internal import Numerics
internal import Reactor
internal import WebSocket
internal import Wire

/// Many virtual editors, each on a connection of its own.
///
/// What they do is due at times that are drawn beforehand, and every latency counts from there: a
/// server that stalls is charged for all that should have happened meanwhile.
package actor LoadRun {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    enum Phase {
        case connecting
        /// With the time of its first action.
        case running(since: Instant)
        case draining(since: Instant)
        case over
    }

    private nonisolated let loop = EventLoop(label: "hunch.load")
    nonisolated let settings: LoadSettings
    private let progress: @Sendable (LoadProgress) -> Void
    nonisolated let outcome = Promise<Result<Outcome, LoadFailure>>()
    var connections: Connections
    var editors: [VirtualEditor]
    private var tokens: [SlabToken?]
    private var byPeer: [PeerID: Int] = [:]
    var phase = Phase.connecting
    private var begun = 0
    private var ready = 0
    private var arrivals: Arrivals
    private var nextArrival: Instant?
    /// What the loop's timer is set to.
    private var armed: Instant?
    private var random: SplitMix64
    private var nextTick = Instant.now()
    var now = Instant.now()
    private var lastReady = Instant.now()
    /// When the first action was due.
    private(set) var start = Instant.now()
    /// Since the last tick, and before it.
    var recent = LoadMeasures()
    var total = LoadMeasures()
    var processorTime = 0.0
    var bytes = (received: 0, sent: 0)

    /// The report, and the copies for the late reader to compare.
    struct Outcome: Sendable {
        var report: LoadReport
        var texts: [(document: String, revision: Int, text: Text)]
    }

    /// Prepares a run; `progress` is called once a second, on the loop.
    package init(_ settings: LoadSettings, progress: @escaping @Sendable (LoadProgress) -> Void) {
        self.settings = settings
        self.progress = progress
        connections = Connections(loop: loop)
        var random = SplitMix64(seed: settings.seed)
        // The names are of this run alone, whatever the seed.
        let run = String(UInt32.random(in: .min ... .max), radix: 16)
        editors = (0..<settings.connections).map { index in
            let document = "\(settings.workspace)/\(run)-\(index % settings.documents)"
            return VirtualEditor(
                document: document, settings: settings,
                user: settings.users.isEmpty ? nil : settings.users[index % settings.users.count],
                seed: random.next())
        }
        tokens = Array(repeating: nil, count: settings.connections)
        arrivals = Arrivals(settings.arrivals, rate: settings.rate, seed: random.next())
        self.random = random
    }

    /// Runs to the end and checks all copies; blocks meanwhile.
    package nonisolated func run() throws(LoadFailure) -> LoadReport {
        Signals.ignoreBrokenPipes()
        Signals.raiseDescriptorLimit()
        loop.start { ready in
            self.assumeIsolated { $0.round(ready) }
            return false
        }
        let result = outcome.wait()
        loop.stop()
        var outcome = try result.get()
        compare(&outcome)
        return outcome.report
    }

    /// Has no more actions be due; what is due from the server still comes, and is checked.
    ///
    /// Before the first action it ends the run, as one whose editors were not ready.
    package func stop() {
        switch phase {
        case .connecting: fail(.notReady(ready: ready, of: editors.count))
        case .running:
            nextArrival = nil
            drain()
            arm()
        case .draining, .over: break
        }
    }

    private func drain() {
        now = .now()
        phase = .draining(since: now)
        nextTick = now
    }

    // MARK: The loop

    private func round(_ ready: [Readiness]) {
        now = .now()
        for (number, event) in ready.enumerated() {
            // What is due does not wait for the end of a long round.
            if number.isMultiple(of: 16), number > 0 { actOnTime() }
            guard let token = connections.receive(event) else { continue }
            now = .now()
            while let event = connections.next(token) { take(event, token) }
        }
        actOnTime()
        if now >= nextTick { tick() }
        connections.flush()
        arm()
    }

    private func arm() {
        if case .over = phase { return }
        let deadline = nextArrival.map { min($0, nextTick) } ?? nextTick
        guard deadline != armed else { return }
        armed = deadline
        loop.arm(deadline)
    }

    private func take(_ event: Connections.Event, _ token: SlabToken) {
        switch event {
        case .lost(let failure): lost(token, failure)
        case .message(let payload):
            let index = connections.owner(of: token)
            do {
                if let head = try connections.withBytes(of: payload, ResultsHead.init) {
                    editors[index].receive(head, now: now, &recent)
                } else {
                    try take(try connections.decode(payload), index)
                }
            } catch let error as ClientError {
                recent.fault("broken order", "\(error)")
            } catch {
                recent.fault("unreadable message", "\(error)")
            }
            send(index)
        }
    }

    private func take(_ message: ServerMessage, _ index: Int) throws {
        if case .edit(let relay) = message.body, let author = byPeer[relay.edit.peer],
            let due = editors[author].due(ofEdit: relay.edit.sequence)
        {
            recent.record("edit→others", now.since(due))
        }
        let isOpened = try editors[index].receive(message, now: now, &recent)
        if let session = editors[index].session.id, byPeer[PeerID(session)] == nil {
            byPeer[PeerID(session)] = index
        }
        if isOpened { opened() }
    }

    private func send(_ index: Int) {
        guard let token = tokens[index] else { return }
        for message in editors[index].takeOutgoing() { connections.send(message, to: token) }
    }

    private func lost(_ token: SlabToken, _ failure: ConnectionFailure) {
        switch phase {
        case .connecting: fail(.notConnected(ready: ready, of: editors.count, failure))
        case .running, .draining:
            recent.fault("connection lost", "\(failure)")
            if let index = tokens.firstIndex(of: token) { tokens[index] = nil }
        case .over: break
        }
    }

    // MARK: Connecting

    /// So many connections are being opened at a time, so that the server's queue of them does not overflow.
    private static var opening: Int { 128 }

    private func connectMore() {
        while begun < editors.count, begun - ready < Self.opening {
            do throws(SocketError) {
                let token = try connections.connect(to: settings.server, owner: begun)
                tokens[begun] = token
                editors[begun].connected()
                send(begun)
                begun += 1
            } catch {
                return fail(.notConnected(ready: ready, of: editors.count, .socket(error)))
            }
        }
    }

    private func opened() {
        guard case .connecting = phase else { return }
        ready += 1
        lastReady = now
        connectMore()
        guard ready == editors.count else { return }
        // What is measured begins with the first action.
        start = now.advanced(byMilliseconds: 100)
        (recent, total) = (LoadMeasures(), LoadMeasures())
        processorTime = Self.processorSeconds()
        bytes = (connections.bytesReceived, connections.bytesSent)
        phase = .running(since: start)
        nextTick = start.advanced(byMilliseconds: 1000)
        drawArrival(since: start)
    }

    // MARK: Acting

    private func drawArrival(since start: Instant) {
        let offset = arrivals.next()
        let isWithin = Double(offset) < settings.duration * 1e9
        nextArrival = isWithin ? Instant(nanoseconds: start.nanoseconds + offset) : nil
    }

    /// Does all that is due.
    private func actOnTime() {
        guard case .running(let start) = phase else { return }
        now = .now()
        var acted = false
        while let due = nextArrival, due <= now {
            let index = Int.random(in: editors.indices, using: &random)
            editors[index].act(settings.mix.draw(using: &random), due: due, &recent)
            recent.lateness.record(now.since(due))
            send(index)
            acted = true
            drawArrival(since: start)
        }
        if acted { connections.flush() }
        if nextArrival == nil { drain() }
    }

    // MARK: Time

    private func tick() {
        switch phase {
        case .connecting:
            connectMore()
            if now.since(lastReady) > 30_000_000_000 {
                return fail(.notReady(ready: ready, of: editors.count))
            }
            report(.connecting(ready: ready), since: now)
        case .running(let start): report(.running, since: start)
        case .draining(let start):
            let isLate = Double(now.since(start)) > settings.drain * 1e9
            if isLate || isComplete { return finish() }
            nextTick = now.advanced(byMilliseconds: 20)
        case .over: break
        }
    }

    private func report(_ phase: LoadProgress.Phase, since start: Instant) {
        nextTick = nextTick.advanced(byMilliseconds: 1000)
        total.merge(recent)
        progress(
            LoadProgress(
                phase: phase, seconds: Double(now.since(start)) / 1e9, recent: recent,
                faults: total.faultCount))
        recent = LoadMeasures()
    }
}
