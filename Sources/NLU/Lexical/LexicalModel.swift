// A linear model over the n-grams of a text.

import Numerics

/// Gives a number a class, a logit, for how much the n-grams of a text speak for it.
///
/// Features are word 1–2-grams and character 2–5-grams inside words. A feature weighs what it tells
/// about the classes; the words and the characters of a text have a Euclidean length of 1 each,
/// whatever the length of the text. The sum of the rows of its features gives the logits. N-grams
/// that the model does not know count for the length: the stranger a text, the smaller its logits.
///
/// The sums are taken word by word, so that those over the finished words of a text can be kept while
/// the last one is typed, and give the same bits.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct LexicalModel: Sendable {
    package let classCount: Int
    /// What an n-gram weighs that the model does not know.
    let unknownWeight: Float
    let vocabulary: Vocabulary
    /// Shape (features, 2): the weight of the feature and the unit of its row.
    let features: Table<Float>
    /// Shape (features, classes), row-major, in units; whole vectors of padding at the end.
    let rows: Table<Int8>

    /// Memory for calls, grown as needed and used again.
    package struct Scratch: ~Copyable {
        var list = FeatureList()
        var sums = LexicalSums()

        package init() {}
    }

    /// How many n-grams the model knows.
    package var featureCount: Int { features.count / 2 }

    /// Writes the logits, shape (classes,), of a text that has been read.
    ///
    /// Without allocation once `scratch` has grown.
    func logits(
        of words: borrowing Words, scratch: inout Scratch, into logits: inout MutableSpan<Float>
    ) {
        scratch.sums.clear(classes: classCount)
        add(0..<words.words.count, of: words, to: &scratch.sums, &scratch.list)
        scratch.sums.write(to: &logits, unknownWeight: unknownWeight)
    }

    /// The same for a text that is being typed: words that were finished before are not read again.
    func logits(
        of words: borrowing Words, after finished: inout FinishedWords, scratch: inout Scratch,
        into logits: inout MutableSpan<Float>
    ) {
        let count = words.words.count
        if !finished.arePrefix(of: words, classes: classCount) {
            finished.clear(classes: classCount)
        }
        if count > 0 {
            add(finished.count..<count - 1, of: words, to: &finished.sums, &scratch.list)
            finished.keep(count - 1, of: words)
        }
        scratch.sums.copy(finished.sums)
        add(finished.count..<count, of: words, to: &scratch.sums, &scratch.list)
        scratch.sums.write(to: &logits, unknownWeight: unknownWeight)
    }

    /// The share of the words of a text that the model does not know; nil of a text without words.
    ///
    /// Without allocation once `scratch` has grown.
    func unknownWords(_ words: borrowing Words, scratch: inout Scratch) -> Float? {
        guard !words.words.isEmpty else { return nil }
        scratch.list.begin()
        words.forEachWord { scratch.list.append($0) }
        scratch.list.find(in: vocabulary.slots.span)
        return Float(scratch.list.unknownCount) / Float(words.words.count)
    }

    /// Adds what some words of a text, and their pairs with the ones before, say of the classes.
    ///
    /// The last word of the text is also paired with its end.
    private func add(
        _ range: Range<Int>, of words: borrowing Words, to sums: inout LexicalSums,
        _ list: inout FeatureList
    ) {
        guard !range.isEmpty else { return }
        list.begin()
        words.forEachWordGram(in: range) { list.append($0.hash) }
        add(&list, to: &sums.words)
        list.begin()
        words.forEachCharacterGram(in: range) { list.append($0.hash) }
        add(&list, to: &sums.characters)
    }

    private func add(_ list: inout FeatureList, to block: inout LexicalSums.Block) {
        list.find(in: vocabulary.slots.span)
        list.weigh(features.span, &block.squares)
        block.unknownCount += list.unknownCount
        block.add(list, rows.span, stride: classCount)
    }
}

/// Rows of a model added up over words of a text.
struct LexicalSums: Sendable {
    /// What n-grams of one sort add up to, before that is brought to a length of 1.
    struct Block: Sendable {
        /// Shape (classes,), in whole vectors.
        private(set) var values: [Float] = []
        /// The sum of the squared weights.
        var squares: Float = 0
        /// N-grams that the model does not know; counted, so that the order does not matter.
        var unknownCount = 0

        mutating func clear(width: Int) {
            if values.count != width { values = Array(repeating: 0, count: width) }
            for c in values.indices { values[c] = 0 }
            squares = 0
            unknownCount = 0
        }

        /// Takes over another's sums in the memory that is here.
        mutating func copy(_ other: borrowing Block) {
            if values.count != other.values.count {
                values = Array(repeating: 0, count: other.values.count)
            }
            for c in values.indices { values[c] = other.values[c] }
            squares = other.squares
            unknownCount = other.unknownCount
        }

        mutating func add(_ list: borrowing FeatureList, _ rows: Span<Int8>, stride: Int) {
            var output = values.mutableSpan
            sumRows(list.rows, scales: list.factors, of: rows, stride: stride, into: &output)
        }

        /// What brings the block to a length of 1.
        func scale(unknownWeight: Float) -> Float {
            let all = squares + Float(unknownCount) * unknownWeight * unknownWeight
            return all > 0 ? 1 / all.squareRoot() : 0
        }
    }

    var words = Block()
    var characters = Block()

    mutating func clear(classes: Int) {
        words.clear(width: wholeVectors(classes))
        characters.clear(width: wholeVectors(classes))
    }

    mutating func copy(_ other: borrowing LexicalSums) {
        words.copy(other.words)
        characters.copy(other.characters)
    }

    /// Writes the logits, shape (classes,).
    func write(to logits: inout MutableSpan<Float>, unknownWeight: Float) {
        let word = words.scale(unknownWeight: unknownWeight)
        let character = characters.scale(unknownWeight: unknownWeight)
        for c in logits.indices {
            logits[c] = words.values[c] * word + characters.values[c] * character
        }
    }
}
