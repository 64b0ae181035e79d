// Why a connection came to nothing, or to an end.

package import Reactor
package import WebSocket
package import Wire

/// How a connection was lost.
package enum ConnectionFailure: Error, Equatable, CustomStringConvertible {
    case socket(SocketError)
    /// The server does not open a WebSocket here.
    case handshake(HandshakeError)
    case http(HTTPError)
    /// The server broke the framing.
    case webSocket(WebSocketError)
    case binaryMessage
    case messageTooLong(limit: Int)
    /// The server closed, with the code that it gave.
    case closed(CloseCode?, reason: String)
    /// A message that is none of the protocol's.
    case unreadable(WireError)
    case timedOut

    package var description: String {
        switch self {
        case .socket(let error) where error.isRefused:
            "nobody listens there; start a server: hunch serve"
        case .socket(let error): "\(error)"
        case .handshake(.refused(let status)):
            "the server answered \(status.rawValue) \(status.reason) instead of opening a WebSocket"
        case .handshake(let error): "the server's handshake is not one of WebSocket: \(error)"
        case .http(let error): "the server's answer is not HTTP: \(error)"
        case .webSocket(let error): "the server broke the framing of WebSocket: \(error)"
        case .binaryMessage: "the server sent a binary message"
        case .messageTooLong(let limit): "the server sent a message of more than \(limit) bytes"
        case .closed(let code, let reason):
            "the server closed the connection"
                + (code.map { " with code \($0.rawValue)" } ?? "")
                + (reason.isEmpty ? "" : " (\(reason))")
        case .unreadable(let error):
            "the server sent a message that cannot be read: \(error.message)"
        case .timedOut: "the server did not answer in time"
        }
    }
}
