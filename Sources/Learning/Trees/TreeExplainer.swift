// Why a row has its score: what each feature adds to it.

import Numerics

/// A score as a sum over features.
package struct TreeExplanation: Equatable, Sendable {
    /// The score that is expected before anything is known of the row.
    package let bias: Double
    /// Shape (features,): how far each moves the score from there.
    package let contributions: [Double]

    /// The raw score that is explained, to rounding.
    package var score: Double { contributions.reduce(bias, +) }
}

/// A model laid out for explanations.
///
/// They are the Shapley values of a row's features, exactly. The expectation without a feature follows both
/// children by the share of training rows that did; models without covers take halves.
///
/// On the way to a leaf of value v let zⱼ be the share of rows that feature j lets through, and oⱼ 1 where the
/// row itself passes, else 0. Then v · (oᵢ − zᵢ) · ∫₀¹ Πⱼ≠ᵢ (t·oⱼ + (1 − t)·zⱼ) dt is what feature i adds, a
/// polynomial of n features being integrated exactly by ⌈n / 2⌉ points. No factor is below 0, so that long
/// paths lose no digits, and leaves are summed on the way up.
///
/// Sources: Lundberg, Erion, Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018, for
/// the game; Owen, "Multilinear Extensions of Games", 1972, for the integral; Yu et al., "Linear TreeShap",
/// NeurIPS 2022, for the sums on the way up.
package struct TreeExplainer: Sendable {
    /// A split, with its children among the splits of all trees; a leaf is −1 − its number among all.
    fileprivate struct Node {
        let feature: Int
        let split: Int
        let left: Int
        let right: Int
        /// The share of the training rows that went left.
        let leftShare: Double
    }

    /// The first split of a tree that has any, and what its paths are integrated by.
    private struct Root {
        let node: Int
        let rule: GaussLegendre
    }

    fileprivate let ensemble: TreeEnsemble
    fileprivate let nodes: [Node]
    fileprivate let leafValues: [Double]
    private let roots: [Root]
    /// The score that is expected of a row of which nothing is known.
    package let bias: Double

    /// Lays a model out; takes about as long as explaining a row.
    package init(_ ensemble: TreeEnsemble) {
        self.ensemble = ensemble
        let leaves = (0..<ensemble.leafCount).map { ensemble.leafValues[$0] }
        var (nodes, starts) = ([Node](), [Int]())
        var expected = ensemble.bias
        for tree in 0..<ensemble.treeCount {
            let splits = ensemble.splits(of: tree)
            if !splits.isEmpty { starts.append(nodes.count) }
            for split in splits { nodes.append(Node(ensemble, split, of: tree)) }
            let leaf = ensemble.leaves(of: tree).lowerBound
            let root = splits.isEmpty ? -1 - leaf : splits.lowerBound
            expected += Self.expectation(root, nodes, leaves)
        }
        var rules: [Int: GaussLegendre] = [:]
        var uses = [Int](repeating: 0, count: ensemble.featureCount)
        roots = starts.map { start in
            let count = (Self.greatestFeatureCount(start, nodes, known: 0, &uses) + 1) / 2
            let rule = rules[count] ?? GaussLegendre(count: count)
            rules[count] = rule
            return Root(node: start, rule: rule)
        }
        (self.nodes, leafValues, bias) = (nodes, leaves, expected)
    }

    /// The greatest number of different features on a way down from a node, with the `known` ones above it.
    private static func greatestFeatureCount(
        _ node: Int, _ nodes: [Node], known: Int, _ uses: inout [Int]
    ) -> Int {
        guard node >= 0 else { return known }
        let (split, isNew) = (nodes[node], uses[nodes[node].feature] == 0)
        uses[split.feature] += 1
        let count = known + (isNew ? 1 : 0)
        let left = greatestFeatureCount(split.left, nodes, known: count, &uses)
        let right = greatestFeatureCount(split.right, nodes, known: count, &uses)
        uses[split.feature] -= 1
        return max(left, right)
    }

    /// The mean of the leaves under a node, each by the share of rows that comes to it.
    private static func expectation(_ node: Int, _ nodes: [Node], _ leaves: [Double]) -> Double {
        guard node >= 0 else { return leaves[-1 - node] }
        let share = nodes[node].leftShare
        return share * expectation(nodes[node].left, nodes, leaves)
            + (1 - share) * expectation(nodes[node].right, nodes, leaves)
    }

    /// Explains the raw score of a row of shape (features,); NaN is missing.
    ///
    /// Takes O(leaves × depth): a thousand times and more what a row takes that a `TreeScorer` scores.
    package func explanation(of row: Span<Double>) -> TreeExplanation {
        precondition(row.count == ensemble.featureCount)
        var walk = ExplainingWalk(featureCount: ensemble.featureCount)
        for root in roots { walk.addTree(root.node, root.rule, row, self) }
        return TreeExplanation(bias: bias, contributions: walk.contributions)
    }
}

