// Why a model answered, told by what it says without each word.

/// Explains the answers of models that cannot be taken apart, by what their confidence loses with a word.
///
/// Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2,
/// for words.
package struct Occlusion: Sendable {
    /// What to ask the model: the text, and the text without each of its words in turn.
    ///
    /// Of a single word nothing is left to ask about, and nothing of the confidence.
    package let texts: [String]
    private let words: [(text: String, range: Range<Int>)]
    private let isOneWord: Bool

    /// Of the first `most` words; those behind them are not explained.
    package init(_ text: String, most: Int = 64) {
        var found = Words()
        let places = found.readPlaces(text.utf8.span)
        let units = Array(text.utf16)
        isOneWord = places.count == 1
        words = places.prefix(most).map { (String(decoding: units[$0], as: UTF16.self), $0) }
        guard !isOneWord, !words.isEmpty else {
            texts = [text]
            return
        }
        texts =
            [text]
            + words.map { word in
                let (before, after) = (
                    units[..<word.range.lowerBound], units[word.range.upperBound...]
                )
                return String(decoding: before + after, as: UTF16.self)
            }
    }

    /// The explanation of a label beside a runner-up; `confidences` are those of both in the answers to
    /// `texts`.
    package func explanation(
        of label: String, runnerUp: String?, confidences: [(label: Float, runnerUp: Float)]
    ) -> Explanation {
        precondition(confidences.count == texts.count)
        let whole = confidences[0]
        let rests = isOneWord ? [(label: 0, runnerUp: 0)] : confidences.dropFirst()
        var explained = zip(words, rests).map { word, rest in
            Explanation.Word(
                text: word.text.lowercased(), range: word.range, value: whole.label - rest.label,
                runnerUp: whole.runnerUp - rest.runnerUp)
        }
        let total = explained.reduce(0) { $0 + abs($1.difference) }
        for i in explained.indices where total > 0 {
            explained[i].share = explained[i].difference / total
        }
        return Explanation(
            label: label, measure: .confidence, logit: whole.label, contributions: [],
            runnerUp: runnerUp, runnerUpLogit: whole.runnerUp, words: explained)
    }
}
