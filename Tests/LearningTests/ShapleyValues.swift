@testable import Learning
import Numerics

/// Shapley values by their definition: a sum over all subsets of features.
struct ShapleyValues {
    let bias: Double
    let contributions: [Double]

    init(of model: TreeEnsemble, row: [Double]) {
        let count = model.featureCount
        let values = (0..<(1 << count)).map { model.expectation(of: row, knowing: $0) }
        bias = values[0]
        contributions = (0..<count).map { feature in
            let bit = 1 << feature
            return values.indices.filter { $0 & bit == 0 }.reduce(0) { sum, subset in
                let size = subset.nonzeroBitCount
                let orders = Self.factorial(size) * Self.factorial(count - size - 1)
                return sum + orders / Self.factorial(count)
                    * (values[subset | bit] - values[subset])
            }
        }
    }

    private static func factorial(_ n: Int) -> Double {
        (1..<n + 1).reduce(1) { $0 * Double($1) }
    }
}

extension TreeEnsemble {
    /// The mean score of rows that agree with `row` in the features of the subset, one bit each.
    fileprivate func expectation(of row: [Double], knowing subset: Int) -> Double {
        func mean(_ child: Int32, _ tree: Int) -> (value: Double, cover: Double) {
            guard child >= 0 else {
                let leaf = Int(leafStarts[tree]) + Int(-1 - child)
                return (leafValues[leaf], leafCovers[leaf])
            }
            let split = Int(splitStarts[tree]) + Int(child)
            let (left, right) = (mean(lefts[split], tree), mean(rights[split], tree))
            let feature = Int(features[split])
            if subset >> feature & 1 == 1 {
                let value = goesLeft(row[feature], at: split) ? left.value : right.value
                return (value, covers[split])
            }
            let sum = left.cover + right.cover
            let share = sum > 0 ? left.cover / sum : 0.5
            return (share * left.value + (1 - share) * right.value, covers[split])
        }
        return (0..<treeCount).reduce(bias) { sum, tree in
            sum + mean(splits(of: tree).isEmpty ? -1 : 0, tree).value
        }
    }
}
