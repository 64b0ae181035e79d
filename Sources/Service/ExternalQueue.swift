// What waits for programs, and what of it has been answered.

internal import Reactor
internal import Wire

/// Texts to be answered together.
struct ExternalQuestion: Sendable {
    let texts: [String]
    /// Whether it is given up when the programs do not start, rather than when its time is over.
    var isTrial = false
    /// Told the answers in the order of the texts, nil where there is none, and the nanoseconds that
    /// the programs took for them; no answers at all where there was no room, or where the programs end:
    /// what was refused so can be asked again, perhaps of others.
    ///
    /// Called once, whatever happens.
    let reply: @Sendable ([ResultContent?]?, UInt64) -> Void
}

/// Parts questions into texts, texts into batches, and puts the answers together again.
struct ExternalQueue {
    /// Texts that a program was asked in one line.
    struct Batch {
        fileprivate let texts: [Waiting]
        let start: Instant

        var count: Int { texts.count }
    }

    /// One text of a question.
    fileprivate struct Waiting {
        let question: Int
        let place: Int
        /// When it is given up.
        var deadline: Instant
        /// Whether it was asked among others in vain.
        var isAlone = false
    }

    /// A question with the answers that have come.
    private struct Open {
        let question: ExternalQuestion
        var answers: [ResultContent?]
        /// How many texts are not decided.
        var left: Int
        var compute: UInt64 = 0
    }

    private let capacity: Int
    private var open: [Int: Open] = [:]
    private var number = 0
    /// In the order in which they came.
    private var waiting: [Waiting] = []

    /// - Parameter capacity: the most texts that wait.
    init(capacity: Int) { self.capacity = capacity }

    /// The most texts to ask of a document at once.
    ///
    /// While no more than a quarter of the places are taken, there is room for so many: a text that waits now and
    /// then cannot keep a document with many blocks from being read.
    static func mostInPart(of capacity: Int) -> Int {
        max(1, min(ReadingTurn.limit, capacity / 2))
    }

    /// When the next text is given up.
    var deadline: Instant? { waiting.first?.deadline }

    /// Adds a question with at least one text; gives false if there is no room for all of it.
    ///
    /// Questions of several texts leave a quarter of the places to those of one, which is what somebody
    /// types or asks for.
    mutating func add(_ question: ExternalQuestion, until deadline: Instant) -> Bool {
        let count = question.texts.count
        precondition(count > 0)
        let isOne = count == 1 || waiting.isEmpty
        guard waiting.count + count <= capacity - (isOne ? 0 : capacity / 4) else { return false }
        number += 1
        open[number] = Open(
            question: question, answers: Array(repeating: nil, count: count), left: count)
        for place in 0..<count {
            waiting.append(Waiting(question: number, place: place, deadline: deadline))
        }
        return true
    }

    /// Takes at most so many texts, the oldest first, or one that is to be asked alone; nil if none waits.
    mutating func take(_ limit: Int, at now: Instant) -> (batch: Batch, texts: [String])? {
        guard let first = waiting.first else { return nil }
        let taken = first.isAlone ? [first] : waiting.prefix(limit).prefix { !$0.isAlone }
        waiting.removeFirst(taken.count)
        let texts = taken.compactMap { open[$0.question]?.question.texts[$0.place] }
        return (Batch(texts: Array(taken), start: now), texts)
    }

    /// Has the texts of a batch without answers wait again, behind the others, each to be asked alone: the one that
    /// ended the program shall not take others' answers with it.
    ///
    /// Gives false if it has no others, or is of trials: who asks on trial asks again.
    mutating func takeBack(_ batch: Batch, at now: Instant, until deadline: Instant) -> Bool {
        guard batch.count > 1, !batch.texts.contains(where: isTrial) else { return false }
        addTime(of: batch, at: now)
        waiting += batch.texts.map { text in
            var text = text
            text.isAlone = true
            text.deadline = deadline
            return text
        }
        return true
    }

    private func isTrial(_ text: Waiting) -> Bool {
        open[text.question]?.question.isTrial == true
    }

    private mutating func addTime(of batch: Batch, at now: Instant) {
        for question in Set(batch.texts.map(\.question)) {
            open[question]?.compute += now.since(batch.start)
        }
    }

    /// Gives the texts of a batch their answers, in their order, and replies to questions that are
    /// decided.
    mutating func settle(_ batch: Batch, _ answers: [ResultContent?]?, at now: Instant) {
        addTime(of: batch, at: now)
        for (i, text) in batch.texts.enumerated() { settle(text, answers?[i]) }
    }

    /// Refuses all questions that are not decided, the oldest first.
    mutating func refuseAll() {
        let questions = open.sorted { $0.key < $1.key }.map(\.value.question)
        (open, waiting) = ([:], [])
        for question in questions { question.reply(nil, 0) }
    }

    /// Gives up texts whose time is over; gives how many.
    mutating func expire(at now: Instant) -> Int {
        let late = waiting.prefix { $0.deadline <= now }
        waiting.removeFirst(late.count)
        for text in late { settle(text, nil) }
        return late.count
    }

    /// Gives up texts of trials that wait; gives how many.
    mutating func giveUpTrials() -> Int {
        let trials = waiting.filter(isTrial)
        guard !trials.isEmpty else { return 0 }
        waiting.removeAll(where: isTrial)
        for text in trials { settle(text, nil) }
        return trials.count
    }

    private mutating func settle(_ text: Waiting, _ answer: ResultContent?) {
        open[text.question]?.answers[text.place] = answer
        open[text.question]?.left -= 1
        guard let decided = open[text.question], decided.left == 0 else { return }
        open[text.question] = nil
        decided.question.reply(decided.answers, decided.compute)
    }
}
