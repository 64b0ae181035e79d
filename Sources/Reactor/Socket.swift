// Non-blocking stream sockets: the system calls and their errors.

internal import CEpoll
internal import Glibc

/// A system call that failed.
package struct SocketError: Error, Equatable, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    /// The process or the system is out of descriptors: worth trying again later.
    package var isOutOfDescriptors: Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code)
    }

    package var isAddressInUse: Bool { code == EADDRINUSE }
    /// Nobody listens there.
    package var isRefused: Bool { code == ECONNREFUSED || code == ENOENT }

    package var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Where a server listens.
package enum Address: Equatable, Sendable, CustomStringConvertible {
    /// A name or number of a host; port 0 has the system choose.
    case tcp(host: String, port: Int)
    /// A socket in the file system, at most some 100 bytes long.
    case unix(path: String)

    /// Nil for what is no port of TCP.
    package var port: Int? {
        if case .tcp(_, let port) = self { port } else { nil }
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): path
        }
    }

    /// Calls `body` with the system's form of the address.
    ///
    /// Names are looked up, which may block.
    func withSystemAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        switch self {
        case .unix(let path): try withUnixAddress(path, body)
        case .tcp(let host, let port): try withResolved(host, port, body)
        }
    }

    private func withUnixAddress<Result>(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw SocketError("path of the socket \(path)", code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // The system takes every kind of address through a pointer to its common head.
        let pointer = UnsafeMutablePointer<sockaddr_un>.allocate(capacity: 1)
        pointer.initialize(to: address)
        defer { pointer.deallocate() }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return try body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), size)
    }

    private func withResolved<Result>(
        _ host: String, _ port: Int,
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Result
    ) throws(SocketError) -> Result {
        var hints = addrinfo()
        // The socket is of this family already; "localhost" may name an address of the other first.
        hints.ai_family = family
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &found)
        guard result == 0, let found, let address = found.pointee.ai_addr else {
            throw SocketError(
                "look-up of \(host): " + String(cString: gai_strerror(result)), code: 0)
        }
        defer { freeaddrinfo(found) }
        return try body(address, found.pointee.ai_addrlen)
    }

    var family: Int32 {
        switch self {
        case .unix: AF_UNIX
        case .tcp(let host, _): host.contains(":") ? AF_INET6 : AF_INET
        }
    }
}

/// Owns a descriptor, and closes it at the end of its life.
package struct Socket: ~Copyable, Sendable {
    package let descriptor: Int32

    init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// What one `receive` or `send` came to.
    package enum Outcome: Equatable {
        case bytes(Int)
        case wouldBlock
        case endOfStream
        case failed(SocketError)
    }

    /// Begins a connection; the socket is writable once it stands or failed.
    package static func connecting(to address: Address) throws(SocketError) -> Socket {
        let socket = try Socket(family: address.family)
        try address.withSystemAddress { pointer, size throws(SocketError) in
            guard connect(socket.descriptor, pointer, size) == 0 || errno == EINPROGRESS else {
                throw SocketError("connect to \(address)")
            }
        }
        socket.sendWithoutDelay()
        return socket
    }

    init(family: Int32) throws(SocketError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw SocketError("socket") }
    }

    /// Small messages leave at once; does nothing where the socket is not TCP.
    func sendWithoutDelay() { set(Int32(IPPROTO_TCP), TCP_NODELAY, 1) }

    func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Why the last operation on the socket failed, a `connect` among them; `nil` where it did not.
    package func pendingError() -> SocketError? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        return code == 0 ? nil : SocketError("connection", code: code)
    }

    /// Reads once into `buffer`.
    package func receive(into buffer: inout [UInt8]) -> Outcome {
        let count = buffer.withUnsafeMutableBytes {
            recv(descriptor, $0.baseAddress, $0.count, 0)
        }
        return count == 0 ? .endOfStream : outcome(count, "recv")
    }

    /// Writes what the kernel takes of `bytes[start...]`.
    func send(_ bytes: [UInt8], from start: Int) -> Outcome {
        let count = bytes.withUnsafeBytes {
            Glibc.send(
                descriptor, $0.baseAddress.map { $0 + start }, $0.count - start,
                Int32(MSG_NOSIGNAL))
        }
        return outcome(count, "send")
    }

    private func outcome(_ count: Int, _ call: String) -> Outcome {
        if count >= 0 { return .bytes(count) }
        return errno == EAGAIN || errno == EINTR ? .wouldBlock : .failed(SocketError(call))
    }

    /// Says that no more will be written; reading goes on.
    package func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Has the close that follows drop what is unsent and reset the peer.
    package func resetOnClose() {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<Glibc.linger>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
    }
}

extension Socket {
    /// Writes what the kernel takes of the parts in order, `start` bytes of the first left out.
    func send(_ parts: [[UInt8]], from start: Int) -> Outcome {
        // The arrays are alive for the whole call and nobody writes to them, so that the pointers hold.
        withExtendedLifetime(parts) {
            var skipped = start
            let vectors = parts.map { part in
                defer { skipped = 0 }
                return part.withUnsafeBytes { bytes in
                    iovec(
                        iov_base: UnsafeMutableRawPointer(
                            mutating: bytes.baseAddress.map { $0 + skipped }),
                        iov_len: bytes.count - skipped)
                }
            }
            return outcome(writev(descriptor, vectors, Int32(vectors.count)), "writev")
        }
    }
}
