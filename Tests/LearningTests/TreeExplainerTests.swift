import Learning
import Numerics
import Testing

@Suite struct TreeExplainerTests {
    @Test(arguments: UInt64(0)..<20)
    func `explanations are what all subsets of features give`(seed: UInt64) throws {
        var source = RandomTrees(seed: seed, featureCount: 5)
        let model = try source.ensemble(trees: 3, leaves: 1...16)
        for _ in 0..<5 {
            let row = source.row()
            let found = TreeExplainer(model).explanation(of: row.span)
            let wanted = ShapleyValues(of: model, row: row)
            #expect(abs(found.bias - wanted.bias) < 1e-12)
            for (a, b) in zip(found.contributions, wanted.contributions) {
                #expect(abs(a - b) < 1e-12)
            }
            #expect(abs(found.score - model.score(row.span)) < 1e-12)
        }
    }

    /// Feature i lets nine rows of ten through to split i + 1, the others to leaf i.
    private func longChain(_ count: Int) throws -> TreeEnsemble {
        var tree = DecisionTree(splits: [], leaves: [])
        var cover = 1.0
        for i in 0..<count {
            tree.splits.append(
                .init(
                    feature: i, rule: .atMost(0, missing: .nan), missingGoesLeft: false,
                    left: i + 1 < count ? .split(i + 1) : .leaf(count), right: .leaf(i), gain: 1,
                    cover: cover))
            tree.leaves.append(.init(value: Double(i % 7) - 3, cover: cover * 0.1))
            cover *= 0.9
        }
        tree.leaves.append(.init(value: 5, cover: cover))
        return try TreeEnsemble([tree], featureCount: count)
    }

    /// Shapley values as sums over the sizes of subsets: all terms are of one sign.
    private func chainValues(_ count: Int, row: [Double]) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        for leaf in 0...count {
            let factors = (0..<min(leaf + 1, count)).map { i in
                let isOut = i == leaf
                return (zero: isOut ? 0.1 : 0.9, one: (row[i] > 0) == isOut ? 1.0 : 0)
            }
            let value = leaf == count ? 5 : Double(leaf % 7) - 3
            for (i, own) in factors.enumerated() {
                // By size: the sum over subsets of the others, each by 1 / the number of its size.
                var sums = [1.0]
                for (j, other) in factors.enumerated() where j != i {
                    var next = [Double](repeating: 0, count: sums.count + 1)
                    for (size, sum) in sums.enumerated() {
                        let all = Double(sums.count)
                        next[size] += sum * other.zero * (all - Double(size)) / all
                        next[size + 1] += sum * other.one * Double(size + 1) / all
                    }
                    sums = next
                }
                let mean = sums.reduce(0, +) / Double(sums.count)
                values[i] += value * (own.one - own.zero) * mean
            }
        }
        return values
    }

    @Test(arguments: [1, 2, 17, 48, 64])
    func `explanations of a long chain keep their digits`(count: Int) throws {
        let model = try longChain(count)
        for last in [count, count / 2] {
            let row = (0..<count).map { $0 < last ? -1.0 : 1 }
            let found = TreeExplainer(model).explanation(of: row.span)
            for (a, b) in zip(found.contributions, chainValues(count, row: row)) {
                #expect(abs(a - b) < 1e-12)
            }
            #expect(abs(found.score - model.score(row.span)) < 1e-12)
        }
    }
}
