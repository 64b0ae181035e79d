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

extension TreeEnsemble {
    /// The Shapley values of a row's features, exactly.
    ///
    /// The expectation without a feature follows both children by the training rows that did; models
    /// without covers take halves.
    ///
    /// Source: Lundberg, Erion, Lee, "Consistent Individualized Feature Attribution for Tree Ensembles",
    /// 2018, algorithm 2.
    ///
    /// - Parameter row: shape (features,); NaN is missing.
    /// - Returns: the bias and one contribution a feature, which sum to the raw score.
    /// - Complexity: O(leaves × depth²): a hundred to a thousand times what scoring takes.
    package func explanation(of row: Span<Double>) -> TreeExplanation {
        precondition(row.count == featureCount)
        var contributions = [Double](repeating: 0, count: featureCount)
        var expected = bias
        for tree in 0..<treeCount {
            expected += expectation(of: tree)
            guard !splits(of: tree).isEmpty else { continue }
            var shap = TreeShap(ensemble: self, tree: tree)
            shap.descend(0, row: row, Step(feature: -1, zero: 1, one: 1), &contributions)
        }
        return TreeExplanation(bias: expected, contributions: contributions)
    }

    /// The mean of a tree's leaves, each by the share of rows that comes to it.
    private func expectation(of tree: Int) -> Double {
        let first = Int(splitStarts[tree])
        var shares = [Double](repeating: 1, count: splits(of: tree).count)
        var sum = shares.isEmpty ? leafValues[Int(leafStarts[tree])] : 0
        for split in splits(of: tree) {
            let share = shares[split - first]
            let left = leftShare(ofSplit: split, in: tree)
            for (child, part) in [(lefts[split], left), (rights[split], 1 - left)] {
                if child >= 0 {
                    shares[Int(child)] = share * part
                } else {
                    sum += share * part * leafValues[Int(leafStarts[tree]) + Int(-1 - child)]
                }
            }
        }
        return sum
    }

    /// The share of a split's training rows that went left.
    fileprivate func leftShare(ofSplit split: Int, in tree: Int) -> Double {
        func cover(_ child: Int32) -> Double {
            child >= 0
                ? covers[Int(splitStarts[tree]) + Int(child)]
                : leafCovers[Int(leafStarts[tree]) + Int(-1 - child)]
        }
        let (left, right) = (cover(lefts[split]), cover(rights[split]))
        return left + right > 0 ? left / (left + right) : 0.5
    }
}

/// One feature on the way to a node.
private struct Step {
    var feature: Int
    /// The share of subsets' rows that come this way where the feature is not known.
    var zero: Double
    /// 1 where the row itself comes this way, else 0.
    var one: Double
    /// The sum of the permutation weights of subsets of this size.
    var weight = 0.0
}

/// The walk through one tree; each node's path lies behind its parent's on one stack.
private struct TreeShap {
    let ensemble: TreeEnsemble
    let tree: Int
    private var steps: [Step] = []

    init(ensemble: TreeEnsemble, tree: Int) {
        self.ensemble = ensemble
        self.tree = tree
    }

    /// Adds what the leaves below a node contribute.
    ///
    /// The path down to its parent, `depth` steps, begins at `start`; it is extended by `step`.
    mutating func descend(
        _ node: Int32, row: Span<Double>, _ step: Step, start: Int = 0, depth: Int = 0,
        _ sums: inout [Double]
    ) {
        extend(step, start, depth)
        guard node >= 0 else { return addLeaf(node, start, depth, &sums) }
        let split = Int(ensemble.splitStarts[tree]) + Int(node)
        let feature = Int(ensemble.features[split])
        let next = start + depth + 1
        var known = Step(feature: feature, zero: 1, one: 1)
        var length = depth
        // A feature that is on the path already is taken out: its shares are multiplied.
        if let at = (1..<depth + 1).first(where: { steps[start + $0].feature == feature }) {
            known = steps[start + at]
            unwind(at, start, depth)
            length -= 1
        }
        let isLeft = ensemble.goesLeft(row[feature], at: split)
        let share = ensemble.leftShare(ofSplit: split, in: tree)
        for side in [true, false] {
            let step = Step(
                feature: feature, zero: known.zero * (side ? share : 1 - share),
                one: side == isLeft ? known.one : 0)
            // What no row came to, this one included, contributes nothing.
            guard step.zero > 0 || step.one > 0 else { continue }
            reserve(next + length + 1)
            for i in 0...length { steps[next + i] = steps[start + i] }
            let child = side ? ensemble.lefts[split] : ensemble.rights[split]
            descend(child, row: row, step, start: next, depth: length + 1, &sums)
        }
    }

    private mutating func reserve(_ count: Int) {
        while steps.count < count { steps.append(Step(feature: -1, zero: 1, one: 1)) }
    }

    private mutating func extend(_ step: Step, _ start: Int, _ depth: Int) {
        reserve(start + depth + 1)
        steps[start + depth] = step
        steps[start + depth].weight = depth == 0 ? 1 : 0
        for i in (0..<depth).reversed() {
            let weight = steps[start + i].weight
            let parts = Double(depth + 1)
            steps[start + i + 1].weight += step.one * weight * Double(i + 1) / parts
            steps[start + i].weight = step.zero * weight * Double(depth - i) / parts
        }
    }

    /// Takes step `at` out of the path as if it had never been extended by it.
    private mutating func unwind(_ at: Int, _ start: Int, _ depth: Int) {
        let (zero, one) = (steps[start + at].zero, steps[start + at].one)
        var next = steps[start + depth].weight
        for i in (0..<depth).reversed() {
            let weight = steps[start + i].weight
            steps[start + i].weight = Self.unwound(weight, next, i, depth, zero, one)
            next = weight - steps[start + i].weight * zero * Double(depth - i) / Double(depth + 1)
        }
        for i in at..<depth {
            steps[start + i].feature = steps[start + i + 1].feature
            steps[start + i].zero = steps[start + i + 1].zero
            steps[start + i].one = steps[start + i + 1].one
        }
    }

    /// What the weights would sum to if the path were unwound at `at`.
    private func unwoundSum(_ at: Int, _ start: Int, _ depth: Int) -> Double {
        let (zero, one) = (steps[start + at].zero, steps[start + at].one)
        var next = steps[start + depth].weight
        var sum = 0.0
        for i in (0..<depth).reversed() {
            let weight = steps[start + i].weight
            let unwound = Self.unwound(weight, next, i, depth, zero, one)
            next = weight - unwound * zero * Double(depth - i) / Double(depth + 1)
            sum += unwound
        }
        return sum
    }

    /// The weight that subsets of `i` of the steps had before the path was extended by a step.
    private static func unwound(
        _ weight: Double, _ next: Double, _ i: Int, _ depth: Int, _ zero: Double, _ one: Double
    ) -> Double {
        one != 0
            ? next * Double(depth + 1) / (Double(i + 1) * one)
            : weight * Double(depth + 1) / (zero * Double(depth - i))
    }

    private func addLeaf(_ node: Int32, _ start: Int, _ depth: Int, _ sums: inout [Double]) {
        let value = ensemble.leafValues[Int(ensemble.leafStarts[tree]) + Int(-1 - node)]
        for i in 1..<depth + 1 {
            let step = steps[start + i]
            sums[step.feature] +=
                unwoundSum(i, start, depth) * (step.one - step.zero) * value
        }
    }
}
