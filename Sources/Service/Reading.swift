// What one model has read of one document, and said of it.

internal import Documents
internal import NLU
internal import Numerics
internal import Ranking
internal import Reactor
internal import Registry
internal import Wire

/// A block and where it lay in the text that was read.
typealias BlockLocation = ResultEntry.Location

/// The account of one model with one document.
final class Reading {
    /// An answer to a block, as it was last pushed.
    struct Answer {
        let content: ResultContent
        /// The last revision whose text was read.
        var revision: Int
        /// The name of its list; of recommenders alone.
        var list: String?
    }

    /// A batch that is with the model's worker.
    struct Batch {
        /// By which what comes back is known to be of it.
        let number: Int
        let blocks: [BlockID]
        /// Those of them that are read as they were.
        let again: Set<BlockID>
        let removed: [BlockID]
        let since: Instant
        let posted: Instant
        /// Blocks that were left waiting when it was taken.
        let left: Int
        /// Whether it reports an edit.
        let isOwed: Bool
    }

    /// "name@version".
    let model: String
    let kind: ResultKind
    /// Whether nobody sees its answers: they are only compared.
    let isShadow: Bool
    /// The tags that might be shown when it began.
    let approved: ApprovedTags
    /// Who has the texts of the document, if it is a worker of duplicates.
    let worker: ObjectIdentifier?
    var pending: Pending
    /// The newest revision at which somebody was told what stands: later messages name none before it.
    var told = 0
    private(set) var answers: [BlockID: Answer] = [:]
    /// What the version before said of blocks that this one has not read yet: it stands until then.
    private var former: [BlockID: Answer] = [:]
    /// Blocks that are gone, of which the version before was to tell.
    private var unreported: Set<BlockID> = []
    /// What somebody may speak of, of the versions before too.
    private(set) var lists = PushedLists()
    /// Blocks whose answer was given while they were typed in, and when they rest if nothing comes.
    ///
    /// Bounded by the blocks of the document.
    var typed: [BlockID: Instant] = [:]
    var batch: Batch?
    /// Whether the model's worker had no room, and is not asked for a while.
    var isHeld = false
    /// How often in a row it had none.
    var refusals = 0
    /// The hash of the beginning of the document that was read for an answer to all of it.
    private var beginning: UInt64?

    init(
        by model: String, kind: ResultKind, isShadow: Bool = false, approved: ApprovedTags,
        worker: ObjectIdentifier? = nil, revision: Int
    ) {
        self.model = model
        self.kind = kind
        self.isShadow = isShadow
        self.approved = approved
        self.worker = worker
        pending = Pending(revision: revision)
    }

    /// How many blocks are not decided; that some are gone, which has not been told, counts as one.
    var open: Int {
        max(pending.count, pending.hasNews ? 1 : 0) + (batch == nil ? 0 : 1)
    }

    /// Whether the model could read now what waits; with `anew`, what is left for when there is time.
    func isDue(anew: Bool) -> Bool {
        batch == nil && !isHeld && (anew ? pending.hasLeft && !pending.hasNews : pending.hasNews)
    }

    /// Whether blocks wait, or are left for when there is time.
    func hasMore(anew: Bool) -> Bool { anew ? pending.hasLeft : pending.count > 0 }

    /// Takes at most `limit` blocks, and why each is to be read: those that wait, or of those that were left for
    /// when there is time the ones that it has no answer to.
    func take(_ limit: Int, anew: Bool) -> [(block: BlockID, cause: Pending.Cause)] {
        guard anew else { return pending.take(limit) }
        var taken: [(block: BlockID, cause: Pending.Cause)] = []
        while taken.count < limit, let block = pending.takeLeft() {
            if answers[block] == nil { taken.append((block, .again)) }
        }
        return taken
    }

    /// Has the blocks of the batch of that number wait again, as there was no room for them; gives the batch.
    func takeBack(_ number: Int) -> Batch? {
        guard let refused = batch, refused.number == number else { return nil }
        pending.takeBack(
            refused.blocks, again: refused.again, since: refused.since, isOwed: refused.isOwed)
        batch = nil
        isHeld = true
        refusals += 1
        return refused
    }

