// Grows one tree from gradients, the most rewarding leaf first.

import Numerics

/// Rows that go down a tree while it grows: those it is grown on, and those that only follow.
struct RowSet {
    let binned: BinnedRows
    /// Numbers of rows; those of a leaf stand together.
    private(set) var rows: [UInt32]
    private var scratch: [UInt32]
    /// By leaf: its part of `rows`.
    private(set) var leaves: [Range<Int>]

    init(_ binned: BinnedRows, rows: [UInt32]) {
        self.binned = binned
        self.rows = rows
        scratch = rows
        leaves = [0..<rows.count]
    }

    /// Parts a leaf; its right part becomes a new leaf, the last.
    mutating func split(_ leaf: Int, by feature: Int, goesLeft: [Bool]) {
        let range = leaves[leaf]
        let count = binned.partition(
            &rows, range, by: feature, goesLeft: goesLeft, scratch: &scratch)
        let middle = range.lowerBound + count
        leaves[leaf] = range.lowerBound..<middle
        leaves.append(middle..<range.upperBound)
    }
}

/// Grows trees leaf by leaf from histograms of gradients.
///
/// Source: Ke et al., "LightGBM: A Highly Efficient Gradient Boosting Decision Tree", NIPS 2017: leaf-wise
/// growth, and the histogram of a leaf's larger child as the difference of the other two.
struct TreeGrower {
    private let layout: BinLayout
    private let settings: TreeSettings
    private let gradients: [GradientSum]
    private let units: GradientUnits
    /// Blocks of the features that splits may ask for.
    private let blocks: [Int]
    /// These features, by block.
    private let featureGroups: [[Int]]
    private let pieces: Pieces?
    private var leaves: [GrowingLeaf] = []
    private var splits: [GrownSplit] = []
    private var histograms: HistogramPool

    init(
        _ layout: BinLayout, _ settings: TreeSettings, gradients: [GradientSum],
        units: GradientUnits, features: [Int], histograms: consuming HistogramPool,
        pieces: Pieces?
    ) {
        self.layout = layout
        self.settings = settings
        self.gradients = gradients
        self.units = units
        let groups = Dictionary(grouping: features) { $0 / BinnedRows.blockFeatures }
        blocks = groups.keys.sorted()
        featureGroups = blocks.map { groups[$0] ?? [] }
        self.pieces = pieces
        self.histograms = histograms
    }

    /// Grows a tree on the first of the sets; all of them are parted into its leaves.
    ///
    /// Leaf values are those that minimise the loss to second order, times the learning rate.
    mutating func grow(_ sets: inout [RowSet]) -> DecisionTree {
        var total = GradientSum.zero
        for row in sets[0].rows { total += gradients[Int(row)] }
        leaves = [GrowingLeaf(sum: total, depth: 0)]
        if canSplit(0) {
            leaves[0].histogram = histograms.take()
            fill(leaves[0].histogram, of: 0, sets[0])
            findBest(0)
        }
        while leaves.count < settings.leaves, let leaf = mostRewarding() {
            split(leaf, &sets)
        }
        for leaf in leaves where leaf.histogram >= 0 { histograms.giveBack(leaf.histogram) }
        return DecisionTree(
            splits: splits.map { $0.decision(layout.features) },
            leaves: leaves.map { leaf in
                DecisionTree.Leaf(value: value(leaf.sum), cover: Double(leaf.sum.rowCount))
            })
    }

    /// Gives the histograms back, for the next tree.
    consuming func finish() -> HistogramPool { histograms }

    private func mostRewarding() -> Int? {
        var found: (leaf: Int, gain: Double)?
        for (number, leaf) in leaves.enumerated() {
            guard let best = leaf.best, best.gain > found?.gain ?? 0 else { continue }
            found = (number, best.gain)
        }
        return found?.leaf
    }

    private func canSplit(_ leaf: Int) -> Bool {
        leaves[leaf].sum.rowCount >= 2 * max(settings.leastRows, 1)
            && leaves[leaf].depth < settings.depthLimit
    }

    // MARK: A split

    private mutating func split(_ number: Int, _ sets: inout [RowSet]) {
        let parent = leaves[number]
        guard let best = parent.best else { return }
        let goesLeft = best.goesLeft(layout.features[best.feature])
        for i in sets.indices { sets[i].split(number, by: best.feature, goesLeft: goesLeft) }
        splits.append(
            GrownSplit(
                candidate: best, cover: Double(parent.sum.rowCount), left: .leaf(number),
                right: .leaf(leaves.count)))
        let split = splits.count - 1
        if let above = parent.parent {
            if above.isLeft {
                splits[above.split].left = .split(split)
            } else {
                splits[above.split].right = .split(split)
            }
        }
        leaves[number] = GrowingLeaf(
            sum: best.left, depth: parent.depth + 1, parent: (split, true))
        leaves.append(
            GrowingLeaf(
                sum: parent.sum - best.left, depth: parent.depth + 1, parent: (split, false)))
        prepare(number, leaves.count - 1, parentHistogram: parent.histogram, sets[0])
    }

