// A socket that accepts connections.

internal import CEpoll
internal import Glibc

/// Accepts connections until told to pause.
///
/// Out of descriptors it is to be paused: a listener left watched would report without end.
package final class Listener: Sendable {
    /// What one `accept` came to.
    package enum Accepted: ~Copyable {
        case connection(Socket)
        /// Nobody waits.
        case none
        /// The process is out of descriptors: pause and try again after a while.
        case exhausted(SocketError)
    }

    private let socket: Socket
    package let address: Address

    /// Binds and listens; a dead server's socket in the file system is replaced.
    ///
    /// A socket in the file system is for its owner alone.
    ///
    /// - Throws: where the address is taken, not ours, or not there.
    package init(at address: Address, backlog: Int32 = 4096) throws(SocketError) {
        socket = try Self.listening(at: address, backlog)
        self.address = Self.bound(socket.descriptor, to: address)
    }

    private static func listening(
        at address: Address, _ backlog: Int32
    ) throws(SocketError) -> Socket {
        let socket = try Socket(family: address.family)
        socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
        if case .unix(let path) = address { try removeDead(path) }
        let descriptor = socket.descriptor
        try address.withSystemAddress { pointer, size throws(SocketError) in
            guard bind(descriptor, pointer, size) == 0 else {
                throw SocketError("bind to \(address)")
            }
        }
        // Before `listen`, so that nobody else can connect even for a moment.
        if case .unix(let path) = address, chmod(path, 0o600) != 0 {
            throw SocketError("chmod of \(path)")
        }
        guard listen(descriptor, backlog) == 0 else { throw SocketError("listen at \(address)") }
        return socket
    }

    /// Removes a socket file that nobody listens on.
    private static func removeDead(_ path: String) throws(SocketError) {
        do throws(SocketError) {
            _ = try Socket.connecting(to: .unix(path: path))
            throw SocketError("another server listens on \(path); bind", code: EADDRINUSE)
        } catch  where error.isRefused {
            unlink(path)
        }
    }

    /// The address with the port that the system chose.
    private static func bound(_ descriptor: Int32, to address: Address) -> Address {
        guard case .tcp(let host, 0) = address else { return address }
        var storage = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = getsockname(descriptor, $0, &size)
            }
        }
        // The port stands at the same place for both families.
        return .tcp(host: host, port: Int(UInt16(bigEndian: storage.sin6_port)))
    }

    package func watch(on loop: EventLoop, token: UInt64) {
        loop.add(socket.descriptor, token: token, interest: .read)
    }

    /// Lets those who connect wait in the kernel's queue.
    package func pause(on loop: EventLoop, token: UInt64) {
        loop.change(socket.descriptor, token: token, interest: [])
    }

    package func resume(on loop: EventLoop, token: UInt64) {
        loop.change(socket.descriptor, token: token, interest: .read)
    }

    /// Takes the next connection, non-blocking and without delay of small messages.
    package func accept() -> Accepted {
        while true {
            let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = accept4(socket.descriptor, nil, nil, flags)
            if descriptor >= 0 {
                let socket = Socket(adopting: descriptor)
                socket.sendWithoutDelay()
                return .connection(socket)
            }
            let error = SocketError("accept")
            if error.code == EAGAIN { return .none }
            if error.isOutOfDescriptors { return .exhausted(error) }
            // The peer gave up before we came (ECONNABORTED and network errors): take the next.
        }
    }
}
