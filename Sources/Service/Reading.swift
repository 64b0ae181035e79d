// What one model has read of one document, and said of it.

internal import Documents
internal import NLU
internal import Numerics
internal import Ranking
internal import Reactor
internal import Wire

/// A block and where it lay in the text that was read.
typealias BlockLocation = ResultEntry.Location

/// The account of one model with one document.
final class Reading {
    /// An answer to a block, as it was last pushed.
    struct Answer {
        let content: ResultContent
        /// The revision whose text was read.
        let revision: Int
        /// The list as the log would have it; of recommenders alone.
        var list: PushedList?
    }

    /// A list that was pushed: the log gets it when it is known to have been seen.
    struct PushedList {
        let impression: Impression
        var isLogged = false
        /// What each session has done with it, as far as there is room.
        private var deeds: Set<Deed> = []
        private static let mostDeeds = 1000

        init(impression: Impression) { self.impression = impression }

        /// Takes note of a deed with one of its items; gives whether it is new.
        fileprivate mutating func take(_ deed: Deed) -> Bool {
            guard deed.item.map(impression.items.contains) ?? true, deeds.count < Self.mostDeeds
            else { return false }
            return deeds.insert(deed).inserted
        }

        fileprivate mutating func change<Result>(_ body: (inout Self) -> Result) -> Result {
            body(&self)
        }

        fileprivate var known: KnownList {
            isLogged ? .logged(impression) : .unlogged(impression)
        }
    }

    /// That a session has seen a list, or what it did with an item.
    struct Deed: Hashable {
        let session: PeerID
        var item: String?
        var action: Action?
    }

    /// What is known of a list that somebody speaks of.
    enum KnownList {
        /// Not in the log yet, and to be put there now.
        case unlogged(Impression)
        case logged(Impression)
        case unknown

        var impression: Impression? {
            switch self {
            case .unlogged(let impression), .logged(let impression): impression
            case .unknown: nil
            }
        }
    }

    /// A batch that is with the model's worker.
    struct Batch {
        /// By which what comes back is known to be of it.
        let number: Int
        /// Whose text the worker has.
        let revision: Int
        let blocks: [BlockID]
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
    private(set) var answers: [BlockID: Answer] = [:]
    /// What the version before said of blocks that this one has not read yet: it stands until then.
    private var former: [BlockID: Answer] = [:]
    /// Blocks that are gone, of which the version before was to tell.
    private var unreported: Set<BlockID> = []
    /// By block, the list before the present one: somebody may have acted on it a moment ago.
    private var superseded: [BlockID: PushedList] = [:]
    /// Blocks with lists that are remembered, the oldest first; a block may stand there twice.
    private var listed: [BlockID] = []
    /// So many lists are remembered, the newest: each holds what its scores were made of.
    private static let mostLists = 256
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

    /// Takes at most `limit` blocks, and whether only typing has changed them: those that wait, or of those that
    /// were left for when there is time the ones that it has no answer to.
    func take(_ limit: Int, anew: Bool) -> [(block: BlockID, isTyped: Bool)] {
        guard anew else { return pending.take(limit) }
        var taken: [(block: BlockID, isTyped: Bool)] = []
        while taken.count < limit, let block = pending.takeLeft() {
            if answers[block] == nil { taken.append((block, false)) }
        }
        return taken
    }

    /// Has the blocks of the batch of that number wait again, as there was no room for them; gives the batch.
    func takeBack(_ number: Int) -> Batch? {
        guard let refused = batch, refused.number == number else { return nil }
        pending.takeBack(refused.blocks, since: refused.since, isOwed: refused.isOwed)
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
            superseded[block] = before?.list
            answers[block] = Answer(
                content: content, revision: revision,
                list: list.map { PushedList(impression: $0) })
            if list != nil { remember(block) }
        }
        return isNews
    }

    private func remember(_ block: BlockID) {
        listed.append(block)
        guard listed.count > 2 * Self.mostLists else { return }
        for old in Set(listed.prefix(Self.mostLists)).subtracting(listed.suffix(Self.mostLists)) {
            answers[old]?.list = nil
            former[old]?.list = nil
            superseded[old] = nil
        }
        listed.removeFirst(Self.mostLists)
    }

    /// Whether it is of another version of the same model, shown to people as that one's is, or to nobody.
    func isSuccessor(of old: Reading) -> Bool {
        let name = model.prefix { $0 != "@" } + "@"
        return kind == old.kind && isShadow == old.isShadow && old.model.hasPrefix(name)
    }

    /// Takes the place of another version's: what that has said stands until this one has read the block, and what
    /// that has not told of yet, this one will.
    func follow(_ old: Reading, at now: Instant) {
        former = old.former.isEmpty ? old.answers : old.former.merging(old.answers) { $1 }
        listed = old.listed
        unreported = old.unreported.union(old.batch?.removed ?? [])
        var rest = old.pending
        let waiting = rest.take(.max).map(\.block) + (old.batch?.blocks ?? [])
        guard old.open > 0 || old.pending.hasNews else { return }
        pending.offer(
            changed: waiting.reversed(), removed: rest.takeRemoved() + unreported,
            revision: old.pending.revision,
            isEdit: old.pending.isOwed || old.batch?.isOwed ?? false,
            at: old.pending.since ?? old.batch?.since ?? now)
    }

    /// Has what was left for when there is time be read at once.
    func hurry(revision: Int, at now: Instant) {
        var left: [BlockID] = []
        while let block = pending.takeLeft() {
            if answers[block] == nil { left.append(block) }
        }
        guard !left.isEmpty else { return }
        pending.offer(
            changed: left.reversed(), removed: [], revision: revision, isEdit: false, at: now)
    }

    /// What was last said of a block, be it by the version before.
    func known(of block: BlockID) -> ResultContent? { (answers[block] ?? former[block])?.content }

    /// The list of a block that has this name, and whether it was logged; it is from now on.
    func log(_ name: String, of block: BlockID) -> KnownList {
        change(name, of: block) { list in
            list.isLogged = true
            return list.known
        } ?? .unknown
    }

    /// Takes note of what a session does with a list of a block; gives whether that is new.
    func take(_ deed: Deed, with name: String, of block: BlockID) -> Bool {
        change(name, of: block) { $0.take(deed) } ?? false
    }

    /// Changes the list of a block that has this name, where it is; nil if it is none of the last two.
    private func change<Result>(
        _ name: String, of block: BlockID, _ body: (inout PushedList) -> Result
    ) -> Result? {
        if answers[block]?.list?.impression.request == name {
            return answers[block]?.list?.change(body)
        }
        if superseded[block]?.impression.request == name { return superseded[block]?.change(body) }
        guard former[block]?.list?.impression.request == name else { return nil }
        return former[block]?.list?.change(body)
    }

    /// The list of a block that has this name, if it is one of the last two.
    func list(_ name: String, of block: BlockID) -> Impression? {
        [answers[block]?.list, superseded[block], former[block]?.list].lazy.compactMap {
            $0?.impression
        }
        .first { $0.request == name }
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
        superseded[block] = nil
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
