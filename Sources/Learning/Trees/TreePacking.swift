// The arrays of a model, as they stand in its file.

import Numerics

/// The arrays of a model, while trees are appended.
struct TreePacking {
    var splitStarts: [UInt32] = [0]
    var leafStarts: [UInt32] = [0]
    var features: [UInt32] = []
    var flags: [UInt8] = []
    var thresholds: [Double] = []
    var lefts: [Int32] = []
    var rights: [Int32] = []
    var gains: [Double] = []
    var covers: [Double] = []
    var leafValues: [Double] = []
    var leafCovers: [Double] = []
    var setStarts: [UInt32] = [0]
    var setWords: [UInt32] = []
    /// The number of each set: equal ones are stored, and asked for, once.
    private var sets: [[UInt32]: Int] = [:]

    /// Appends a tree whose splits are in preorder and checked.
    mutating func append(_ tree: DecisionTree) {
        for split in tree.splits { append(split) }
        leafValues += tree.leaves.map(\.value)
        leafCovers += tree.leaves.map(\.cover)
        splitStarts.append(UInt32(truncatingIfNeeded: features.count))
        leafStarts.append(UInt32(truncatingIfNeeded: leafValues.count))
    }

    private mutating func append(_ split: DecisionTree.Split) {
        features.append(UInt32(split.feature))
        lefts.append(Self.number(split.left))
        rights.append(Self.number(split.right))
        gains.append(split.gain)
        covers.append(split.cover)
        var bits = split.missingGoesLeft ? TreeEnsemble.Flag.missingGoesLeft : 0
        switch split.rule {
        case .atMost(let threshold, let missing):
            bits |= missing.rawValue << TreeEnsemble.Flag.missingShift
            thresholds.append(threshold)
        case .isIn(let words):
            bits |= TreeEnsemble.Flag.isCategorical
            bits |= MissingValues.nan.rawValue << TreeEnsemble.Flag.missingShift
            thresholds.append(Double(number(ofSet: words)))
        }
        flags.append(bits)
    }

    private mutating func number(ofSet words: [UInt32]) -> Int {
        if let known = sets[words] { return known }
        let number = sets.count
        sets[words] = number
        setWords += words
        setStarts.append(UInt32(truncatingIfNeeded: setWords.count))
        return number
    }

    private static func number(_ child: TreeChild) -> Int32 {
        switch child {
        case .split(let number): Int32(number)
        case .leaf(let number): Int32(-1 - number)
        }
    }

    func write(to writer: inout ArchiveWriter) {
        writer.add("split starts", splitStarts)
        writer.add("leaf starts", leafStarts)
        writer.add("features", features)
        writer.add("flags", flags)
        writer.add("thresholds", thresholds)
        writer.add("lefts", lefts)
        writer.add("rights", rights)
        writer.add("gains", gains)
        writer.add("covers", covers)
        writer.add("leaf values", leafValues)
        writer.add("leaf covers", leafCovers)
        writer.add("set starts", setStarts)
        writer.add("set words", setWords)
    }
}
