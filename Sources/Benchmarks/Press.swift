// A closed loop of messages over many WebSocket connections.

import JSON
import Numerics
import Reactor
import Synchronization
import WebSocket

/// Keeps a fixed number of messages on the way on each connection, from one event loop.
actor Press {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private struct Peer: ~Copyable {
        let number: Int
        var channel: Channel
        var http = HTTPParser()
        var webSocket: WebSocketConnection?
        var replies = 0
        var next: Int
    }

    /// Connections that are under way at a time: fewer than wait in any listener's queue.
    private static let connecting = 64

    private nonisolated let loop = EventLoop(label: "press", lingerMilliseconds: 20)
    private nonisolated let plan: PressPlan
    private nonisolated let ready = Atomic(0)
    private nonisolated let answered = Atomic(0)
    private let handshake: ClientHandshake
    /// Each message as a masked frame, made once: the press should cost less than what it presses.
    private let frames: [[UInt8]]
    private var peers = Slab<Peer>()
    private var begun = 0
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)
    private var random = SplitMix64(seed: 1)

    init(_ plan: PressPlan) {
        self.plan = plan
        handshake = plan.handshake
        var random = SplitMix64(seed: 2)
        frames = plan.messages.map { message in
            var frame: [UInt8] = []
            frame.appendFrame(.text, message.utf8.span, maskingKey: .random(using: &random))
            return frame
        }
    }

    /// Connects, presses and prints what the server used.
    static func measure(_ plan: PressPlan) async throws {
        Signals.raiseDescriptorLimit()
        let press = Press(plan)
        let before = ProcessUsage(of: plan.server)
        press.loop.start { [press] ready in
            press.assumeIsolated { $0.round(ready) }
            return false
        }
        await press.connectMore()
        while press.ready.load(ordering: .relaxed) < plan.connections {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await Task.sleep(for: .seconds(plan.messages.isEmpty ? plan.seconds : 0))
        let connected = ProcessUsage(of: plan.server)
        await press.begin()
        try await Task.sleep(for: .seconds(plan.warmUpSeconds))
        let (start, first) = (
            ProcessUsage(of: plan.server), press.answered.load(ordering: .relaxed)
        )
        let clock = ContinuousClock.now
        try await Task.sleep(for: .seconds(plan.seconds))
        let (end, last) = (ProcessUsage(of: plan.server), press.answered.load(ordering: .relaxed))
        let seconds = (ContinuousClock.now - clock) / .seconds(1)
        printFigures([
            "residentBefore": .number(Double(before.residentBytes)),
            "residentConnected": .number(Double(connected.residentBytes)),
            "connectCPU": .number(connected.cpuSeconds - before.cpuSeconds),
            "messages": .number(Double(last - first)), "seconds": .number(seconds),
            "cpu": .number(end.cpuSeconds - start.cpuSeconds),
        ])
    }

    // MARK: Connecting

    private func connectMore() {
        let standing = ready.load(ordering: .relaxed)
        while begun < plan.connections, begun - standing < Self.connecting {
            do throws(SocketError) {
                var channel = Channel(try Socket.connecting(to: plan.address))
                channel.enqueue(handshake.request)
                let token = peers.insert(Peer(number: begun, channel: channel, next: begun))
                peers[token].channel.watch(on: loop, token: token)
            } catch {
                fail("\(error)")
            }
            begun += 1
        }
    }

    /// Puts the first messages of all connections on their way.
    private func begin() {
        guard !frames.isEmpty else { return }
        for token in peers.tokens {
            for _ in 0..<plan.depth { sayNext(token) }
            flush(token)
        }
    }

    // MARK: Rounds

    private func round(_ ready: [Readiness]) {
        for event in ready {
            let token = SlabToken(event.token)
            if event.readable || event.broken { read(token) }
            flush(token)
        }
    }

    private func flush(_ token: SlabToken) {
        if let error = peers[token].channel.flush() { fail("\(error)") }
        peers[token].channel.updateInterest(on: loop, token: token)
    }

    private func read(_ token: SlabToken) {
        switch peers[token].channel.receive(into: &buffer) {
        case .bytes(let count): process(token, count)
        case .wouldBlock: break
        case .endOfStream: fail("the server has closed a connection")
        case .failed(let error): fail("\(error)")
        }
    }

    private func process(_ token: SlabToken, _ count: Int) {
        var unread = 0..<count
        do {
            if peers[token].webSocket == nil, try !finishHandshake(token, &unread) { return }
            while let event = try nextEvent(token, &unread) {
                switch event {
                case .text, .binary: takeReply(token)
                case .ping, .pong: break
                case .close(let code, let reason):
                    fail("the server says goodbye: \(code as Any) \(reason)")
                }
            }
        } catch {
            fail("\(error)")
        }
    }

    private func finishHandshake(_ token: SlabToken, _ unread: inout Range<Int>) throws -> Bool {
        let response = try peers[token].http.nextResponse(buffer.span, in: &unread)
        guard let response else { return false }
        let agreement = try handshake.agreement(response)
        peers[token].webSocket = WebSocketConnection(
            role: .client, maximumMessageSize: 16 << 20, compression: agreement.compression)
        greet(token)
        return true
    }

    private func nextEvent(
        _ token: SlabToken, _ unread: inout Range<Int>
    ) throws(WebSocketError) -> WebSocketEvent? {
        var bytes = buffer.mutableSpan
        return try peers[token].webSocket?.next(&bytes, in: &unread)
    }

    private func takeReply(_ token: SlabToken) {
        guard peers[token].replies >= plan.greetings.count else {
            peers[token].replies += 1
            return greet(token)
        }
        answered.add(1, ordering: .relaxed)
        if !frames.isEmpty { sayNext(token) }
    }

    /// Says what is next before the connection is ready, if anything is.
    private func greet(_ token: SlabToken) {
        guard peers[token].replies < plan.greetings.count else {
            ready.add(1, ordering: .relaxed)
            return connectMore()
        }
        say(plan.greetings[peers[token].replies], token)
    }

    private func sayNext(_ token: SlabToken) {
        let next = peers[token].next
        peers[token].next += 1
        if plan.isCompressed {
            say(plan.messages[next % plan.messages.count], token)
        } else {
            let frame = frames[next % frames.count]
            peers[token].channel.enqueue { $0 += frame }
        }
    }

    private func say(_ message: String, _ token: SlabToken) {
        let text = Self.fill(message, peers[token].number)
        var frame: [UInt8] = []
        peers[token].webSocket?.append(
            .text, text.utf8.span, compressingFrom: 1, maskingKey: .random(using: &random),
            to: &frame)
        peers[token].channel.enqueue(frame)
    }

    /// Puts the number of the connection in the place of "%N%".
    private static func fill(_ message: String, _ number: Int) -> String {
        guard let percent = message.firstIndex(of: "%"), message[percent...].hasPrefix("%N%") else {
            return message
        }
        return message[..<percent] + String(number)
            + message[message.index(percent, offsetBy: 3)...]
    }
}