extension TreeExplainer.Node {
    fileprivate init(_ ensemble: TreeEnsemble, _ split: Int, of tree: Int) {
        let (firstSplit, firstLeaf) = (
            ensemble.splits(of: tree).lowerBound, ensemble.leaves(of: tree).lowerBound
        )
        func place(_ child: Int32) -> Int {
            child >= 0 ? firstSplit + Int(child) : Int(child) - firstLeaf
        }
        func cover(_ node: Int) -> Double {
            node >= 0 ? ensemble.covers[node] : ensemble.leafCovers[-1 - node]
        }
        self.split = split
        feature = Int(ensemble.features[split])
        left = place(ensemble.lefts[split])
        right = place(ensemble.rights[split])
        let sum = cover(left) + cover(right)
        leftShare = sum > 0 ? cover(left) / sum : 0.5
    }
}

/// What a feature lets through on the way to a node.
private struct Passage {
    /// The share of training rows.
    var zero = 1.0
    /// 1 where the row itself passes, else 0.
    var one = 1.0

    /// The chance to pass where a share `point` of the features is known.
    func factor(_ point: Double) -> Double { point * one + (1 - point) * zero }
}

/// The walk through the trees for one row.
private struct ExplainingWalk {
    /// Shape (features,).
    private(set) var contributions: [Double]
    /// By feature.
    private var passages: [Passage]
    private var rule = GaussLegendre(count: 1)
    /// By level, then by point: the product of the factors of all features.
    private var products: [Double] = []
    /// By level, then by point: the sum over the leaves below of value times product.
    private var sums: [Double] = []

    init(featureCount: Int) {
        contributions = Array(repeating: 0, count: featureCount)
        passages = Array(repeating: Passage(), count: featureCount)
    }

    mutating func addTree(
        _ root: Int, _ rule: GaussLegendre, _ row: Span<Double>, _ model: TreeExplainer
    ) {
        self.rule = rule
        reserve(rule.points.count)
        for k in rule.points.indices { products[k] = 1 }
        descend(root, row, model, level: 0)
    }

    private mutating func reserve(_ count: Int) {
        while products.count < count {
            products.append(0)
            sums.append(0)
        }
    }

    /// Adds what the leaves below a node contribute by the splits below it, and sums the leaves.
    private mutating func descend(
        _ node: Int, _ row: Span<Double>, _ model: TreeExplainer, level: Int
    ) {
        let count = rule.points.count
        let (start, next) = (level * count, (level + 1) * count)
        guard node >= 0 else {
            let value = model.leafValues[-1 - node]
            for k in 0..<count { sums[start + k] = value * products[start + k] }
            return
        }
        reserve(next + count)
        for k in 0..<count { sums[start + k] = 0 }
        let split = model.nodes[node]
        let isLeft = model.ensemble.goesLeft(row[split.feature], at: split.split)
        let before = passages[split.feature]
        for side in [true, false] {
            let share = side ? split.leftShare : 1 - split.leftShare
            let after = Passage(zero: before.zero * share, one: side == isLeft ? before.one : 0)
            // Where neither the row nor a training row comes, nothing is contributed; so no factor is 0.
            guard after.zero > 0 || after.one > 0 else { continue }
            for k in 0..<count {
                let point = rule.points[k]
                products[next + k] =
                    products[start + k] / before.factor(point) * after.factor(point)
            }
            passages[split.feature] = after
            descend(side ? split.left : split.right, row, model, level: level + 1)
            contribute(split.feature, before, after, start, next)
        }
        passages[split.feature] = before
    }

    /// Adds what a feature contributes by its passage below a split, less what it would by that above it.
    private mutating func contribute(
        _ feature: Int, _ before: Passage, _ after: Passage, _ start: Int, _ next: Int
    ) {
        let (shareAbove, shareBelow) = (before.one - before.zero, after.one - after.zero)
        var sum = 0.0
        for k in rule.points.indices {
            let (point, below) = (rule.points[k], sums[next + k])
            let part = shareBelow / after.factor(point) - shareAbove / before.factor(point)
            sum += rule.weights[k] * below * part
            sums[start + k] += below
        }
        contributions[feature] += sum
    }
}
