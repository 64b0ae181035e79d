import Numerics
import Reactor
import Testing

@Suite struct ChannelTests {
    private struct Pair: ~Copyable {
        var channel: Channel
        var peer: BlockingPeer?
    }

    /// A channel and the blocking peer at its other end.
    private func connected() throws -> Pair {
        let listener = try Listener(at: .tcp(host: "127.0.0.1", port: 0))
        let peer = try BlockingPeer(to: listener.address)
        guard case .connection(let socket) = listener.accept() else {
            throw SocketError("accept", code: 0)
        }
        return Pair(channel: Channel(socket), peer: peer)
    }

    @Test(arguments: UInt64(0)..<10)
    func `short and long messages arrive in order, whatever the kernel takes at once`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var pair = try connected()
        var expected: [UInt8] = []
        for i in 0..<60 {
            let long = Bool.random(using: &random)
            let count = Int.random(in: 1...(long ? 100_000 : 300), using: &random)
            let message = [UInt8](repeating: UInt8(i), count: count)
            expected += message
            pair.channel.enqueue(message)
        }
        let backlog = pair.channel.backlog
        #expect(backlog == expected.count)
        var received: [UInt8] = []
        while received.count < expected.count {
            let error = pair.channel.flush()
            #expect(error == nil)
            let inKernel = expected.count - pair.channel.backlog - received.count
            received += try pair.peer?.read(inKernel) ?? []
        }
        #expect(received == expected)
    }

    @Test func `messages too many for one call arrive in order, the last and short one last`()
        throws
    {
        var pair = try connected()
        var expected: [UInt8] = []
        for i in 0..<100 {
            let message = [UInt8](repeating: UInt8(i), count: 5000)
            expected += message
            pair.channel.enqueue(message)
        }
        pair.channel.enqueue([255])
        expected.append(255)
        var received: [UInt8] = []
        while received.count < expected.count {
            let error = pair.channel.flush()
            #expect(error == nil)
            let inKernel = expected.count - pair.channel.backlog - received.count
            received += try pair.peer?.read(inKernel) ?? []
        }
        let isInOrder = received == expected
        #expect(isInOrder)
    }

    @Test func `writing to a closed peer is an error of the channel`() throws {
        Signals.ignoreBrokenPipes()
        var pair = try connected()
        pair.peer = nil
        var error: SocketError?
        for _ in 0..<50 where error == nil {
            pair.channel.enqueue([UInt8](repeating: 0, count: 100_000))
            error = pair.channel.flush()
        }
        #expect(error != nil)
    }
}
