// A plain blocking socket, to hold against the reactor.

import Glibc
import Reactor

struct BlockingPeer: ~Copyable {
    private let socket: Socket

    init(to address: Address) throws(SocketError) {
        socket = try Socket.connecting(to: address)
        let flags = fcntl(socket.descriptor, F_GETFL)
        _ = fcntl(socket.descriptor, F_SETFL, flags & ~O_NONBLOCK)
    }

    func write(_ bytes: [UInt8]) throws(SocketError) {
        guard Glibc.write(socket.descriptor, bytes, bytes.count) == bytes.count else {
            throw SocketError("write")
        }
    }

    /// Reads exactly `count` bytes, or fewer at the end of the stream.
    func read(_ count: Int) throws(SocketError) -> [UInt8] {
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while result.count < count {
            let n = Glibc.read(socket.descriptor, &buffer, min(buffer.count, count - result.count))
            if n < 0 { throw SocketError("read") }
            if n == 0 { break }
            result += buffer[..<n]
        }
        return result
    }

    /// Writes everything from another thread, then half-closes; gives what came back to `check`.
    func writeWhileReading(_ bytes: [UInt8], check: ([UInt8]) -> Void) throws(SocketError) {
        let descriptor = socket.descriptor
        let argument = Unmanaged.passRetained(Job(descriptor: descriptor, bytes: bytes))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                let job = Unmanaged<Job>.fromOpaque(argument).takeRetainedValue()
                _ = Glibc.write(job.descriptor, job.bytes, job.bytes.count)
                shutdown(job.descriptor, Int32(SHUT_WR))
                return nil
            }, argument.toOpaque())
        let received = try read(bytes.count + 1)
        pthread_join(thread, nil)
        check(received)
    }

    private final class Job {
        let descriptor: Int32
        let bytes: [UInt8]
        init(descriptor: Int32, bytes: [UInt8]) {
            self.descriptor = descriptor
            self.bytes = bytes
        }
    }
}
