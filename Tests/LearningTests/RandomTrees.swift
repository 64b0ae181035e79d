import Learning
import Numerics

/// Trees and rows of all kinds: thresholds that values meet exactly, categories, missing values.
struct RandomTrees {
    var random: SplitMix64
    let featureCount: Int
    /// Features from here on are categorical.
    let firstCategorical: Int

    init(seed: UInt64, featureCount: Int = 6) {
        random = SplitMix64(seed: seed)
        self.featureCount = featureCount
        firstCategorical = featureCount - 2
    }

    mutating func ensemble(
        trees: Int, leaves: ClosedRange<Int>, precision: TreeEnsemble.Precision = .double
    ) throws -> TreeEnsemble {
        var list: [DecisionTree] = []
        for _ in 0..<trees { list.append(tree(leaves: Int.random(in: leaves, using: &random))) }
        return try TreeEnsemble(
            list, featureCount: featureCount, bias: value(), precision: precision)
    }

    mutating func row() -> [Double] {
        (0..<featureCount).map { feature in
            switch Int.random(in: 0..<8, using: &random) {
            case 0: .nan
            case 1: 0
            case 2: feature >= firstCategorical ? -1 : value()
            default:
                feature >= firstCategorical
                    ? Double(Int.random(in: 0..<40, using: &random)) : value()
            }
        }
    }

    /// One of a few numbers, so that values and thresholds are often equal.
    private mutating func value() -> Double {
        Double(Int.random(in: -20...20, using: &random)) / 10
    }

    private mutating func tree(leaves count: Int) -> DecisionTree {
        var tree = DecisionTree(splits: [], leaves: [])
        _ = grow(&tree, leaves: count)
        for i in tree.splits.indices.reversed() {
            let split = tree.splits[i]
            let sum = cover(split.left, tree) + cover(split.right, tree)
            tree.splits[i] = DecisionTree.Split(
                feature: split.feature, rule: split.rule, missingGoesLeft: split.missingGoesLeft,
                left: split.left, right: split.right, gain: 1, cover: sum)
        }
        return tree
    }

    private func cover(_ child: TreeChild, _ tree: DecisionTree) -> Double {
        switch child {
        case .split(let number): tree.splits[number].cover
        case .leaf(let number): tree.leaves[number].cover
        }
    }

    private mutating func grow(_ tree: inout DecisionTree, leaves count: Int) -> TreeChild {
        guard count > 1 else {
            let cover = Double(Int.random(in: 0...9, using: &random))
            tree.leaves.append(
                .init(value: Double.random(in: -1...1, using: &random), cover: cover))
            return .leaf(tree.leaves.count - 1)
        }
        let number = tree.splits.count
        tree.splits.append(split(.leaf(0), .leaf(0)))
        let part = Int.random(in: 1..<count, using: &random)
        let left = grow(&tree, leaves: part)
        let right = grow(&tree, leaves: count - part)
        tree.splits[number] = split(left, right)
        return .split(number)
    }

    private mutating func split(_ left: TreeChild, _ right: TreeChild) -> DecisionTree.Split {
        let feature = Int.random(in: 0..<featureCount, using: &random)
        let rule: SplitRule
        if feature >= firstCategorical {
            rule = .isIn([UInt32.random(in: 0 ... .max, using: &random)])
        } else {
            let kinds = MissingValues.allCases
            rule = .atMost(value(), missing: kinds[Int.random(in: 0..<3, using: &random)])
        }
        return DecisionTree.Split(
            feature: feature, rule: rule, missingGoesLeft: Bool.random(using: &random),
            left: left, right: right, gain: 1, cover: 0)
    }
}
