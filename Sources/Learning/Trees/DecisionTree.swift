// One tree as it is grown or read from a file, before it is packed.

/// Where a split sends a row.
package enum TreeChild: Equatable, Sendable {
    /// The number of a split of the same tree.
    case split(Int)
    /// The number of a leaf of the same tree.
    case leaf(Int)
}

/// Which values of a feature count as missing.
package enum MissingValues: UInt8, Equatable, Sendable, CaseIterable {
    /// None: NaN is read as 0.
    case none = 0
    /// NaN, and what is within 1e-35 of 0.
    case zeroOrNaN = 1
    case nan = 2
}

/// The question that a split asks of one feature; yes goes left.
package enum SplitRule: Equatable, Sendable {
    /// Whether the value is at most the threshold.
    case atMost(Double, missing: MissingValues)
    /// Whether the value, its fraction cut off, is one of these; what is no category goes right.
    ///
    /// One bit a category, 32 a word, the lowest first. NaN is missing.
    case isIn([UInt32])
}

/// A binary tree whose leaves hold numbers.
package struct DecisionTree: Equatable, Sendable {
    package struct Split: Equatable, Sendable {
        package let feature: Int
        package let rule: SplitRule
        /// Where a row goes whose value is missing.
        package let missingGoesLeft: Bool
        package let left: TreeChild
        package let right: TreeChild
        /// How good the split was in training, by its trainer's own measure: here and in LightGBM and
        /// XGBoost about twice what the loss fell by at a learning rate of 1.
        package let gain: Double
        /// How many training rows came by, in XGBoost's models the sum of their hessians; explanations
        /// take shares of it.
        package let cover: Double

        package init(
            feature: Int, rule: SplitRule, missingGoesLeft: Bool, left: TreeChild,
            right: TreeChild, gain: Double, cover: Double
        ) {
            self.feature = feature
            self.rule = rule
            self.missingGoesLeft = missingGoesLeft
            self.left = left
            self.right = right
            self.gain = gain
            self.cover = cover
        }
    }

    package struct Leaf: Equatable, Sendable {
        package let value: Double
        package let cover: Double

        package init(value: Double, cover: Double) {
            self.value = value
            self.cover = cover
        }
    }

    /// The first one is the root; there are none in a tree of one leaf.
    package var splits: [Split]
    package var leaves: [Leaf]

    package init(splits: [Split], leaves: [Leaf]) {
        self.splits = splits
        self.leaves = leaves
    }
}

extension DecisionTree {
    /// Deeper trees are refused: they are walked by recursion.
    package static let maximumDepth = 512
    /// Categories are 0..<this: a set of them is a list of bits in each split.
    package static let greatestCategoryCount = 1 << 16

    /// The same tree with its splits in preorder and its leaves from left to right.
    ///
    /// Splits and leaves that the root does not reach are left out.
    func ordered(featureCount: Int) throws(TreeFault) -> DecisionTree {
        let order = try walk()
        var splitNumber = [Int](repeating: -1, count: splits.count)
        for (number, old) in order.splits.enumerated() { splitNumber[old] = number }
        var leafNumber = [Int](repeating: -1, count: leaves.count)
        for (number, old) in order.leaves.enumerated() { leafNumber[old] = number }
        func renamed(_ child: TreeChild) -> TreeChild {
            switch child {
            case .split(let old): .split(splitNumber[old])
            case .leaf(let old): .leaf(leafNumber[old])
            }
        }
        var result = DecisionTree(splits: [], leaves: order.leaves.map { leaves[$0] })
        for old in order.splits {
            let split = splits[old]
            try split.check(old, featureCount: featureCount)
            result.splits.append(
                Split(
                    feature: split.feature, rule: split.rule,
                    missingGoesLeft: split.missingGoesLeft, left: renamed(split.left),
                    right: renamed(split.right), gain: split.gain, cover: split.cover))
        }
        for (number, leaf) in zip(order.leaves, result.leaves) { try leaf.check(number) }
        return result
    }

    /// Throws where a walk from the root does not meet every split and leaf at most once.
    package func checkShape() throws(TreeFault) {
        _ = try walk()
    }

    /// Old numbers in the order of a walk from the root that goes left first.
    private func walk() throws(TreeFault) -> (splits: [Int], leaves: [Int]) {
        var order = (splits: [Int](), leaves: [Int]())
        var seenSplits = [Bool](repeating: false, count: splits.count)
        var seenLeaves = [Bool](repeating: false, count: leaves.count)
        var waiting = [(child: splits.isEmpty ? TreeChild.leaf(0) : .split(0), depth: 0)]
        while let (child, depth) = waiting.popLast() {
            guard depth <= Self.maximumDepth else { throw .tooDeep(limit: Self.maximumDepth) }
            switch child {
            case .split(let number):
                guard splits.indices.contains(number) else { throw .noSplit(number) }
                guard !seenSplits[number] else { throw .reachedTwice(split: number) }
                seenSplits[number] = true
                order.splits.append(number)
                waiting.append((splits[number].right, depth + 1))
                waiting.append((splits[number].left, depth + 1))
            case .leaf(let number):
                guard leaves.indices.contains(number) else { throw .noLeaf(number) }
                guard !seenLeaves[number] else { throw .leafReachedTwice(number) }
                seenLeaves[number] = true
                order.leaves.append(number)
            }
        }
        return order
    }
}

extension DecisionTree.Split {
    fileprivate func check(_ number: Int, featureCount: Int) throws(TreeFault) {
        guard feature >= 0, feature < featureCount else {
            throw .noFeature(feature, split: number)
        }
        guard cover >= 0, cover.isFinite else { throw .badCover(split: number) }
        guard gain.isFinite else { throw .badGain(split: number) }
        if case .atMost(let threshold, _) = rule, threshold.isNaN {
            throw .badThreshold(split: number)
        }
        if case .isIn(let words) = rule, words.count * 32 > DecisionTree.greatestCategoryCount {
            throw .tooManyCategories(split: number, limit: DecisionTree.greatestCategoryCount)
        }
    }
}

extension DecisionTree.Leaf {
    fileprivate func check(_ number: Int) throws(TreeFault) {
        guard value.isFinite, cover >= 0, cover.isFinite else { throw .badLeaf(number) }
    }
}

/// Why splits and leaves are no tree.
package enum TreeFault: Error, Equatable {
    case noSplit(Int)
    case noLeaf(Int)
    case noFeature(Int, split: Int)
    case reachedTwice(split: Int)
    case leafReachedTwice(Int)
    case tooDeep(limit: Int)
    case badThreshold(split: Int)
    case badCover(split: Int)
    case badGain(split: Int)
    case tooManyCategories(split: Int, limit: Int)
    case badLeaf(Int)
}

extension TreeFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noSplit(let number): "a child is split \(number), which there is not"
        case .noLeaf(let number): "a child is leaf \(number), which there is not"
        case .noFeature(let feature, let split):
            "split \(split) asks for feature \(feature), which there is not"
        case .reachedTwice(let split): "split \(split) has two parents"
        case .leafReachedTwice(let leaf): "leaf \(leaf) has two parents"
        case .tooDeep(let limit): "it is deeper than \(limit) splits"
        case .badThreshold(let split): "the threshold of split \(split) is not a number"
        case .badCover(let split): "the cover of split \(split) is negative or not finite"
        case .badGain(let split): "the gain of split \(split) is not finite"
        case .tooManyCategories(let split, let limit):
            "split \(split) has categories from \(limit) on: number them from 0"
        case .badLeaf(let leaf):
            "leaf \(leaf) has a value that is not finite or a cover below 0"
        }
    }
}
