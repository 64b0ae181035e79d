// Which words and n-grams of a text spoke for an intent or a tag.

import Numerics

/// The logit of an intent or a tag as a sum over the n-grams of a text, and over its words.
package struct Explanation: Equatable, Sendable {
    package struct Contribution: Equatable, Sendable {
        /// The n-gram, in lower case; a character n-gram has its spaces, `^` and `$` are the start
        /// and the end of the utterance.
        package let text: String
        package let isCharacters: Bool
        /// What it adds to the logit; negative where it speaks against the label.
        package let value: Float
    }

    /// What a word says of the label and of the runner-up.
    ///
    /// A character n-gram counts for its word, a pair of words half for each.
    package struct Word: Equatable, Sendable {
        /// In lower case.
        package let text: String
        /// Where it stands in the text, in UTF-16 units.
        package let range: Range<Int>
        /// What it adds to the logit of the label.
        package let value: Float
        /// What it adds to the logit of the runner-up; 0 without one.
        package let runnerUp: Float
        /// Its part of all that the words do to the difference of the logits: in −1...1, of absolute
        /// values that sum to 1; negative where it speaks for the runner-up.
        package internal(set) var share: Float = 0

        /// What it adds to the difference of the logits.
        package var difference: Float { value - runnerUp }
    }

    /// What the words add to.
    package enum Measure: String, Sendable {
        /// A sum over the words.
        case logit
        /// No sum: each word tells what is lost without it.
        case confidence
    }

    /// The intent or the tag that is explained.
    package let label: String
    /// What `logit`, `runnerUpLogit` and the values of the words are.
    package var measure = Measure.logit
    /// What the logit would be without any n-gram; 0 for intents.
    package var bias: Float = 0
    /// The sum of the bias and the contributions, or the words' values, up to rounding.
    package let logit: Float
    /// Each n-gram once, the strongest first.
    package let contributions: [Contribution]
    /// The intent that it was weighed against; nil where there is no other, and for tags.
    package let runnerUp: String?
    /// The logit of the runner-up, the sum of what the words add to it; 0 without one.
    package let runnerUpLogit: Float
    /// All words, in the order of the text.
    package let words: [Word]
}

extension LexicalModel {
    /// Takes apart the logit of class `label` of a text, beside that of class `rival`.
    ///
    /// The logit is the sum of the rows, `scale` times, plus `bias`; `words` is memory, and `names` are those of
    /// the classes.
    func explain(
        _ text: Span<UInt8>, in words: inout Words, label: Int, rival: Int? = nil,
        names: [String], scale: Float, bias: Float = 0
    ) -> Explanation {
        let places = words.readPlaces(text)
        let grams = weightedGrams(of: words, scale: scale)
        let values = grams.map { value(of: $0, for: label) }
        let rivals = grams.map { gram in rival.map { value(of: gram, for: $0) } ?? 0 }
        let (own, other) = (
            words.sums(of: values, over: grams), words.sums(of: rivals, over: grams)
        )
        return Explanation(
            label: names[label], bias: bias, logit: values.reduce(bias, +),
            contributions: Self.contributions(of: grams, values, in: words.scalars),
            runnerUp: rival.map { names[$0] }, runnerUpLogit: rivals.reduce(0, +),
            words: Self.explained(words, places, own, other))
    }

    private static func contributions(
        of grams: [WeightedGram], _ values: [Float], in scalars: [UInt32]
    ) -> [Explanation.Contribution] {
        var sums: [NGramName: Float] = [:]
        for (gram, value) in zip(grams, values) {
            sums[NGramName(gram, in: scalars), default: 0] += value
        }
        return sums.sorted { a, b in
            (abs(b.value), a.key.text, a.key.isCharacters ? 1 : 0)
                < (abs(a.value), b.key.text, b.key.isCharacters ? 1 : 0)
        }
        .map { Explanation.Contribution(text: $0.text, isCharacters: $0.isCharacters, value: $1) }
    }

    private static func explained(
        _ words: borrowing Words, _ places: [Range<Int>], _ own: [Float], _ other: [Float]
    ) -> [Explanation.Word] {
        let total = zip(own, other).reduce(0) { $0 + abs($1.0 - $1.1) }
        let scalars = words.scalars
        return words.words.enumerated().map { i, word in
            var found = Explanation.Word(
                text: NGramName.string(scalars[word.start..<word.end]), range: places[i],
                value: own[i], runnerUp: other[i])
            found.share = total > 0 ? found.difference / total : 0
            return found
        }
    }
}

/// An n-gram of a text that a model knows, and what its row is multiplied by.
struct WeightedGram {
    let gram: NGram
    let isCharacters: Bool
    let row: Int
    let factor: Float
}

extension LexicalModel {
    /// The known n-grams of a text, words before characters, each sort together of length 1.
    func weightedGrams(of words: borrowing Words, scale: Float) -> [WeightedGram] {
        var ofWords: [NGram] = []
        words.forEachWordGram { ofWords.append($0) }
        var ofCharacters: [NGram] = []
        words.forEachCharacterGram { ofCharacters.append($0) }
        return weighted(ofWords, isCharacters: false, scale: scale)
            + weighted(ofCharacters, isCharacters: true, scale: scale)
    }

    private func weighted(
        _ grams: [NGram], isCharacters: Bool, scale: Float
    ) -> [WeightedGram] {
        let known = grams.compactMap { gram in
            vocabulary.row(of: gram.hash).map { (gram: gram, row: $0) }
        }
        let unknown = Float(grams.count - known.count) * unknownWeight * unknownWeight
        let length = known.reduce(unknown) { $0 + features[2 * $1.row] * features[2 * $1.row] }
            .squareRoot()
        return known.map { gram, row in
            WeightedGram(
                gram: gram, isCharacters: isCharacters, row: row,
                factor: features[2 * row] * features[2 * row + 1] * scale / length)
        }
    }

    /// What an n-gram adds to the logit of a class.
    func value(of gram: WeightedGram, for label: Int) -> Float {
        gram.factor * Float(rows[gram.row * classCount + label])
    }
}

extension Words {
    /// Shares out the value of each n-gram evenly to the words that it touches.
    func sums(of values: [Float], over grams: [WeightedGram]) -> [Float] {
        var owners = [Int](repeating: 0, count: scalars.count)
        // A space belongs to the word after it, so that the n-grams that begin with it do.
        for (i, word) in words.enumerated() {
            for place in word.start - 1..<word.end { owners[place] = i }
        }
        var sums = [Float](repeating: 0, count: words.count)
        for (gram, value) in zip(grams, values) {
            let isOpen = scalars[gram.gram.end - 1] == Self.space
            let first = owners[gram.gram.start]
            let last = owners[gram.gram.end - (isOpen ? 2 : 1)]
            for word in first...last { sums[word] += value / Float(last - first + 1) }
        }
        return sums
    }
}

/// An n-gram as it is shown.
private struct NGramName: Hashable {
    let text: String
    let isCharacters: Bool

    init(_ gram: WeightedGram, in scalars: [UInt32]) {
        let range = gram.gram.start..<gram.gram.end
        isCharacters = gram.isCharacters
        if isCharacters {
            text = Self.string(scalars[range])
        } else {
            let opening = range.lowerBound == 0 ? "^" : ""
            let closing = scalars[range.upperBound - 1] == Words.space ? "$" : ""
            text = opening + Self.string(scalars[range]) + closing
        }
    }

    static func string(_ scalars: ArraySlice<UInt32>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
        return String(text)
    }
}
