// The closing handshake of RFC 6455, section 7.1.

/// Decides whether to read on, when to send Close and when to drop the transport.
package struct ClosingHandshake: Equatable, Sendable {
    /// How far the handshake has come.
    package enum Phase: UInt8, Sendable {
        case open
        /// Ours is on its way; what the peer sends until its own Close is still read.
        case closeSent
        /// The peer has closed or broken the protocol; ours is still to be sent.
        case closeDue
        /// Nothing more to read or to send: drop the transport once the output is flushed.
        case over
    }

    package private(set) var phase = Phase.open

    package init() {}

    /// Whether what the peer sends still counts.
    var readsOn: Bool { phase == .open || phase == .closeSent }

    /// Notes that we close; `false` where a Close has gone out before.
    mutating func close() -> Bool {
        switch phase {
        case .open: phase = .closeSent
        case .closeDue: phase = .over
        case .closeSent, .over: return false
        }
        return true
    }

    /// Notes the peer's Close or its breach of the protocol, after which nothing more is read.
    mutating func end() {
        switch phase {
        case .open: phase = .closeDue
        case .closeSent: phase = .over
        case .closeDue, .over: break
        }
    }

    /// Gives up on a peer that left our Close unanswered.
    mutating func timeOut() {
        if phase == .closeSent { phase = .over }
    }
}
