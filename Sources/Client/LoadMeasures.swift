// What a load test counts and measures.

package import Numerics

/// Latencies and faults of a load test; those of several parts can be merged.
///
/// All latencies are in nanoseconds and count from the time at which the action was due.
package struct LoadMeasures: Equatable, Sendable {
    /// Kinds of latencies, by the names that the report gives them.
    package private(set) var latencies: [String: Histogram] = [:]
    /// How late the generator itself was with what was due.
    package var lateness = Histogram()
    /// Edits that were due, edits on the wire (what is due while one is in flight is composed), acknowledged ones.
    package var editsDue = 0
    package var editsSent = 0
    package var editsSaved = 0
    /// Edits that undid each other before they could be sent.
    package var editsCancelled = 0
    package var requests = 0
    package var replies = 0
    package var relays = 0
    package var results = 0
    /// Replies that were lost, out of order or wrong: how many of each kind, and an example.
    package private(set) var faults: [String: Fault] = [:]

    package struct Fault: Equatable, Sendable {
        package fileprivate(set) var count: Int
        package let example: String
    }

    package init() {}

    package mutating func record(_ kind: String, _ nanoseconds: UInt64) {
        latencies[kind, default: Histogram()].record(nanoseconds)
    }

    package mutating func fault(_ kind: String, _ example: @autoclosure () -> String) {
        if faults[kind] == nil { faults[kind] = Fault(count: 0, example: example()) }
        faults[kind]?.count += 1
    }

    package var faultCount: Int { faults.values.reduce(0) { $0 + $1.count } }

    package mutating func merge(_ other: LoadMeasures) {
        for (kind, histogram) in other.latencies {
            latencies[kind, default: Histogram()].merge(histogram)
        }
        lateness.merge(other.lateness)
        editsDue += other.editsDue
        editsSent += other.editsSent
        editsSaved += other.editsSaved
        editsCancelled += other.editsCancelled
        requests += other.requests
        replies += other.replies
        relays += other.relays
        results += other.results
        for (kind, fault) in other.faults {
            faults[kind, default: Fault(count: 0, example: fault.example)].count += fault.count
        }
    }
}
