// Where a server is, and how to talk to it.

package import Reactor

/// How messages are told from each other on the stream.
package enum Transport: String, CaseIterable, Sendable {
    /// WebSocket, as browsers speak it.
    case webSocket = "ws"
    /// JSON by lines, straight on the stream.
    case lines
}

/// A place to connect to and the transport to use there.
package struct ServerAddress: Equatable, Sendable, CustomStringConvertible {
    package var address: Address
    package var transport: Transport

    package init(_ address: Address, transport: Transport) {
        self.address = address
        self.transport = transport
    }

    /// Reads `ws://host:port`, `tcp://host:port` (JSON by lines) or `unix:path`.
    ///
    /// A path behind a `ws` address must be that of the server's only socket, `/ws`.
    package init?(url: String) {
        if url.hasPrefix("unix:"), url.utf8.count > 5 {
            self.init(.unix(path: String(url.dropFirst(5))), transport: .lines)
            return
        }
        let schemes: [(String, Transport)] = [("ws://", .webSocket), ("tcp://", .lines)]
        guard let (scheme, transport) = schemes.first(where: { url.hasPrefix($0.0) }) else {
            return nil
        }
        var authority = url.dropFirst(scheme.count)
        if let slash = authority.firstIndex(of: "/") {
            let path = authority[slash...]
            guard path == "/" || (transport == .webSocket && path == Self.webSocketPath) else {
                return nil
            }
            authority = authority[..<slash]
        }
        guard let colon = authority.lastIndex(of: ":"),
            let port = Int(authority[authority.index(after: colon)...]), 1...65535 ~= port
        else { return nil }
        var host = authority[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(.tcp(host: String(host), port: port), transport: transport)
    }

    /// The path of the socket on every server.
    static let webSocketPath = "/ws"

    package var description: String {
        switch (address, transport) {
        case (.unix, .lines): "unix:\(address)"
        case (.unix, .webSocket): "ws+unix:\(address)"
        case (.tcp, .lines): "tcp://\(address)"
        case (.tcp, .webSocket): "ws://\(address)\(Self.webSocketPath)"
        }
    }
}
