// What a press is to do.

import JSON
import Reactor
import WebSocket

/// How many connections, what each says first, and what it goes on saying.
struct PressPlan: Sendable {
    let address: Address
    let path: String
    let connections: Int
    /// Messages on the way at a time, on each connection.
    let depth: Int
    /// Said one after another, each after a reply to the one before; "%N%" is the connection's number.
    let greetings: [String]
    /// Said in turn, as fast as they are answered; none if the connections are to be idle.
    let messages: [String]
    let isCompressed: Bool
    let warmUpSeconds: Double
    let seconds: Double
    /// The process whose processor time and memory are measured.
    let server: Int32

    init(_ json: JSONValue) {
        address = .tcp(host: "127.0.0.1", port: json["port"]?.int ?? 7777)
        path = json["path"]?.string ?? "/ws"
        connections = json["connections"]?.int ?? 64
        depth = json["depth"]?.int ?? 1
        greetings = (json["greetings"]?.array ?? []).compactMap(\.string)
        messages = (json["messages"]?.array ?? []).compactMap(\.string)
        isCompressed = json["compress"]?.bool ?? false
        warmUpSeconds = json["warmUpSeconds"]?.double ?? 0.5
        seconds = json["seconds"]?.double ?? 2
        server = Int32(json["server"]?.int ?? 0)
    }

    /// The key of the example in RFC 6455, section 1.2: devices that answer no other can be pressed too.
    static let nonce = "the sample nonce".utf8.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }

    var handshake: ClientHandshake {
        ClientHandshake(
            host: "127.0.0.1", target: path, nonce: Self.nonce,
            compression: isCompressed ? PermessageDeflate() : nil)
    }
}
