// Who may connect, and as what.

internal import Ranking
internal import Registry
internal import Synchronization
internal import WebSocket

/// Decides by the keys of the environment as they were last taken up.
///
/// Without keys everybody may do everything: that is meant for a machine of one's own, and the
/// server warns when it listens elsewhere. Of a protected environment everybody is then an editor, and
/// nobody an operator. Through the control socket whoever may open the file is one.
final class AccessControl: Sendable {
    private struct State {
        var running: Environment
        var keys: [String: AccessKey]
        var handshake: ServerHandshake
    }

    private let state: Mutex<State>
    /// Those that are welcome whatever the environment says.
    private let origins: [String]

    /// Begins with what a server takes up as it starts.
    init(_ environment: Environment, _ settings: ServiceSettings) {
        origins = settings.origins
        let paths = [Shard.socketPath] + (settings.hasEcho ? [Shard.echoPath] : [])
        let handshake = ServerHandshake(
            paths: Set(paths), allowedOrigins: Set(settings.origins + environment.origins),
            compression: .economical)
        state = Mutex(
            State(
                running: environment, keys: Self.table(environment.keys), handshake: handshake))
    }

    private static func table(_ keys: [AccessKey]) -> [String: AccessKey] {
        Dictionary(keys.map { ($0.token, $0) }) { first, _ in first }
    }

    /// Judges by the keys, the origins and the protection of another environment from now on.
    ///
    /// Those who are in already are judged again by `stands`.
    func take(_ written: Environment) {
        state.withLock { state in
            state.running.keys = written.keys
            state.running.origins = written.origins
            state.running.isProtected = written.isProtected
            state.keys = Self.table(written.keys)
            state.handshake.allowedOrigins = Set(origins + written.origins)
        }
    }

    /// What somebody is called who gives no name.
    static let nobody = "anonymous"

    /// The environment of the start, with what was taken up since.
    var running: Environment { state.withLock { $0.running } }

    /// Which requests become WebSockets: the origins are those of now.
    var handshake: ServerHandshake { state.withLock { $0.handshake } }

    /// What somebody is let in as.
    struct Grant {
        let user: String
        let isOperator: Bool
        /// What it was let in by; nil where no key was asked for.
        var key: AccessKey?
        var rights = Rights()
    }

    /// What the bearer of a token is let in as; `nil` if it is not.
    func grant(token: String?, user: String?, isLocal: Bool) -> Grant? {
        let named = user ?? Self.nobody
        let (keys, isProtected) = state.withLock { ($0.keys, $0.running.isProtected) }
        if isLocal || keys.isEmpty {
            return Grant(
                user: named, isOperator: isLocal || !isProtected,
                rights: Rights(viewer: user.map { Viewer(user: $0) }))
        }
        guard let token, let key = keys[token] else { return nil }
        // Of a key that many bear nobody knows who it is: it sees what its groups may.
        let viewer =
            key.user.map { Viewer(user: $0, groups: key.groups) }
            ?? (key.groups.isEmpty ? nil : Viewer(user: nil, groups: key.groups))
        return Grant(
            user: key.user ?? named, isOperator: key.role == .operator, key: key,
            rights: Rights(documents: DocumentAccess(key.documents), viewer: viewer))
    }

    /// Whether one who came in over the network would be let in again with no fewer rights.
    func stands(_ session: Session) -> Bool {
        state.withLock { state in
            guard let key = session.key else {
                return state.keys.isEmpty && !(session.isOperator && state.running.isProtected)
            }
            return state.keys[key.token] == key
        }
    }
}
