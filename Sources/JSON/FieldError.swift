// What is wrong with a tree of JSON, and where.

/// A value in a definition or an item that is missing or not what is wanted there.
package struct FieldError: Error, Equatable, Sendable {
    /// The way to the value from the root, as in `rerank[1].most`; empty for the root.
    package let path: String
    package let reason: Reason

    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    package enum Reason: Equatable, Sendable {
        case missing
        case wrongType(wanted: JSONType)
        case notAnInteger
        case outOfRange(ClosedRange<Double>)
        case unknownKey
        case unknownName(String, known: [String])
        case repeatedName(String)
        /// A list that is too short or too long for what it belongs to.
        case wrongLength(Int, wanted: Int)
        /// Of the right type, but not what its reader takes; a clause that says what is wrong.
        case unsuitable(String)
        case tooMany(Int, most: Int)
    }
}

extension FieldError: CustomStringConvertible {
    package var description: String {
        "\(path.isEmpty ? "the value" : path): \(reason)"
    }
}

extension FieldError.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "is missing"
        case .wrongType(let wanted): "must be of type \(wanted.rawValue)"
        case .notAnInteger: "must be a whole number"
        case .outOfRange(let range): "must lie in \(range)"
        case .unknownKey: "is not known here"
        case .unknownName(let name, let known):
            "'\(name)' is not one of \(known.joined(separator: ", "))"
        case .repeatedName(let name): "'\(name)' stands there twice"
        case .wrongLength(let count, let wanted): "has \(count) elements, not \(wanted)"
        case .unsuitable(let rule): rule
        case .tooMany(let count, let most): "has \(count) elements, of at most \(most)"
        }
    }
}
