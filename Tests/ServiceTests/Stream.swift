// A blocking stream socket with a deadline on every wait.

import Glibc
import Testing

/// A connection to a server, as bytes.
final class Stream {
    let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 65536)

    /// Connects; `window` bounds what may arrive unread, if not as the system does.
    init(port: Int, window: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        if let window { set(SOL_SOCKET, SO_RCVBUF, window) }
        set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        try connect(&address)
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try connect(&address)
    }

    deinit { close(descriptor) }

    private func connect<Address>(_ address: inout Address) throws {
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let size = socklen_t(MemoryLayout<Address>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, size)
            }
        }
        try #require(result == 0, "connect: \(String(cString: strerror(errno)))")
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(
                    descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw StreamError.lost }
            sent += count
        }
    }

    /// Gives what has come, waiting for something; nothing at the end of the stream.
    func read(_ deadline: Deadline = Deadline()) throws -> ArraySlice<UInt8> {
        try awaitInput(descriptor, deadline)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count >= 0 else { throw StreamError.lost }
        return buffer[..<count]
    }

    func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        let deadline = Deadline()
        while true {
            let read = try read(deadline)
            if read.isEmpty { return bytes }
            bytes += read
        }
    }

    /// Says that no more is written; reading goes on.
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }
}

enum StreamError: Error {
    /// The other side is gone.
    case lost
}