    /// Keeps an answer; gives whether it is to be pushed.
    func keep(
        _ content: ResultContent, for block: BlockID, revision: Int, list: Impression? = nil
    ) -> Bool {
        if case .intent(let result) = content, result.isSettled { typed[block] = nil }
        let known = answers[block]
        let before = known ?? former.removeValue(forKey: block)
        let isNews =
            known.map { content.isNews(after: $0.content) }
            ?? !(content.isSilent && before?.content.isSilent ?? true)
        if isNews || known == nil {
            answers[block] = Answer(content: content, revision: revision, list: list?.request)
            if let list { lists.remember(PushedList(list), of: block) }
        } else {
            answers[block]?.revision = revision
        }
        return isNews
    }

    /// Whether it is of another version of the same model, shown to people as that one's is, or to nobody.
    func isSuccessor(of old: Reading) -> Bool {
        let name = modelName(of: model) + "@"
        return kind == old.kind && isShadow == old.isShadow && old.model.hasPrefix(name)
    }

    /// Takes the place of another version's: what that has said stands until this one has read the block, and what
    /// that has not told of yet, this one will.
    func follow(_ old: Reading, at now: Instant) {
        former = old.former.isEmpty ? old.answers : old.former.merging(old.answers) { $1 }
        lists = old.lists
        unreported = old.unreported.union(old.batch?.removed ?? [])
        var rest = old.pending
        let waiting = rest.take(.max)
        guard old.open > 0 || old.pending.hasNews else { return }
        let isOwed = old.pending.isOwed || old.batch?.isOwed ?? false
        let since = old.pending.since ?? old.batch?.since ?? now
        let blocks = waiting.map(\.block) + (old.batch?.blocks ?? [])
        // One that was posted as it was may have been edited since.
        let asked = Set(waiting.filter { $0.cause != .again }.map(\.block))
            .union(Set(old.batch?.blocks ?? []).subtracting(old.batch?.again ?? []))
        pending.offer(
            changed: blocks.reversed().filter { !asked.contains($0) }, removed: [],
            revision: old.pending.revision, because: .again, at: since)
        pending.offer(
            changed: blocks.reversed().filter(asked.contains),
            removed: rest.takeRemoved() + unreported, revision: old.pending.revision,
            because: isOwed ? .edit : .opening, at: since)
    }

    /// Has what was left for when there is time be read at once.
    func hurry(revision: Int, at now: Instant) {
        var left: [BlockID] = []
        while let block = pending.takeLeft() {
            if answers[block] == nil { left.append(block) }
        }
        guard !left.isEmpty else { return }
        pending.offer(
            changed: left.reversed(), removed: [], revision: revision, because: .opening, at: now)
    }

    /// What was last said of a block, be it by the version before.
    func known(of block: BlockID) -> ResultContent? { (answers[block] ?? former[block])?.content }

    /// The name of the list that its answer to a block is, as long as the list is remembered.
    func listName(of block: BlockID) -> String? {
        answers[block]?.list.flatMap { lists.named($0, of: block)?.impression.request }
    }

    /// Takes the beginning of the document; gives whether it is another than was taken last.
    func takeBeginning(_ text: [UInt8]) -> Bool {
        let digest = hash(text.span)
        defer { beginning = digest }
        return digest != beginning
    }

    /// Forgets a block; gives whether it had an answer.
    func forget(_ block: BlockID) -> Bool {
        typed[block] = nil
        lists.forget(block)
        let wasKnown = known(of: block) != nil || unreported.contains(block)
        answers[block] = nil
        former[block] = nil
        unreported.remove(block)
        return wasKnown
    }

    /// Offers the blocks that rest at `now`, to be read as whole texts; gives when the next one rests.
    ///
    /// One that waits to be read as it was typed again is left to what comes of that.
    func offerRested(revision: Int, at now: Instant) -> Instant? {
        guard !typed.isEmpty else { return nil }
        let rested = typed.filter { $0.value <= now }.map(\.key).sorted()
        for block in rested { typed[block] = nil }
        let settling = rested.filter { !pending.isWaiting($0) }
        if !settling.isEmpty {
            pending.offer(changed: settling, removed: [], revision: revision, at: now)
        }
        return typed.values.min()
    }

    /// What the model takes a block to mean.
    func intent(of block: BlockID) -> IntentResult? {
        guard !isShadow, case .intent(let intent) = answers[block]?.content else { return nil }
        return intent
    }
}
