// What came of playing a trace.

package import Numerics
package import Wire

/// How far a replay has come.
package struct ReplayProgress: Equatable, Sendable {
    package let edits: Int
    package let of: Int
    package let connected: Int
    package let reconnects: Int
    package let seconds: Double
}

/// A replay that went well: all copies are equal.
package struct ReplayReport: Sendable {
    package let document: String
    package let order: ReplayPlan.Order
    package let clients: Int
    /// Edits that were saved; the document's last revision.
    package let edits: Int
    /// Steps that had nothing left to do, in free order.
    package let skipped: Int
    package let seconds: Double
    package let reconnects: Int
    /// Edits that were sent again after a drop, and those that had been saved, their `ack` lost.
    package let resent: Int
    package let foundSaved: Int
    package let text: String
    /// From edit to `ack`, in nanoseconds.
    package let latency: Histogram
}

/// Why a replay failed.
package enum ReplayFailure: Error, CustomStringConvertible {
    case notConnected(ConnectionFailure)
    /// Nothing has moved for long.
    case stalled(Int)
    case refused(Int, WireError)
    case unreadable(WireError)
    case client(Int, ClientError)
    case historyTooShort(needed: Int, kept: Int)
    /// More or fewer revisions than edits: something was lost or applied twice.
    case revisions(Int?, made: Int, saved: Int)
    case different(String, String, TextDifference)
    case lateReader(RequestFailure)

    package var description: String {
        switch self {
        case .notConnected(let failure): "no connection: \(failure)"
        case .stalled(let done): "nothing has moved for long; \(done) edits were saved"
        case .refused(let client, let error):
            "client \(client) was refused: \(error.code.rawValue): \(error.message)"
        case .unreadable(let error): "the server sent what cannot be read: \(error.message)"
        case .client(let client, let error): "client \(client): \(error)"
        case .historyTooShort(let needed, let kept):
            "the trace has edits made \(needed) revisions late, and the server keeps \(kept): "
                + "raise the environment's limit `history`, or play it with --order free"
        case .revisions(let client, let made, let saved):
            "\(client.map { "client \($0)" } ?? "the late reader") is at revision \(made) "
                + "after \(saved) edits: something was lost or applied twice"
        case .different(let left, let right, let difference):
            "\(left) and \(right) are not equal: \(difference)"
        case .lateReader(let failure): "the late reader could not read: \(failure)"
        }
    }
}
