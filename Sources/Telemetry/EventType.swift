// What can stand in the event log.

/// The type of an event, by a name that never changes.
package enum EventType: String, CaseIterable, Sendable {
    /// A connection is there.
    case connect
    /// A connection has ended.
    case disconnect
    /// A session has begun or been resumed.
    case hello
    case open
    case close
    case edit
    case intent
    case tags
    case recommendations
    case duplicate
    case interact
    case feedback
    case item
    case deploy
    case apply
    /// A shadow says otherwise than what is live.
    case shadow
    /// What became of a shadow or a canary.
    case rollout
    case experiment
    /// How a retraining on a schedule went.
    case retrain
    /// What a program complains of, and how it does.
    case program
    /// A list was made with less than its recommender has.
    case degraded
    case drift
    case error
    /// The server is about to stop.
    case drain
}
