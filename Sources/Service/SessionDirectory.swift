// Which connection each session is on.

internal import Documents
internal import Reactor
internal import Synchronization

/// A connection of some shard.
struct ConnectionRef: Hashable, Sendable {
    let shard: Int
    let token: SlabToken
}

/// Finds the connection of a session, for the one case in which another shard must know: a newer
/// connection that takes the session over.
final class SessionDirectory: Sendable {
    private let connections = Mutex<[SessionID: ConnectionRef]>([:])

    /// Gives the session to `connection`, and the one that had it.
    func claim(_ session: SessionID, for connection: ConnectionRef) -> ConnectionRef? {
        connections.withLock { $0.updateValue(connection, forKey: session) }
    }

    /// Says that a connection went to another shard; gives whether it still had the session.
    func move(_ session: SessionID, from old: ConnectionRef, to new: ConnectionRef) -> Bool {
        connections.withLock { connections in
            guard connections[session] == old else { return false }
            connections[session] = new
            return true
        }
    }

    /// Forgets the session, unless another connection has it by now.
    func release(_ session: SessionID, by connection: ConnectionRef) {
        connections.withLock { if $0[session] == connection { $0[session] = nil } }
    }

    var count: Int { connections.withLock { $0.count } }
}
