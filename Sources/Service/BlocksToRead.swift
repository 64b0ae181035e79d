// What goes to a model's worker, and what comes back.

internal import Reactor
internal import Wire

/// Blocks of a document for a worker behind a mailbox.
struct BlocksToRead: Sendable {
    struct Block: Sendable {
        let location: BlockLocation
        let text: String
        /// What the first classifier of the document says of it.
        let intent: IntentResult?
    }

    let document: SlabToken
    let name: String
    let revision: Int
    let blocks: [Block]
}

/// What a worker says of blocks.
struct BlocksRead: Sendable {
    let locations: [BlockLocation]
    /// In the order of `locations`.
    let answers: [ResultContent]
    /// Whose text was read.
    let revision: Int
    var computeNanoseconds: UInt64 = 0
}
