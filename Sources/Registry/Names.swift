// The names of models, versions and environments.

/// A version of a model, written `name@version`.
package struct ModelReference: Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let version: String

    /// - Throws: `.invalidName`, as both become names of folders.
    package init(name: String, version: String) throws(RegistryError) {
        try checkName(name)
        try checkName(version)
        self.name = name
        self.version = version
    }

    /// - Throws: `.invalidReference`, `.invalidName`.
    package init(parsing text: String) throws(RegistryError) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw .invalidReference(text) }
        try self.init(name: String(parts[0]), version: String(parts[1]))
    }

    package var description: String { "\(name)@\(version)" }
}

/// Whether a text can be the name of a model, a version or an environment, and so of a folder.
///
/// It has at most 64 letters, digits, `-`, `_` and `.` of ASCII, and no `.` at the start: no such
/// name leads elsewhere.
package func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "."), text.utf8.count <= 64 else {
        return false
    }
    return text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// Whether a text has the form of a version: the 12 hexadecimal digits that a digest begins with.
package func isVersion(_ text: String) -> Bool {
    text.utf8.count == 12
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
            default: false
            }
        }
}

/// Whether a text can be the name of a branch that models are live on: of git's, all that can be told
/// from a model in `name@branch`, and is short enough for the wire.
package func isBranch(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 256 && !text.utf8.contains(UInt8(ascii: "@"))
        && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
}

/// The name in `name`, `name@version` and `name@branch`.
package func modelName(of text: String) -> String { String(text.prefix { $0 != "@" }) }

func checkName(_ text: String) throws(RegistryError) {
    guard isName(text) else { throw .invalidName(text) }
}
