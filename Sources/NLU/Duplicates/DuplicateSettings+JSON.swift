// The rules as model.json and an artifact hold them.

package import JSON

extension DuplicateSettings {
    /// Reads the members that are there, of an object that may hold others.
    ///
    /// - Throws: the name of a member whose value makes no sense.
    package init(_ json: JSONValue) throws(DuplicateSettingsError) {
        self.init()
        if let value = json["similarity"] {
            guard let number = value.double, number > 0, number <= 1 else {
                throw .unsuitable("similarity", "a number above 0 and at most 1")
            }
            similarity = Float(number)
        }
        try Self.read("fewestWords", json, from: 1, into: &fewestWords)
        try Self.read("fewestNearWords", json, from: 1, into: &fewestNearWords)
        try Self.read("capacity", json, from: 1, into: &capacity)
    }

    private static func read(
        _ name: String, _ json: JSONValue, from least: Int, into setting: inout Int
    ) throws(DuplicateSettingsError) {
        guard let value = json[name] else { return }
        guard let number = value.int, number >= least, number <= 10_000_000 else {
            throw .unsuitable(name, "a whole number from \(least) to 10000000")
        }
        setting = number
    }

    /// All members; equal rules have equal ones.
    package var json: JSONValue {
        [
            "similarity": .number((Double(similarity) * 10_000).rounded() / 10_000),
            "fewestWords": .number(Double(fewestWords)),
            "fewestNearWords": .number(Double(fewestNearWords)),
            "capacity": .number(Double(capacity)),
        ]
    }
}

/// A rule that makes no sense, and what would.
package enum DuplicateSettingsError: Error, Equatable, CustomStringConvertible {
    case unsuitable(String, String)

    package var description: String {
        switch self {
        case .unsuitable(let name, let suitable): "\"\(name)\" must be \(suitable)"
        }
    }
}
