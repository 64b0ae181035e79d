// Who may connect, and as what.

internal import Ranking
internal import Registry

/// Decides by the keys of the environment.
///
/// Without keys everybody may do everything: that is meant for a machine of one's own, and the
/// server warns when it listens elsewhere. Through the control socket whoever may open the file is
/// an operator.
struct AccessControl: Sendable {
    private let keys: [String: AccessKey]

    init(_ keys: [AccessKey]) {
        self.keys = Dictionary(keys.map { ($0.token, $0) }) { first, _ in first }
    }

    /// What somebody is called who gives no name.
    static let nobody = "anonymous"

    var isOpen: Bool { keys.isEmpty }

    /// What somebody is let in as.
    struct Grant {
        let user: String
        let isOperator: Bool
        var rights = Rights()
    }

    /// What the bearer of a token is let in as; `nil` if it is not.
    func grant(token: String?, user: String?, isLocal: Bool) -> Grant? {
        let named = user ?? Self.nobody
        if isLocal || isOpen {
            return Grant(
                user: named, isOperator: true, rights: Rights(viewer: user.map { Viewer(user: $0) })
            )
        }
        guard let token, let key = keys[token] else { return nil }
        // Of a key that many bear nobody knows who it is: it sees what its groups may.
        let viewer =
            key.user.map { Viewer(user: $0, groups: key.groups) }
            ?? (key.groups.isEmpty ? nil : Viewer(user: nil, groups: key.groups))
        return Grant(
            user: key.user ?? named, isOperator: key.role == .operator,
            rights: Rights(documents: DocumentAccess(key.documents), viewer: viewer))
    }
}
