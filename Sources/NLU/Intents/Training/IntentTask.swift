// What a training works on: the examples with their classes numbered, and what is held out.

import Numerics

/// The examples in scope as numbers, those out of scope as they are.
struct IntentTask: Sendable {
    let intents: [String]
    let texts: [String]
    /// The class of each text.
    let labels: [Int]
    let outOfScope: [Example]
    /// nil where folds serve instead.
    let validation: [Example]?
    /// The fold of each text, such that every intent is spread evenly.
    let folds: [Int]
    let foldCount: Int
    private let classes: [String: Int]

    init(
        _ dataset: Dataset, validation: Dataset?, foldCount: Int, seed: UInt64
    ) throws(TrainingError) {
        let intents = dataset.intentCounts.map(\.intent)
        guard intents.count >= 2 else { throw .tooFewIntents(intents.count) }
        let classes = Dictionary(uniqueKeysWithValues: zip(intents, intents.indices))
        if let validation {
            guard validation.examples.contains(where: { classes[$0.intent] != nil }) else {
                throw .validationSharesNoIntent
            }
        }
        let inScope = dataset.examples.filter { !$0.isOutOfScope }
        self.intents = intents
        self.classes = classes
        self.foldCount = foldCount
        self.validation = validation?.examples
        texts = inScope.map(\.text)
        labels = inScope.compactMap { classes[$0.intent] }
        outOfScope = dataset.examples.filter(\.isOutOfScope)
        var random = SplitMix64(seed: seed)
        folds = Self.folds(foldCount, labels: labels, using: &random)
    }

    /// The class of an example; nil where it is out of scope or of an intent unknown here.
    func label(of example: Example) -> Int? {
        classes[example.intent]
    }

    /// The texts that a fit learns from: all, or those outside of a fold.
    func texts(without fold: Int?) -> [Int] {
        texts.indices.filter { fold == nil || folds[$0] != fold }
    }

    /// The examples out of scope that a fit learns from.
    ///
    /// None where the threshold has no others to be chosen by: what was learned is no judge.
    func strangers(without fold: Int?) -> [Example] {
        if let validation {
            return validation.contains(where: \.isOutOfScope) ? outOfScope : []
        }
        return outOfScope.enumerated()
            .filter { fold == nil || $0.offset % foldCount != fold }.map(\.element)
    }

    /// The examples that a fit is judged by, in and out of scope.
    func heldOut(of fold: Int?) -> [Example] {
        if let validation {
            return validation.contains(where: \.isOutOfScope)
                ? validation : validation + outOfScope
        }
        guard let fold else { return [] }
        return texts.indices.filter { folds[$0] == fold }.map {
            Example(text: texts[$0], intent: intents[labels[$0]])
        } + outOfScope.enumerated().filter { $0.offset % foldCount == fold }.map(\.element)
    }

    private static func folds(
        _ count: Int, labels: [Int], using random: inout some RandomNumberGenerator
    ) -> [Int] {
        var folds = [Int](repeating: 0, count: labels.count)
        var next = 0
        for members in Dictionary(grouping: labels.indices, by: { labels[$0] }).sorted(by: {
            $0.key < $1.key
        }) {
            for text in members.value.shuffled(using: &random) {
                folds[text] = next % count
                next += 1
            }
        }
        return folds
    }
}

/// Why a data set cannot be learned from.
package enum TrainingError: Error, Equatable {
    /// There must be two intents at least.
    case tooFewIntents(Int)
    case validationSharesNoIntent
    /// A balance needs examples out of scope.
    case nothingOutOfScope
    /// No threshold reaches this precision on held-out examples; the best that one reaches.
    case precisionOutOfReach(Double, best: Double)
}

extension TrainingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooFewIntents(let count):
            "the examples are of \(count) intents; two at least are needed to tell them apart"
        case .validationSharesNoIntent:
            "no intent of the validation data has examples to learn from"
        case .nothingOutOfScope:
            "a balance needs examples labelled out_of_scope, in the data or the validation set"
        case .precisionOutOfReach(let least, let best):
            "no threshold gives a precision of \(least) on held-out examples; the best is "
                + "\((best * 1000).rounded(.down) / 1000)"
        }
    }
}
