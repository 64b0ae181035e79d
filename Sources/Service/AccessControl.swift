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

    /// What somebody is let in as.
    struct Grant {
        let user: String
        let isOperator: Bool
        var access = DocumentAccess()
    }

    /// What the bearer of a token is let in as; `nil` if it is not.
    func grant(token: String?, user: String?, isLocal: Bool) -> Grant? {
        let named = user ?? "anonymous"
        if isLocal || isOpen { return Grant(user: named, isOperator: true) }
        guard let token, let key = keys[token] else { return nil }
        return Grant(
            user: key.user ?? named, isOperator: key.role == .operator,
            access: DocumentAccess(key.documents))
    }
}

/// The documents that somebody may read and edit.
struct DocumentAccess: Sendable {
    /// None where it may read all.
    private let patterns: [DocumentPattern]?

    init(_ patterns: [DocumentPattern]? = nil) { self.patterns = patterns }

    func allows(_ document: String) -> Bool {
        patterns?.contains { $0.matches(document) } ?? true
    }
}
