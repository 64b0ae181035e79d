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
        lexical.findFeatures(of: scratch.words, &scratch.lexical.features)
        var names: [NGramName] = []
        collectNames(scratch.words, into: &names)
        var values: [NGramName: Float] = [:]
        for (i, name) in names.enumerated() {
            let row = Int(scratch.lexical.features.rows[i])
            let unit = Float(lexical.rows[row * intents.count + label])
            values[name, default: 0] += scratch.lexical.features.factors[i] * unit / temperature
        }
        let contributions = values.sorted { a, b in
            (abs(b.value), a.key.text) < (abs(a.value), b.key.text)
        }
        .map { Explanation.Contribution(text: $0.text, isCharacters: $0.isCharacters, value: $1) }
        return Explanation(
            intent: intents[label], logit: contributions.reduce(0) { $0 + $1.value },
            contributions: contributions)
    }

    /// Names the n-grams that the model knows, in the order of `findFeatures`.
    private func collectNames(_ words: borrowing Words, into names: inout [NGramName]) {
        let slots = lexical.vocabulary.slots.span
        let scalars = words.scalars
        words.forEachWordGram {
            if Vocabulary.row(of: $0.hash, in: slots) != nil {
                names.append(NGramName(wordGram: $0, in: scalars))
            }
        }
        words.forEachCharacterGram {
            if Vocabulary.row(of: $0.hash, in: slots) != nil {
                names.append(NGramName(characterGram: $0, in: scalars))
            }
        }
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
