// What one model has read of one document, and said of it.

internal import Documents
internal import Reactor
internal import Wire

/// A block and where it lay in the text that was read.
typealias BlockLocation = ResultEntry<IntentResult>.Location

/// An answer to a block, as it was last pushed.
struct Answer<Content: ResultContent> {
    let content: Content
    /// The revision whose text was read.
    let revision: Int
}

/// The account of one model with one document.
struct Reading {
    /// The answers last pushed, by kind.
    enum Answers {
        case intents([BlockID: Answer<IntentResult>])
        case recommendations([BlockID: Answer<RecommendationResult>])
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
    var pending: Pending
    var answers: Answers
    var batch: Batch?

    init(model: String, answers: Answers, revision: Int) {
        self.model = model
        self.answers = answers
        pending = Pending(revision: revision)
    }

    /// How many blocks are not decided.
    var open: Int { pending.count + (batch == nil ? 0 : 1) }

    /// Whether there is something that the model could read now.
    var isDue: Bool { pending.hasNews && batch == nil }

    /// Keeps an answer; gives whether it differs from the one before.
    mutating func keep(_ content: IntentResult, for block: BlockID, revision: Int) -> Bool {
        guard case .intents(var answers) = answers else { return false }
        self.answers = .intents([:])
        defer { self.answers = .intents(answers) }
        return Self.keep(content, for: block, revision: revision, in: &answers) { $0 == $1 }
    }

    /// Keeps a list; gives whether it names other items than the one before.
    ///
    /// Scores drift with the time of day: they alone are no news.
    mutating func keep(_ content: RecommendationResult, for block: BlockID, revision: Int) -> Bool {
        guard case .recommendations(var answers) = answers else { return false }
        self.answers = .recommendations([:])
        defer { self.answers = .recommendations(answers) }
        return Self.keep(content, for: block, revision: revision, in: &answers) {
            $0.items.map(\.item) == $1.items.map(\.item)
        }
    }

    private static func keep<Content>(
        _ content: Content, for block: BlockID, revision: Int,
        in answers: inout [BlockID: Answer<Content>], isSame: (Content, Content) -> Bool
    ) -> Bool {
        if let known = answers[block]?.content, isSame(known, content) { return false }
        answers[block] = Answer(content: content, revision: revision)
        return true
    }

    /// Forgets a block; gives whether an answer had been pushed for it.
    mutating func forget(_ block: BlockID) -> Bool {
        switch answers {
        case .intents(var intents):
            answers = .intents([:])
            defer { answers = .intents(intents) }
            return intents.removeValue(forKey: block) != nil
        case .recommendations(var lists):
            answers = .recommendations([:])
            defer { answers = .recommendations(lists) }
            return lists.removeValue(forKey: block) != nil
        }
    }

    func hasAnswer(for block: BlockID) -> Bool {
        switch answers {
        case .intents(let intents): intents[block] != nil
        case .recommendations(let lists): lists[block] != nil
        }
    }

    /// What the model takes a block to mean.
    func intent(of block: BlockID) -> IntentResult? {
        guard case .intents(let intents) = answers else { return nil }
        return intents[block]?.content
    }
}
