// A linear model over the n-grams of a text.

import Numerics

/// Gives a number a class, a logit, for how much the n-grams of a text speak for it.
///
/// Features are word 1–2-grams and character 2–5-grams inside words. A feature weighs what it tells
/// about the classes; the words and the characters of a text have a Euclidean length of 1 each,
/// whatever the length of the text. The sum of the rows of its features gives the logits.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct LexicalModel: Sendable {
    package let classCount: Int
    let vocabulary: Vocabulary
    /// Shape (features, 2): the weight of the feature and the unit of its row.
    let features: Table<Float>
    /// Shape (features, classes), row-major, in units; whole vectors of padding at the end.
    let rows: Table<Int8>

    /// Memory for calls, grown as needed and used again.
    package struct Scratch: ~Copyable {
        var features = FeatureList()
        var sums: [Float] = []

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
        precondition(logits.count == classCount)
        findFeatures(of: words, &scratch.features)
        addRows(of: scratch.features, into: &scratch.sums)
        for c in logits.indices { logits[c] = scratch.sums[c] }
    }

    /// Collects the rows that the text adds up, and by what factor each.
    func findFeatures(of words: borrowing Words, _ list: inout FeatureList) {
        list.find(in: words, vocabulary.slots.span)
        list.weigh(features.span)
    }

    private func addRows(of list: FeatureList, into sums: inout [Float]) {
        let width = wholeVectors(classCount)
        if sums.count != width { sums = Array(repeating: 0, count: width) }
        for c in sums.indices { sums[c] = 0 }
        var output = sums.mutableSpan
        sumRows(
            list.rows.span, scales: list.factors.span, of: rows.span, stride: classCount,
            into: &output)
    }
}
