// Which n-grams of an utterance spoke for an intent.

import Numerics

/// The logit of an intent as a sum over the n-grams of an utterance.
package struct Explanation: Equatable, Sendable {
    package struct Contribution: Equatable, Sendable {
        /// The n-gram, in lower case; a character n-gram has its spaces, `^` and `$` are the start
        /// and the end of the utterance.
        package let text: String
        package let isCharacters: Bool
        /// What it adds to the logit; negative where it speaks against the intent.
        package let value: Float
    }

    package let intent: String
    /// The sum of the contributions, up to rounding.
    package let logit: Float
    /// Each n-gram once, the strongest first.
    package let contributions: [Contribution]
}

extension IntentModel {
    /// Explains the logit of the likeliest intent; nil where the classifier has no part in it.
    package func explain(_ text: String, scratch: inout Scratch) -> Explanation? {
        let likeliest = answer(text, ranking: 1, scratch: &scratch).ranking.first?.intent
        guard let classifier, let label = classifier.intents.firstIndex(where: { $0 == likeliest })
        else { return nil }
        return classifier.explain(text, label: label, scratch: &scratch)
    }
}

extension IntentClassifier {
    /// Explains the logit of the intent of class `label`.
    package func explain(_ text: String, label: Int, scratch: inout Scratch) -> Explanation {
        precondition(intents.indices.contains(label))
        scratch.words.read(text.utf8.span)
        var values: [NGramName: Float] = [:]
        for (name, value) in lexical.contributions(of: scratch.words, to: label) {
            values[name, default: 0] += value / temperature
        }
        let contributions = values.sorted { a, b in
            (abs(b.value), a.key.text) < (abs(a.value), b.key.text)
        }
        .map { Explanation.Contribution(text: $0.text, isCharacters: $0.isCharacters, value: $1) }
        return Explanation(
            intent: intents[label], logit: contributions.reduce(0) { $0 + $1.value },
            contributions: contributions)
    }
}

extension LexicalModel {
    /// What each known n-gram of a text adds to the logit of a class, in the order of the text.
    fileprivate func contributions(
        of words: borrowing Words, to label: Int
    ) -> [(name: NGramName, value: Float)] {
        let scalars = words.scalars
        var grams: [(name: NGramName, hash: UInt64)] = []
        words.forEachWordGram { grams.append((NGramName(wordGram: $0, in: scalars), $0.hash)) }
        let ofWords = contributions(of: grams, to: label)
        grams = []
        words.forEachCharacterGram {
            grams.append((NGramName(characterGram: $0, in: scalars), $0.hash))
        }
        return ofWords + contributions(of: grams, to: label)
    }

    /// Those of one sort, words or characters, together of length 1.
    private func contributions(
        of grams: [(name: NGramName, hash: UInt64)], to label: Int
    ) -> [(name: NGramName, value: Float)] {
        var squares: Float = 0
        var values: [(name: NGramName, value: Float)] = []
        for (name, hash) in grams {
            guard let row = vocabulary.row(of: hash) else { continue }
            let (weight, unit) = (features[2 * row], features[2 * row + 1])
            squares += weight * weight
            values.append((name, weight * unit * Float(rows[row * classCount + label])))
        }
        let length = squares.squareRoot()
        return values.map { ($0.name, $0.value / length) }
    }
}

/// An n-gram as it is shown.
private struct NGramName: Hashable {
    let text: String
    let isCharacters: Bool

    init(wordGram gram: NGram, in scalars: [UInt32]) {
        let opening = gram.start == 0 ? "^" : ""
        let closing = scalars[gram.end - 1] == Words.space ? "$" : ""
        text = opening + Self.string(scalars[gram.start..<gram.end]) + closing
        isCharacters = false
    }

    init(characterGram gram: NGram, in scalars: [UInt32]) {
        text = Self.string(scalars[gram.start..<gram.end])
        isCharacters = true
    }

    private static func string(_ scalars: ArraySlice<UInt32>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
        return String(text)
    }
}
