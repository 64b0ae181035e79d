import Reactor
import Synchronization
import Testing

/// Echoes on one loop, as an actor that the loop executes.
private actor Echo {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private nonisolated let loop: EventLoop
    private let listener: Listener
    private var channels = Slab<Channel>()
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private(set) var closed: [SocketError?] = []

    nonisolated let address: Address

    init(loop: EventLoop, at address: Address = .tcp(host: "127.0.0.1", port: 0)) throws {
        self.loop = loop
        listener = try Listener(at: address)
        self.address = listener.address
        listener.watch(on: loop, token: 0)
        loop.start { ready in
            self.assumeIsolated { $0.round(ready) }
            return false
        }
    }

    private func round(_ ready: [Readiness]) {
        for event in ready {
            if event.token == 0 { accept() } else { serve(SlabToken(event.token)) }
        }
    }

    private func accept() {
        while case .connection(let socket) = listener.accept() {
            let token = channels.insert(Channel(socket))
            channels[token].watch(on: loop, token: token)
        }
    }

    private func serve(_ token: SlabToken) {
        guard channels.contains(token) else { return }
        if channels[token].isReading { read(token) }
        guard channels.contains(token) else { return }
        if let error = channels[token].flush() { return close(token, error) }
        if channels[token].isAtEnd && channels[token].backlog == 0 { return close(token, nil) }
        channels[token].isReading = channels[token].backlog < 1 << 20
        channels[token].updateInterest(on: loop, token: token)
    }

    private func read(_ token: SlabToken) {
        switch channels[token].receive(into: &buffer) {
        case .bytes(let count): channels[token].enqueue(Array(buffer[..<count]))
        case .failed(let error): close(token, error)
        case .wouldBlock, .endOfStream: break
        }
    }

    private func close(_ token: SlabToken, _ error: SocketError?) {
        closed.append(error)
        _ = channels.remove(token)
    }

    nonisolated func stop() { loop.stop() }
    func connections() -> Int { channels.count }
    func resetAll() {
        for token in channels.tokens {
            channels[token].reset()
            _ = channels.remove(token)
        }
    }
}

@Suite struct EventLoopTests {
    @Test func `what is sent comes back, over the network and over the file system`() async throws {
        let path = "/tmp/hunch-echo-\(UInt64.random(in: 0 ... .max)).sock"
        for address in [Address.tcp(host: "127.0.0.1", port: 0), .unix(path: path)] {
            let echo = try Echo(loop: EventLoop(label: "echo"), at: address)
            defer { echo.stop() }
            let peer = try BlockingPeer(to: echo.address)
            try peer.write(Array("hello".utf8))
            #expect(try peer.read(5) == Array("hello".utf8))
        }
    }

    @Test func `a half-closed peer gets all that it sent, then the end`() throws {
        let echo = try Echo(loop: EventLoop(label: "echo"))
        defer { echo.stop() }
        let peer = try BlockingPeer(to: echo.address)
        let bytes = [UInt8](repeating: 7, count: 300_000)
        try peer.writeWhileReading(bytes) { received in #expect(received == bytes) }
    }

    @Test func `a reset reaches the peer as a reset`() async throws {
        let echo = try Echo(loop: EventLoop(label: "echo"))
        defer { echo.stop() }
        let peer = try BlockingPeer(to: echo.address)
        try peer.write([1])
        _ = try peer.read(1)
        await echo.resetAll()
        #expect(throws: SocketError.self) { _ = try peer.read(1) }
        #expect(await echo.connections() == 0)
    }

    @Test func `a stopped loop lets its round go`() async {
        let (gone, continuation) = AsyncStream<Void>.makeStream()
        let loop = EventLoop(label: "lifetime")
        start(loop, holding: Held { continuation.finish() })
        loop.stop()
        for await _ in gone {}
    }

    private func start(_ loop: EventLoop, holding held: Held) {
        loop.start { _ in withExtendedLifetime(held) { false } }
    }

    @Test func `a dead server's socket is replaced, a live one's is not`() throws {
        let path = "/tmp/hunch-listen-\(UInt64.random(in: 0 ... .max)).sock"
        let address = Address.unix(path: path)
        do {
            let dead = try Listener(at: address)
            _ = consume dead
        }
        let living = try Listener(at: address)
        #expect {
            let second = try Listener(at: address); _ = consume second
        } throws: {
            ($0 as? SocketError)?.isAddressInUse == true
        }
        _ = consume living
    }

    @Test func `jobs and wake-ups from many threads all arrive`() async throws {
        let loop = EventLoop(label: "count")
        let rounds = Atomic(0)
        let counter = Counter(loop: loop)
        defer { loop.stop() }
        loop.start { _ in
            rounds.add(1, ordering: .relaxed)
            return false
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 {
                        await counter.increment()
                        loop.wake()
                    }
                }
            }
        }
        #expect(await counter.count == 4000)
        #expect(rounds.load(ordering: .relaxed) > 0)
    }

    @Test func `an armed deadline causes a round, also on an idle loop`() async {
        let loop = EventLoop(label: "timer", lingerMilliseconds: 0)
        defer { loop.stop() }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let armed = Mutex(Optional(continuation))
            let deadline = Instant.now().advanced(byMilliseconds: 30)
            loop.start { _ in
                if Instant.now() >= deadline {
                    armed.withLock { $0.take()?.resume() }
                } else {
                    loop.arm(deadline)
                }
                return false
            }
        }
    }
}

private actor Counter {
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private nonisolated let loop: EventLoop
    private(set) var count = 0

    init(loop: EventLoop) { self.loop = loop }
    func increment() { count += 1 }
}

/// Says when nobody holds it any more.
private final class Held: Sendable {
    private let gone: @Sendable () -> Void

    init(gone: @escaping @Sendable () -> Void) { self.gone = gone }
    deinit { gone() }
}
