// How good a model is on text that is still being typed.

import Learning
import Numerics

/// Answers to the beginnings of utterances in scope, and to utterances with slips.
///
/// Characters are counted as readers see them. Where the text is cut, the answer is that to a text
/// being typed; where it is whole, it is the answer to a text at rest too.
package struct TypingEvaluation: Sendable {
    /// Utterances of which a share has been typed.
    package struct Cut: Equatable, Sendable {
        /// The share of the characters, rounded to whole ones, one at least.
        package let share: Double
        /// The share of right top answers.
        package var accuracy = 0.0
        /// The same where the word that the cut parts is taken away as well; the first word is whole.
        package var accuracyAtWord = 0.0
        /// The expected calibration error of the top answers.
        package var ece = 0.0
        /// The same at a word border.
        package var eceAtWord = 0.0
        /// The share of utterances for which an answer is shown.
        package var coverage = 0.0
        /// The share of right ones among the answers shown; 0 without any.
        package var precision = 0.0
    }

    /// Whole utterances with slips.
    package struct Noise: Equatable, Sendable {
        /// The share of letters mistyped.
        package let rate: Double
        package let accuracy: Double
    }

    package static let shares = [0.25, 0.5, 0.75, 1]
    package static let rates = [0.03, 0.06]

    /// Utterances in scope.
    package let examples: Int
    package private(set) var cuts: [Cut]
    package let noise: [Noise]
    /// The share of an utterance from which on the top answer is the final one, on average.
    package private(set) var earliness = 0.0
    /// How often the top answer changes while an utterance is typed, on average.
    package private(set) var rawChanges = 0.0
    /// How often the shown answer gives way to another, on average.
    package private(set) var shownChanges = 0.0
    /// The share of an utterance at which the first answer is shown, on average over those that
    /// have one.
    package private(set) var shownFrom = 0.0

    /// Types every utterance in scope key by key; `seed` is that of the slips.
    package init(_ model: IntentModel, on dataset: Dataset, seed: UInt64 = 1) {
        let inScope = dataset.examples.filter { !$0.isOutOfScope }
        var desk = Desk(model)
        var tallies = Self.shares.map { _ in CutTally() }
        var sums = TypingSums()
        for example in inScope {
            let typed = desk.type(example.text)
            sums.add(typed)
            for (i, share) in Self.shares.enumerated() {
                tallies[i].record(typed.cut(at: share), intent: example.intent)
                let word = desk.answer(example.text.cutAtWord(share))
                tallies[i].recordWord(word, intent: example.intent)
            }
        }
        examples = inScope.count
        cuts = zip(Self.shares, tallies).map { $1.cut(share: $0, of: inScope.count) }
        noise = Self.rates.map { rate in
            var random = SplitMix64(seed: seed)
            let hits = inScope.count { example in
                let text = Slips.mistype(example.text, rate: rate, using: &random)
                return desk.wholeAnswer(text).intent == example.intent
            }
            return Noise(rate: rate, accuracy: NLU.share(hits, inScope.count))
        }
        let count = Double(max(inScope.count, 1))
        earliness = sums.finalShare / count
        rawChanges = Double(sums.rawChanges) / count
        shownChanges = Double(sums.shownChanges) / count
        shownFrom = sums.firstShare / Double(max(sums.shownCount, 1))
    }
}

/// The state after a key.
private struct Keystroke {
    let top: IntentPrediction.Entry
    let shown: String
    let isShown: Bool
}

/// An utterance after each of its keys.
private struct TypedText {
    var keys: [Keystroke] = []

    func cut(at share: Double) -> Keystroke? {
        keys.isEmpty ? nil : keys[keys.count.place(at: share) - 1]
    }
}

extension Int {
    /// How many of so many characters are a share of them: one at least.
    fileprivate func place(at share: Double) -> Int {
        Swift.max(1, Int((share * Double(self)).rounded()))
    }
}

