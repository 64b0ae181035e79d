// What people do with what they are shown.

/// An interaction by its name, such as `click`; products add names of their own.
///
/// `impression` is what being shown counts as, for each item of a list.
package struct Action: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let impression: Action = "impression"
    package static let click: Action = "click"
    package static let accept: Action = "accept"
    package static let dismiss: Action = "dismiss"
    /// Takes back what the same request's item got before it.
    package static let undo: Action = "undo"
}

extension Action: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(rawValue: value) }
}
