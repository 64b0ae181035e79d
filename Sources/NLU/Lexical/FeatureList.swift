// What a lexical model sees of an utterance.

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
