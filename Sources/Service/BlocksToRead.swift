// What goes to a model's worker, and what comes back.

internal import Documents
internal import Ranking
internal import Reactor
internal import Wire

/// Blocks of a document for a worker behind a mailbox.
struct BlocksToRead: Sendable {
    struct Block: Sendable {
        let location: BlockLocation
        let text: String
        /// What the first classifier of the document says of it.
        let intent: IntentResult?
        /// Who edited it last; nil where nobody has since it was opened.
        let editor: Session?
    }

    let document: SlabToken
    /// Of the shard; what is read of it has the same.
    let batch: Int
    let name: String
    let revision: Int
    /// What the answers are shown as.
    let arm: String?
    let blocks: [Block]
}

/// What a worker says of blocks.
struct BlocksRead: Sendable {
    let locations: [BlockLocation]
    /// In the order of `locations`.
    let answers: [ResultContent]
    /// The same as the log would have them; of a recommender alone.
    var lists: [Impression] = []
    /// Stages that failed or were late.
    var failures: [StageReport] = []
    /// Those that a program gave no answer to.
    var unanswered: [BlockID] = []
    /// Whose text was read.
    let revision: Int
    /// The number of the blocks that were asked of a worker.
    var batch = 0
    var computeNanoseconds: UInt64 = 0
}

extension BlocksRead {
    /// What came of all but some blocks, in the time of all.
    func without(_ blocks: Set<BlockID>) -> BlocksRead {
        guard !blocks.isEmpty else { return self }
        let kept = locations.indices.filter { !blocks.contains(locations[$0].block) }
        return BlocksRead(
            locations: kept.map { locations[$0] }, answers: kept.map { answers[$0] },
            lists: lists.isEmpty ? [] : kept.map { lists[$0] }, failures: failures,
            unanswered: unanswered.filter { !blocks.contains($0) }, revision: revision,
            batch: batch, computeNanoseconds: computeNanoseconds)
    }
}
