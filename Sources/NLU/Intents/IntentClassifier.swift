// The intent of an utterance, by a linear model over its n-grams.

import Numerics

/// Gives the probabilities of the intents of an utterance.
///
/// Features are word 1–2-grams and character 2–5-grams inside words. A feature weighs what it tells
/// about the intents; the words and the characters of an utterance have a Euclidean length of 1
/// each, whatever the length of the text. The sum of the rows of its features, divided by the
/// temperature, gives the logits.
///
/// Immutable and shared freely; what a call needs beside it lives in the caller's `Scratch`.
package struct IntentClassifier: Sendable {
    /// What the answer is called when no intent is likely enough.
    package static let outOfScope = "out_of_scope"

    /// The names of the intents; their places here are the classes.
    package let intents: [String]
    /// Divides the logits, so that confidence agrees with accuracy.
    package internal(set) var temperature: Float
    /// The least confidence with which an intent is the answer.
    package internal(set) var threshold: Float

    let vocabulary: Vocabulary
    /// Shape (features, 2): the weight of the feature and the unit of its row.
    let features: Table<Float>
    /// Shape (features, classes), row-major, in units; whole vectors of padding at the end.
    let rows: Table<Int8>

    /// Memory for calls, grown as needed and used again.
    package struct Scratch: ~Copyable {
        var words = Words()
        var features = FeatureList()
        var sums: [Float] = []

        package init() {}
    }

    /// How many n-grams the model knows.
    package var featureCount: Int { features.count / 2 }

    /// Writes the probabilities of the intents; they sum to 1.
    ///
    /// Reads the first 4,096 bytes of the text. Without allocation once `scratch` has grown.
    package func predict(
        _ text: Span<UInt8>, scratch: inout Scratch, into probabilities: inout MutableSpan<Float>
    ) {
        logits(text, scratch: &scratch, into: &probabilities)
        softmax(&probabilities)
    }

    /// Writes what softmax turns into the probabilities, shape (classes,).
    package func logits(
        _ text: Span<UInt8>, scratch: inout Scratch, into logits: inout MutableSpan<Float>
    ) {
        precondition(logits.count == intents.count)
        findFeatures(text, &scratch)
        addRows(of: scratch.features, into: &scratch.sums)
        for c in logits.indices { logits[c] = scratch.sums[c] / temperature }
    }

    /// Whether an intent of this confidence is the answer, rather than `out_of_scope`.
    package func accepts(_ confidence: Float) -> Bool {
        confidence >= threshold
    }

    /// Answers with an intent or `out_of_scope`, and the likeliest intents either way.
    package func classify(
        _ text: String, ranking count: Int = 3, scratch: inout Scratch
    ) -> IntentPrediction {
        var probabilities = [Float](repeating: 0, count: intents.count)
        var output = probabilities.mutableSpan
        predict(text.utf8.span, scratch: &scratch, into: &output)
        return prediction(probabilities.span, ranking: count)
    }

    /// Names the likeliest of `probabilities`, shape (classes,).
    package func prediction(
        _ probabilities: Span<Float>, ranking count: Int = 3
    ) -> IntentPrediction {
        let ranking = topK(probabilities, count: max(count, 1)).map {
            IntentPrediction.Entry(intent: intents[$0], confidence: probabilities[$0])
        }
        let isInScope = accepts(ranking[0].confidence)
        return IntentPrediction(
            intent: isInScope ? ranking[0].intent : Self.outOfScope,
            confidence: ranking[0].confidence, ranking: ranking)
    }

    /// Collects the rows that the utterance adds up, and by what factor each.
    func findFeatures(_ text: Span<UInt8>, _ scratch: inout Scratch) {
        scratch.words.read(text)
        scratch.features.find(in: scratch.words, vocabulary.slots.span)
        scratch.features.weigh(features.span)
    }

    private func addRows(of list: FeatureList, into sums: inout [Float]) {
        let width = wholeVectors(intents.count)
        if sums.count != width { sums = Array(repeating: 0, count: width) }
        for c in sums.indices { sums[c] = 0 }
        var output = sums.mutableSpan
        sumRows(
            list.rows.span, scales: list.factors.span, of: rows.span, stride: intents.count,
            into: &output)
    }
}

/// The features of an utterance: every n-gram that the model knows, as often as it occurs.
struct FeatureList {
    /// Words first, then characters.
    private(set) var rows: [UInt32] = []
    /// What the row of each feature is multiplied by.
    private(set) var factors: [Float] = []
    private var wordCount = 0

    /// Looks up the n-grams.
    mutating func find(in words: borrowing Words, _ slots: Span<UInt64>) {
        rows.removeAll(keepingCapacity: true)
        words.forEachWordGram {
            if let row = Vocabulary.row(of: $0.hash, in: slots) { rows.append(row) }
        }
        wordCount = rows.count
        words.forEachCharacterGram {
            if let row = Vocabulary.row(of: $0.hash, in: slots) { rows.append(row) }
        }
    }

    /// Factors: the weight of a feature over the length of its block, times the unit of its row.
    mutating func weigh(_ features: Span<Float>) {
        factors.removeAll(keepingCapacity: true)
        weigh(0..<wordCount, features)
        weigh(wordCount..<rows.count, features)
    }

    private mutating func weigh(_ block: Range<Int>, _ features: Span<Float>) {
        var squares: Float = 0
        for i in block {
            let weight = features[2 * Int(rows[i])]
            squares += weight * weight
        }
        let inverse = squares > 0 ? 1 / squares.squareRoot() : 0
        for i in block {
            let feature = 2 * Int(rows[i])
            factors.append(features[feature] * inverse * features[feature + 1])
        }
    }
}

/// What a classifier says of an utterance.
package struct IntentPrediction: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let intent: String
        package let confidence: Float

        package init(intent: String, confidence: Float) {
            self.intent = intent
            self.confidence = confidence
        }
    }

    /// The likeliest intent, or `out_of_scope` where it is not likely enough.
    package let intent: String
    /// The probability of the likeliest intent.
    package let confidence: Float
    /// The likeliest intents, the likeliest first.
    package let ranking: [Entry]

    package init(intent: String, confidence: Float, ranking: [Entry]) {
        self.intent = intent
        self.confidence = confidence
        self.ranking = ranking
    }
}
