// By what units are told apart in a report.

package import JSON

/// Something that was known of a unit when it was first exposed, before an arm could make a difference.
package enum SliceDimension: String, CaseIterable, Sendable {
    /// Of the document.
    case workspace
    /// Each group that whoever came has by its key.
    case group
    /// The place in the product that a list was asked for.
    case source
    /// What a classifier took the text to mean that a list was asked for.
    case intent
    /// `new` or, for a unit that is in the log from an hour before on, `returning`.
    case visit
    /// Of the day, and day of the week, both in UTC.
    case hour, weekday

    /// The labels of a unit, as `workspace=support`; none where nothing is known.
    ///
    /// `exposure` is the record of its first exposure, `time` the time of that and `seen` that of the first
    /// record of the unit at all, in seconds since 1970.
    package func labels(of exposure: JSONValue, at time: Double, seen: Double?) -> [String] {
        values(of: exposure, at: time, seen: seen).map { "\(rawValue)=\($0)" }
    }

    private func values(of exposure: JSONValue, at time: Double, seen: Double?) -> [String] {
        let hours = Int((time / 3600).rounded(.down))
        switch self {
        case .workspace, .source, .intent:
            return exposure[rawValue]?.string.map { [$0] } ?? []
        case .group: return (exposure[rawValue]?.array ?? []).compactMap(\.string)
        case .visit: return [seen.map { $0 < time - 3600 } ?? false ? "returning" : "new"]
        case .hour: return ["\(hours % 24 < 10 ? "0" : "")\(hours % 24)"]
        // The first of January 1970 was a Thursday.
        case .weekday: return [["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][hours / 24 % 7]]
        }
    }
}