extension String {
    /// The beginning that is a share of the text, without the word that it parts; the first word stays.
    func cutAtWord(_ share: Double) -> Substring {
        let end = index(startIndex, offsetBy: Swift.min(count.place(at: share), count))
        let beginning = self[..<end]
        guard end < endIndex, !self[end].isWhitespace else { return beginning }
        guard let border = beginning.lastIndex(where: \.isWhitespace) else {
            return prefix { !$0.isWhitespace }
        }
        return beginning.prefix(upTo: border)
    }
}

/// A model that somebody types into.
private struct Desk: ~Copyable {
    private let model: IntentModel
    private var scratch = IntentModel.Scratch()
    private var prediction = IntentPrediction()

    init(_ model: IntentModel) {
        self.model = model
    }

    mutating func type(_ text: String) -> TypedText {
        var typed = TypedText()
        var shown = ShownAnswer()
        let bytes = Array(text.utf8)
        let span = bytes.span
        for index in text.indices {
            let end = text.utf8.distance(from: text.startIndex, to: text.index(after: index))
            model.answer(
                span.extracting(0..<end), .typing(shown: shown), ranking: 1, scratch: &scratch,
                into: &prediction)
            shown = ShownAnswer(prediction.intent)
            typed.keys.append(
                Keystroke(
                    top: prediction.top, shown: prediction.intent,
                    isShown: prediction.intent != IntentPrediction.outOfScope))
        }
        return typed
    }

    /// The top answer to a text being typed.
    mutating func answer(_ text: Substring) -> IntentPrediction.Entry {
        let bytes = Array(text.utf8)
        model.answer(
            bytes.span, .typing(shown: ShownAnswer()), ranking: 1, scratch: &scratch,
            into: &prediction)
        return prediction.top
    }

    /// The top answer to a whole text.
    mutating func wholeAnswer(_ text: String) -> IntentPrediction.Entry {
        let bytes = Array(text.utf8)
        model.answer(bytes.span, .whole, ranking: 1, scratch: &scratch, into: &prediction)
        return prediction.top
    }
}

private struct TypingSums {
    private(set) var finalShare = 0.0
    private(set) var rawChanges = 0
    private(set) var shownChanges = 0
    private(set) var firstShare = 0.0
    private(set) var shownCount = 0

    mutating func add(_ typed: TypedText) {
        guard let last = typed.keys.last else { return }
        let length = Double(typed.keys.count)
        let lastOther = typed.keys.lastIndex { $0.top.intent != last.top.intent } ?? -1
        finalShare += Double(lastOther + 2) / length
        for (before, after) in zip(typed.keys, typed.keys.dropFirst()) {
            if before.top.intent != after.top.intent { rawChanges += 1 }
            if before.isShown, before.shown != after.shown { shownChanges += 1 }
        }
        guard let first = typed.keys.firstIndex(where: \.isShown) else { return }
        firstShare += Double(first + 1) / length
        shownCount += 1
    }
}

private struct CutTally {
    private var hits = 0
    private var wordHits = 0
    private var shown = 0
    private var shownHits = 0
    private var reliability = ReliabilityTable()
    private var wordReliability = ReliabilityTable()

    mutating func record(_ key: Keystroke?, intent: String) {
        guard let key else { return }
        let isCorrect = key.top.intent == intent
        if isCorrect { hits += 1 }
        reliability.record(confidence: Double(key.top.confidence), isCorrect: isCorrect)
        guard key.isShown else { return }
        shown += 1
        if key.shown == intent { shownHits += 1 }
    }

    mutating func recordWord(_ top: IntentPrediction.Entry, intent: String) {
        let isCorrect = top.intent == intent
        if isCorrect { wordHits += 1 }
        wordReliability.record(confidence: Double(top.confidence), isCorrect: isCorrect)
    }

    func cut(share: Double, of count: Int) -> TypingEvaluation.Cut {
        TypingEvaluation.Cut(
            share: share, accuracy: NLU.share(hits, count),
            accuracyAtWord: NLU.share(wordHits, count), ece: reliability.expectedError,
            eceAtWord: wordReliability.expectedError, coverage: NLU.share(shown, count),
            precision: NLU.share(shownHits, shown))
    }
}
