// What one model has read of one document, and said of it.

internal import Documents
internal import Numerics
internal import Reactor
internal import Wire

/// A block and where it lay in the text that was read.
typealias BlockLocation = ResultEntry.Location

/// The account of one model with one document.
struct Reading {
    /// An answer to a block, as it was last pushed.
    struct Answer {
        let content: ResultContent
        /// The revision whose text was read.
        let revision: Int
    }

    /// A batch that is with the model's worker.
    struct Batch {
        let removed: [BlockID]
        let since: Instant
        let posted: Instant
        /// Blocks that were left waiting when it was taken.
        let left: Int
    }

    /// "name@version".
    let model: String
    let kind: ResultKind
    var pending: Pending
    private(set) var answers: [BlockID: Answer] = [:]
    /// Blocks whose answer was given while they were typed in, and when they rest if nothing comes.
    ///
    /// Bounded by the blocks of the document.
    var typed: [BlockID: Instant] = [:]
    var batch: Batch?
    /// The hash of the beginning of the document that was read for an answer to all of it.
    private var beginning: UInt64?

    init(model: String, kind: ResultKind, revision: Int) {
        self.model = model
        self.kind = kind
        pending = Pending(revision: revision)
    }

    /// How many blocks are not decided.
    var open: Int { pending.count + (batch == nil ? 0 : 1) }

    /// Whether there is something that the model could read now.
    var isDue: Bool { pending.hasNews && batch == nil }

    /// Keeps an answer; gives whether it is to be pushed.
    mutating func keep(_ content: ResultContent, for block: BlockID, revision: Int) -> Bool {
        if case .intent(let result) = content, result.isSettled { typed[block] = nil }
        let known = answers[block]?.content
        let isNews = known.map(content.isNews) ?? !content.isSilent
        if isNews || known == nil { answers[block] = Answer(content: content, revision: revision) }
        return isNews
    }

    /// Takes the beginning of the document; gives whether it is another than was taken last.
    mutating func takeBeginning(_ text: [UInt8]) -> Bool {
        let digest = hash(text.span)
        defer { beginning = digest }
        return digest != beginning
    }

    /// Forgets a block; gives whether it had an answer.
    mutating func forget(_ block: BlockID) -> Bool {
        typed[block] = nil
        return answers.removeValue(forKey: block) != nil
    }

    /// Offers the blocks that rest at `now`, to be read as whole texts; gives when the next one rests.
    ///
    /// One that waits to be read as it was typed again is left to what comes of that.
    mutating func offerRested(revision: Int, at now: Instant) -> Instant? {
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
        guard case .intent(let intent) = answers[block]?.content else { return nil }
        return intent
    }
}

extension ResultContent {
    /// Whether it says something else than the one before.
    ///
    /// A list of recommendations does if it names other items: scores drift with the time of day.
    fileprivate func isNews(after known: ResultContent) -> Bool {
        switch (self, known) {
        case (.recommendations(let new), .recommendations(let old)):
            new.items.map(\.item) != old.items.map(\.item)
        default: self != known
        }
    }
}
