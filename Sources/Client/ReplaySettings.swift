// How a trace is to be played.

/// A replay: where, into which document, how fast.
package struct ReplaySettings: Sendable {
    package var server: ServerAddress
    package var document: String
    package var order = ReplayPlan.Order.trace
    /// So many times faster than it was typed; `nil` for as fast as can be.
    package var speed: Double?
    package var token: String?
    /// Milliseconds for the first connection, and for anything to move at all after it.
    package var firstPatience = 5000
    package var patience = 60_000

    package init(server: ServerAddress, document: String) {
        self.server = server
        self.document = document
    }
}
