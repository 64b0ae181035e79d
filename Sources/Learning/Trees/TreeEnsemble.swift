// Boosted trees, packed for use where they lie in memory.

import Numerics

/// A sum of decision trees: one number for a row of features.
///
/// Splits and leaves of all trees stand in arrays, tree after tree, splits in preorder and leaves from
/// left to right, so that a child's number is greater than its parent's and a walk always ends. The
/// arrays lie in an archive, which may be a mapped file.
package struct TreeEnsemble: Sendable {
    /// The numbers in which trees are walked and summed.
    package enum Precision: UInt32, Sendable {
        /// Values, thresholds and sums are doubles, as in LightGBM.
        case double = 0
        /// Values are rounded to floats and leaves are summed as floats, as in XGBoost.
        case float = 1
    }

    /// No model has more features; it bounds what a damaged file can ask for.
    package static let greatestFeatureCount = 1 << 16
    /// No model's sets of categories have more words of 32 bits.
    package static let greatestSetWordCount = 1 << 24

    package let featureCount: Int
    package let treeCount: Int
    package let precision: Precision
    /// The score before any tree.
    package let bias: Double
    package let link: TreeLink
    /// As many as features, or none.
    package let featureNames: [String]

    /// Where the splits and leaves of each tree begin; one more than trees.
    let splitStarts: Table<UInt32>
    let leafStarts: Table<UInt32>
    let features: Table<UInt32>
    let flags: Table<UInt8>
    /// Of a categorical split: the number of its set.
    let thresholds: Table<Double>
    /// Children by their number in the tree; a leaf is −1 − its number.
    let lefts: Table<Int32>
    let rights: Table<Int32>
    let gains: Table<Double>
    let covers: Table<Double>
    let leafValues: Table<Double>
    let leafCovers: Table<Double>
    /// Where the words of each set of categories begin; one more than sets.
    let setStarts: Table<UInt32>
    let setWords: Table<UInt32>
    let archiveBytes: Memory

    /// What of a split stands in its byte of flags.
    enum Flag {
        static let isCategorical: UInt8 = 1
        static let missingGoesLeft: UInt8 = 2
        static let missingShift: UInt8 = 2
    }

    /// Splits of all trees.
    package var splitCount: Int { features.count }
    /// Leaves of all trees.
    package var leafCount: Int { leafValues.count }
    /// The greatest number of leaves of a tree.
    package var greatestLeafCount: Int {
        (0..<treeCount).map { leaves(of: $0).count }.max() ?? 0
    }

    func splits(of tree: Int) -> Range<Int> {
        Int(splitStarts[tree])..<Int(splitStarts[tree + 1])
    }

    func leaves(of tree: Int) -> Range<Int> {
        Int(leafStarts[tree])..<Int(leafStarts[tree + 1])
    }

    func missing(ofSplit split: Int) -> MissingValues {
        MissingValues(rawValue: flags[split] >> Flag.missingShift) ?? .none
    }

    func isCategorical(_ split: Int) -> Bool { flags[split] & Flag.isCategorical != 0 }

    func missingGoesLeft(_ split: Int) -> Bool { flags[split] & Flag.missingGoesLeft != 0 }
}

// MARK: Walking

extension TreeEnsemble {
    /// The raw score of a row: bias and the sum of its leaves, tree by tree.
    ///
    /// The plain way, by which faster ones are judged. `row` has shape (features,); NaN is missing.
    package func score(_ row: Span<Double>) -> Double {
        precondition(row.count == featureCount)
        switch precision {
        case .double:
            var sum = bias
            for tree in 0..<treeCount { sum += leafValues[leaf(of: row, in: tree)] }
            return sum
        case .float:
            var sum = Float(bias)
            for tree in 0..<treeCount { sum += Float(leafValues[leaf(of: row, in: tree)]) }
            return Double(sum)
        }
    }

    /// The leaf of `tree` that a row comes to, by its number among all leaves.
    func leaf(of row: Span<Double>, in tree: Int) -> Int {
        let first = Int(splitStarts[tree])
        var split = first
        var child: Int32 = splits(of: tree).isEmpty ? -1 : 0
        while child >= 0 {
            split = first + Int(child)
            child = goesLeft(row[Int(features[split])], at: split) ? lefts[split] : rights[split]
        }
        return Int(leafStarts[tree]) + Int(-1 - child)
    }

    /// Whether a value goes left at a split.
    func goesLeft(_ value: Double, at split: Int) -> Bool {
        let value = read(value)
        if isCategorical(split) {
            if value.isNaN { return missingGoesLeft(split) }
            return setHolds(value, of: Int(thresholds[split]))
        }
        let compared = missing(ofSplit: split).compared(value)
        return compared.isNaN ? missingGoesLeft(split) : compared <= thresholds[split]
    }

    /// A number as the model reads it: rounded where it is one of floats.
    func read(_ value: Double) -> Double {
        precision == .float ? Double(Float(value)) : value
    }

    /// Whether a value, which is not NaN, is one of a set of categories.
    func setHolds(_ value: Double, of set: Int) -> Bool {
        let start = Int(setStarts[set])
        let bits = (Int(setStarts[set + 1]) - start) * 32
        // LightGBM cuts the fraction off and takes −0.5 for category 0; XGBoost takes it for none.
        guard bits > 0, value > -1, value < Double(bits), precision == .double || value >= 0 else {
            return false
        }
        let category = Int(value)
        return setWords[start + category / 32] >> UInt32(category % 32) & 1 == 1
    }
}

extension MissingValues {
    /// LightGBM's constant, which is a float, somewhat above 1e-35.
    private static let greatestZero = Double(Float(1e-35))

    /// A value as a threshold is compared with it: NaN where it is missing.
    func compared(_ value: Double) -> Double {
        switch self {
        case .none: value.isNaN ? 0 : value
        case .zeroOrNaN: abs(value) <= Self.greatestZero ? .nan : value
        case .nan: value
        }
    }
}