    /// Finds the best splits of two new leaves, where they can have any and the tree has room.
    private mutating func prepare(
        _ left: Int, _ right: Int, parentHistogram: Int, _ rows: RowSet
    ) {
        guard leaves.count < settings.leaves, canSplit(left) || canSplit(right) else {
            histograms.giveBack(parentHistogram)
            return
        }
        let leftIsSmaller = leaves[left].sum.rowCount <= leaves[right].sum.rowCount
        let (smaller, larger) = leftIsSmaller ? (left, right) : (right, left)
        leaves[smaller].histogram = histograms.take()
        fill(leaves[smaller].histogram, of: smaller, rows)
        histograms.subtract(leaves[smaller].histogram, from: parentHistogram)
        leaves[larger].histogram = parentHistogram
        for leaf in [left, right] {
            findBest(leaf)
        }
    }

    /// Finds a leaf's best split, or gives its histogram back.
    private mutating func findBest(_ leaf: Int) {
        if canSplit(leaf) { leaves[leaf].best = best(leaf) }
        guard leaves[leaf].best == nil else { return }
        histograms.giveBack(leaves[leaf].histogram)
        leaves[leaf].histogram = -1
    }

    private mutating func fill(_ histogram: Int, of leaf: Int, _ set: RowSet) {
        let range = set.leaves[leaf]
        // Copies of references, as the histogram is part of `self`.
        let (values, offsets, blocks, pieces) = (gradients, layout.offsets, blocks, pieces)
        var sums = histograms[histogram].mutableSpan
        set.binned.addSums(
            ofBlocks: blocks, rows: set.rows.span.extracting(range), values: values.span,
            offsets: offsets, to: &sums, by: pieces)
    }

    // MARK: Values and gains

    /// The best split of a leaf over all features; the first of equally good ones.
    private func best(_ number: Int) -> CandidateSplit? {
        let histogram = histograms[leaves[number].histogram]
        let total = leaves[number].sum
        let (groups, layout, settings, units) = (featureGroups, layout, settings, units)
        let shares = groups.count >= Self.leastShared ? pieces : nil
        let found = mapPieces(groups.count, shares) { group in
            Self.best(groups[group], histogram, total, layout, settings, units)
        }
        return found.reduce(nil) { best, split in
            guard let split, split.gain > best?.gain ?? settings.leastGain else { return best }
            return split
        }
    }

    /// Blocks of features whose splits are worth looking for by several threads.
    private static let leastShared = 16

    private static func best(
        _ features: [Int], _ histogram: [GradientSum], _ total: GradientSum,
        _ layout: BinLayout, _ settings: TreeSettings, _ units: GradientUnits
    ) -> CandidateSplit? {
        let before = units.score(total, settings)
        var best: CandidateSplit?
        for feature in features {
            let bins = layout.features[feature]
            let start = Int(layout.offsets[feature])
            let sums = histogram.span.extracting(start..<start + bins.count + 1)
            let found =
                bins.isCategorical
                ? CandidateSplit(
                    categories: sums, feature, total: total, settings: settings, units: units)
                : CandidateSplit(
                    numbers: sums, feature, bins, total: total, settings: settings, units: units)
            guard var found else { continue }
            found.gain -= before
            if found.gain > best?.gain ?? settings.leastGain { best = found }
        }
        return best
    }

    private func value(_ sum: GradientSum) -> Double {
        let gradient = Double(sum.gradient) * units.gradient
        let hessian = Double(sum.hessian) * units.hessian + settings.l2
        guard hessian > 0 else { return 0 }
        let size = max(abs(gradient) - settings.l1, 0)
        return -settings.learningRate * (gradient < 0 ? -size : size) / hessian
    }
}

/// A leaf that may yet be split.
private struct GrowingLeaf {
    let sum: GradientSum
    let depth: Int
    /// The split that it hangs from.
    var parent: (split: Int, isLeft: Bool)?
    /// Its number in the pool; −1 where it has none.
    var histogram = -1
    var best: CandidateSplit?
}

/// A split whose children may yet be split.
private struct GrownSplit {
    let candidate: CandidateSplit
    let cover: Double
    var left: TreeChild
    var right: TreeChild

    func decision(_ features: [FeatureBins]) -> DecisionTree.Split {
        candidate.decision(
            features[candidate.feature], cover: cover, left: left, right: right)
    }
}

/// Memory for histograms, used again from tree to tree.
struct HistogramPool {
    private let size: Int
    private var histograms: [[GradientSum]] = []
    private var free: [Int] = []

    /// How many there are, in use or not.
    var count: Int { histograms.count }

    init(size: Int) {
        self.size = size
    }

    subscript(number: Int) -> [GradientSum] {
        _read { yield histograms[number] }
        _modify { yield &histograms[number] }
    }

    /// The number of a histogram of zeros.
    mutating func take() -> Int {
        guard let number = free.popLast() else {
            histograms.append(Array(repeating: .zero, count: size))
            return histograms.count - 1
        }
        var sums = histograms[number].mutableSpan
        sums.update(repeating: .zero)
        return number
    }

    mutating func giveBack(_ number: Int) {
        free.append(number)
    }

    mutating func subtract(_ part: Int, from whole: Int) {
        let taken = histograms[part]
        var sums = histograms[whole].mutableSpan
        Numerics.subtract(taken.span, from: &sums)
    }
}
