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
/// Source: Lundberg, Erion, Lee, "Consistent Individualized Feature Attribution for Tree Ensembles", 2018,
/// algorithm 2; Yang, "Fast TreeSHAP", 2021, for the sum that all features share which a row's path left.
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

    fileprivate let ensemble: TreeEnsemble
    fileprivate let nodes: [Node]
    fileprivate let leafValues: [Double]
    /// The first split of each tree that has any.
    private let roots: [Int]
    /// The score that is expected of a row of which nothing is known.
    package let bias: Double

    /// Lays a model out; takes about as long as explaining a row.
    package init(_ ensemble: TreeEnsemble) {
        self.ensemble = ensemble
        let leaves = (0..<ensemble.leafCount).map { ensemble.leafValues[$0] }
        var (nodes, roots) = ([Node](), [Int]())
        var expected = ensemble.bias
        for tree in 0..<ensemble.treeCount {
            let splits = ensemble.splits(of: tree)
            if !splits.isEmpty { roots.append(nodes.count) }
            for split in splits { nodes.append(Node(ensemble, split, of: tree)) }
            let leaf = ensemble.leaves(of: tree).lowerBound
            let root = splits.isEmpty ? -1 - leaf : splits.lowerBound
            expected += Self.expectation(root, nodes, leaves)
        }
        (self.nodes, self.roots, leafValues, bias) = (nodes, roots, leaves, expected)
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
    /// Takes O(leaves × depth²): a hundred times and more what scoring takes.
    package func explanation(of row: Span<Double>) -> TreeExplanation {
        precondition(row.count == ensemble.featureCount)
        var contributions = [Double](repeating: 0, count: ensemble.featureCount)
        var walk = ExplainingWalk()
        for root in roots {
            walk.descend(
                root, row, self, Step(feature: -1, zero: 1, one: 1), start: 0, depth: 0,
                &contributions)
        }
        return TreeExplanation(bias: bias, contributions: contributions)
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

/// One feature on the way to a node.
private struct Step {
    var feature: Int
    /// The share of training rows that come this way where the feature is not known.
    var zero: Double
    /// 1 where the row itself comes this way, else 0.
    var one: Double
    /// The sum of the permutation weights of subsets of this size.
    var weight = 0.0
}

/// The walk through trees; each node's path lies behind its parent's on one stack.
private struct ExplainingWalk {
    private var steps: [Step] = []

    /// Adds what the leaves below a node contribute.
    ///
    /// The path down to its parent, `depth` steps, begins at `start`; it is extended by `step`.
    mutating func descend(
        _ node: Int, _ row: Span<Double>, _ model: TreeExplainer, _ step: Step, start: Int,
        depth: Int, _ sums: inout [Double]
    ) {
        extend(step, start, depth)
        guard node >= 0 else {
            return addLeaf(model.leafValues[-1 - node], start, depth, &sums)
        }
        let split = model.nodes[node]
        let next = start + depth + 1
        var known = Step(feature: split.feature, zero: 1, one: 1)
        var length = depth
        // A feature that is on the path already is taken out: its shares are multiplied.
        if let at = (1..<depth + 1).first(where: { steps[start + $0].feature == split.feature }) {
            known = steps[start + at]
            unwind(at, start, depth)
            length -= 1
        }
        let isLeft = model.ensemble.goesLeft(row[split.feature], at: split.split)
        for side in [true, false] {
            known.weight = 0
            let step = Step(
                feature: split.feature,
                zero: known.zero * (side ? split.leftShare : 1 - split.leftShare),
                one: side == isLeft ? known.one : 0)
            // What no row came to, this one included, contributes nothing.
            guard step.zero > 0 || step.one > 0 else { continue }
            reserve(next + length + 1)
            for i in 0...length { steps[next + i] = steps[start + i] }
            descend(
                side ? split.left : split.right, row, model, step, start: next,
                depth: length + 1, &sums)
        }
    }

    private mutating func reserve(_ count: Int) {
        while steps.count < count { steps.append(Step(feature: -1, zero: 1, one: 1)) }
    }

    private mutating func extend(_ step: Step, _ start: Int, _ depth: Int) {
        reserve(start + depth + 1)
        steps[start + depth] = step
        steps[start + depth].weight = depth == 0 ? 1 : 0
        let part = 1 / Double(depth + 1)
        for i in (0..<depth).reversed() {
            let weight = steps[start + i].weight * part
            steps[start + i + 1].weight += step.one * weight * Double(i + 1)
            steps[start + i].weight = step.zero * weight * Double(depth - i)
        }
    }

    /// Takes step `at` out of the path as if it had never been extended by it.
    private mutating func unwind(_ at: Int, _ start: Int, _ depth: Int) {
        let (zero, one) = (steps[start + at].zero, steps[start + at].one)
        let parts = Double(depth + 1)
        var next = steps[start + depth].weight
        for i in (0..<depth).reversed() {
            let weight = steps[start + i].weight
            let unwound =
                one != 0
                ? next * parts / Double(i + 1) : weight * parts / (zero * Double(depth - i))
            steps[start + i].weight = unwound
            next = weight - unwound * zero * Double(depth - i) / parts
        }
        for i in at..<depth {
            steps[start + i].feature = steps[start + i + 1].feature
            steps[start + i].zero = steps[start + i + 1].zero
            steps[start + i].one = steps[start + i + 1].one
        }
    }

    /// What the weights would sum to if the path were unwound at a step that the row is on.
    private func unwoundSum(_ zero: Double, _ start: Int, _ depth: Int) -> Double {
        let share = zero / Double(depth + 1)
        var next = steps[start + depth].weight
        var sum = 0.0
        for i in (0..<depth).reversed() {
            let unwound = next * Double(depth + 1) / Double(i + 1)
            next = steps[start + i].weight - unwound * share * Double(depth - i)
            sum += unwound
        }
        return sum
    }

    /// The same of a step that the row is not on, times its share: alike for all such steps.
    private func unwoundOffSum(_ start: Int, _ depth: Int) -> Double {
        var sum = 0.0
        for i in 0..<depth { sum += steps[start + i].weight / Double(depth - i) }
        return sum * Double(depth + 1)
    }

    private func addLeaf(_ value: Double, _ start: Int, _ depth: Int, _ sums: inout [Double]) {
        let off = unwoundOffSum(start, depth) * value
        for i in 1..<depth + 1 {
            let step = steps[start + i]
            sums[step.feature] +=
                step.one == 0
                ? -off : unwoundSum(step.zero, start, depth) * (1 - step.zero) * value
        }
    }
}
