// Who may see which items.

internal import JSON
internal import Numerics

/// Somebody who asks for recommendations.
package struct Viewer: Equatable, Sendable {
    /// Nil for one of whom only the groups are known.
    package let user: String?
    package let groups: [String]

    package init(user: String?, groups: [String] = []) {
        self.user = user
        self.groups = groups
    }
}

/// Reads from an item's fields who may see it.
///
/// An item whose field `visibility` holds one of `open` is for everybody. Any other, also one without the
/// field, is for those users and groups alone that stand in the fields `readers`, as a text or a list of
/// texts: what somebody forgot to mark stays private.
package struct AccessRule: Equatable, Sendable {
    package let visibility: String
    package let open: [String]
    package let readers: [String]

    package init(visibility: String, open: [String], readers: [String]) {
        self.visibility = visibility
        self.open = open
        self.readers = readers
    }

    /// Who may see an item.
    package func readers(of item: Item) -> Readers {
        if let value = item.fields[visibility]?.string, open.contains(value) { return .everybody }
        let names = readers.flatMap { FieldGroups.texts(of: item.fields[$0]) }
        return .only(names.map(Readers.key).sortedUnique())
    }
}

/// Those who may see an item.
package enum Readers: Equatable, Sendable {
    case everybody
    /// Keys of users and groups, ascending.
    case only([UInt64])

    static func key(_ name: String) -> UInt64 { hash(name.utf8.span, seed: 0xACCE55) }

    package func include(_ viewer: Viewer?) -> Bool {
        switch self {
        case .everybody: return true
        case .only(let keys):
            guard let viewer else { return false }
            return viewer.user.map { keys.contains(Self.key($0)) } ?? false
                || viewer.groups.contains { keys.contains(Self.key($0)) }
        }
    }
}
