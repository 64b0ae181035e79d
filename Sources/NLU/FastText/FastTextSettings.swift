// What a model of fastText was trained with, as far as it matters for its answers.

/// The settings at the beginning of a file.
struct FastTextSettings: Equatable, Sendable {
    /// What turns the outputs into probabilities.
    enum Loss: Int, Sendable {
        case hierarchicalSoftmax = 1
        case negativeSampling, softmax, oneVersusAll
    }

    /// The labels' prefix; a file does not say another, so fastText itself knows no other when it reads one.
    static let labelPrefix = "__label__"
    static let magic: UInt32 = 793_712_314

    let dimension: Int
    /// The longest n-gram of words.
    let wordNGrams: Int
    let loss: Loss
    /// Rows that n-grams share by their hashes.
    let buckets: Int
    /// The lengths of a word's n-grams, in characters; none where the longest is 0.
    let minimumLength: Int
    let maximumLength: Int

    init(_ reader: inout FastTextReader) throws(FastTextError) {
        guard reader.bytesLeft >= 4, try reader.number(UInt32.self) == Self.magic else {
            throw .notFastText
        }
        let version = Int(try reader.number(Int32.self))
        guard 11...12 ~= version else { throw .unknownVersion(version) }
        dimension = try reader.number(Int32.self, in: 1...4096, "the dimension")
        // Of the window, the passes, the least count and the negatives.
        _ = try reader.skip(16)
        wordNGrams = try reader.number(Int32.self, in: 0...32, "wordNgrams")
        guard let loss = Loss(rawValue: try reader.number(Int32.self, in: 1...4, "the loss")),
            try reader.number(Int32.self, in: 1...3, "the kind of model") == 3
        else { throw .notSupervised }
        self.loss = loss
        buckets = try reader.number(Int32.self, in: 0...Int(Int32.max), "the number of buckets")
        minimumLength = try reader.number(Int32.self, in: 0...64, "minn")
        let longest = try reader.number(Int32.self, in: 0...64, "maxn")
        // Format 11 tells lengths that its supervised models make no use of.
        maximumLength = version == 11 ? 0 : longest
        // Of updates between two learning rates, and what common words are sampled by.
        _ = try reader.skip(12)
        guard buckets > 0 || !hasNGrams else { throw .unsuitable("n-grams without buckets") }
    }

    /// The most rows of the input matrix that a byte of a text stands for, a word being two bytes at least.
    var mostRowsPerByte: Int {
        let nGrams = maximumLength > 0 ? max(maximumLength - minimumLength + 1, 0) : 0
        return nGrams + (max(wordNGrams, 1) + 1) / 2
    }

    /// Whether anything but words has rows.
    var hasNGrams: Bool { wordNGrams > 1 || maximumLength > 0 }
}
