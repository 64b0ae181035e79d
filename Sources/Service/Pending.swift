// What one model has yet to read of one document.

internal import Documents
internal import Reactor

/// The blocks of a document that wait for one model: latest wins.
///
/// A block waits at most once, however often it is edited, so that the queue is bounded by the
/// document. The one that was edited last is read first: whoever types sees an answer also while a
/// great paste is worked off.
struct Pending {
    /// Why a block is to be read.
    enum Cause {
        /// It has another text, or rests.
        case edit
        /// Nothing but typing has changed it.
        case typing
        /// Somebody has opened the document.
        case opening
        /// It is as it was, and nobody came.
        case again

        /// Whether somebody writes.
        var isWriting: Bool { self == .edit || self == .typing }

        /// Of a block that waits for two causes.
        fileprivate func and(_ other: Cause) -> Cause {
            if self == other { return self }
            return isWriting || other.isWriting ? .edit : .opening
        }
    }

    /// The blocks in the order in which they were offered.
    ///
    /// A block that was offered again stands twice; its older place is skipped.
    private var order: [BlockID] = []
    private var waiting: [BlockID: Cause] = [:]
    /// Blocks that are gone, and not reported yet.
    private var removed: [BlockID] = []
    /// Blocks to be read when there is time, the next one last; each may be gone or decided by then.
    private var left: [BlockID] = []
    /// The newest edit that was offered.
    private(set) var revision: Int
    /// When the oldest edit that is not reported was offered.
    private(set) var since: Instant?
    /// Whether an edit waits to be reported, and not only something to be read again.
    private(set) var isOwed = false

    /// Starts with nothing to read of a document at `revision`.
    init(revision: Int) { self.revision = revision }

    /// Whether an edit was offered that no report covers.
    var hasNews: Bool { since != nil }
    /// Whether blocks are left for when there is time.
    var hasLeft: Bool { !left.isEmpty }
    /// How many blocks wait, but for those that are left for when there is time.
    var count: Int { waiting.count }

    func isWaiting(_ block: BlockID) -> Bool { waiting[block] != nil }

    /// Adds what the edit that made `revision` changed, or what is to be read again, which is no edit.
    mutating func offer(
        changed: some Sequence<BlockID>, removed gone: some Sequence<BlockID>, revision: Int,
        because cause: Cause = .edit, at now: Instant
    ) {
        self.revision = revision
        isOwed = isOwed || cause.isWriting
        if since == nil { since = now }
        for block in changed {
            order.append(block)
            waiting[block] = waiting[block]?.and(cause) ?? cause
        }
        for block in gone {
            removed.append(block)
            waiting[block] = nil
        }
        if order.count > 2 * waiting.count + 64 { compact() }
    }

    /// Takes at most `limit` blocks, the freshest first, and why each is to be read.
    mutating func take(_ limit: Int) -> [(block: BlockID, cause: Cause)] {
        var taken: [(block: BlockID, cause: Cause)] = []
        while taken.count < limit, let block = order.popLast() {
            guard let cause = waiting.removeValue(forKey: block) else { continue }
            taken.append((block, cause))
        }
        if waiting.isEmpty { order = [] }
        return taken
    }

    /// Takes back blocks that nobody has read, to be read when those that were offered since have been.
    ///
    /// But for those that were read `again` they count as edited.
    mutating func takeBack(
        _ blocks: [BlockID], again: Set<BlockID>, since: Instant, isOwed: Bool
    ) {
        order.insert(contentsOf: blocks.reversed(), at: 0)
        for block in blocks {
            let cause: Cause = again.contains(block) ? .again : .edit
            waiting[block] = waiting[block]?.and(cause) ?? cause
        }
        self.since = min(self.since ?? since, since)
        self.isOwed = self.isOwed || isOwed
    }

    /// Leaves blocks to be read when there is time, the last of them first.
    mutating func leave(_ blocks: [BlockID]) { left = blocks }

    /// Takes one of those that were left and have not been offered since.
    mutating func takeLeft() -> BlockID? {
        while let block = left.popLast() {
            if waiting[block] == nil { return block }
        }
        return nil
    }

    /// Takes the blocks that are gone.
    mutating func takeRemoved() -> [BlockID] {
        defer { removed = [] }
        return removed
    }

    /// Ends the account: every edit offered so far is reported.
    mutating func settle() {
        since = nil
        isOwed = false
    }

    /// Drops the places that were overtaken, so that typing in one block holds no memory.
    private mutating func compact() {
        var seen: Set<BlockID> = []
        var kept: [BlockID] = []
        for block in order.reversed() where waiting[block] != nil && seen.insert(block).inserted {
            kept.append(block)
        }
        order = kept.reversed()
    }
}
