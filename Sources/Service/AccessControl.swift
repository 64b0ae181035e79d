// Who may connect, and as what.

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

    var isOpen: Bool { keys.isEmpty }

    /// What the bearer of a token is let in as; `nil` if it is not.
    func grant(token: String?, user: String?, isLocal: Bool) -> (user: String, isOperator: Bool)? {
        let named = user ?? "anonymous"
        if isLocal || isOpen { return (named, true) }
        guard let token, let key = keys[token] else { return nil }
        return (key.user ?? named, key.role == .operator)
    }
}
