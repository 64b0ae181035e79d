@testable import Learning
import Numerics

/// A small problem with a category, missing values and queries.
enum ToyTrees {
    static func settings(_ objective: TreeSettings.Objective) -> TreeSettings {
        var settings = TreeSettings()
        settings.objective = objective
        settings.trees = 25
        settings.leaves = 8
        settings.leastRows = 5
        settings.categorical = [3]
        settings.l2 = 0.1
        settings.l1 = 0.01
        return settings
    }

    /// Queries of 15 rows with labels 0...3.
    ///
    /// Features after the fifth say nothing.
    static func examples(
        seed: UInt64, queries: Int = 40, features: Int = 5
    ) throws -> TreeExamples {
        var random = SplitMix64(seed: seed)
        var (values, labels) = ([Double](), [Double]())
        for _ in 0..<15 * queries {
            var row = (0..<3).map { _ in Double(Int.random(in: 0..<50, using: &random)) / 10 }
            let category = Double(Int.random(in: 0..<12, using: &random))
            let noise = Double(Int.random(in: 0..<20, using: &random)) / 20
            let worth = row[0] + (category.truncatingRemainder(dividingBy: 3)) - row[1] * row[2] / 5
            labels.append(min(max((worth + noise).rounded(.down), 0), 3))
            // The first feature lacks no value in the first set, but does in the others.
            if Int.random(in: 0..<20, using: &random) == 0 { row[1] = .nan }
            if seed > 1, Int.random(in: 0..<20, using: &random) == 0 { row[0] = .nan }
            values += row + [category, noise]
            for _ in 5..<features { values.append(Double(Int.random(in: 0..<9, using: &random))) }
        }
        return try TreeExamples(
            featureCount: features, values: values, labels: labels,
            queryLengths: Array(repeating: 15, count: queries))
    }

    static func measure(
        _ scores: [Double], _ examples: TreeExamples, _ objective: TreeSettings.Objective
    ) -> Double {
        TreeMeasure(settings(objective)).value(scores, examples)
    }
}

extension TreeEnsemble {
    var leafCoversByTree: [[Double]] {
        (0..<treeCount).map { tree in leaves(of: tree).map { leafCovers[$0] } }
    }
}
