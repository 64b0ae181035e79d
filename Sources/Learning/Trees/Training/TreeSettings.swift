// What governs the training of boosted trees.

/// How many trees there are, how they grow, and what they learn.
package struct TreeSettings: Equatable, Sendable {
    /// What the trees are to get right.
    package enum Objective: Equatable, Sendable {
        /// A number, by squared error.
        case regression
        /// Whether the label is above 0, by log loss.
        case binary
        /// The order of a query's rows, by the NDCG that swaps of pairs change.
        case rankNDCG
        /// The order of a query's rows, by the mean average precision; a label above 0 is relevant.
        case rankMAP

        var isRanking: Bool { self == .rankNDCG || self == .rankMAP }
    }

    /// How far the order in which rows were shown is to be seen through.
    package enum PositionBias: Equatable, Sendable {
        case none
        /// Chances that a row is looked at, by position from 0, in 0..<1 or 1; the last holds from there on.
        ///
        /// A pair weighs the inverse of the chance of its better row.
        ///
        /// Source: Joachims, Swaminathan, Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", 2017.
        case known([Double])
        /// Chances are estimated while the trees are trained, those of missed clicks as well; with NDCG alone.
        ///
        /// With a regularisation above 0 weights lie nearer to 1.
        ///
        /// Source: Hu et al., "Unbiased LambdaMART", WWW 2019, section 4.
        case estimated(regularisation: Double)
    }

    package var objective = Objective.binary
    package var trees = 100
    package var leaves = 31
    /// Above 0, at most 1.
    package var learningRate = 0.1
    /// Splits from the root to a leaf, at most; 0 for no limit but the one of all models.
    package var depth = 0
    package var leastRows = 20
    package var leastHessian = 1e-3
    /// Splits that gain less are not made.
    package var leastGain = 0.0
    package var l1 = 0.0
    package var l2 = 0.0
    /// The share of features that a tree may ask for.
    package var featureFraction = 1.0
    /// The share of rows that a tree is grown on.
    package var rowFraction = 1.0
    /// Bins of a feature, that of missing values included; 3...255.
    package var bins = 255
    /// Features whose values are numbers of categories, each below 65,536.
    package var categorical: Set<Int> = []
    package var categorySmoothing = 10.0
    package var categoryL2 = 10.0
    package var leastCategoryRows = 10
    package var categoriesPerSplit = 32
    /// Rounds without a better validation measure after which training ends; 0 for never.
    package var patience = 0
    /// Pairs count that have a row among so many first ones.
    package var truncation = 30
    /// Whether pairs of near scores count more, and queries with large gradients less.
    package var normalisesPairs = true
    package var positionBias = PositionBias.none
    /// Validation NDCG and MAP are those of so many first rows.
    package var evaluatedRows = 10
    package var seed: UInt64 = 1

    package init() {}

    var depthLimit: Int {
        depth > 0 ? min(depth, DecisionTree.maximumDepth) : DecisionTree.maximumDepth
    }
}

extension TreeSettings {
    /// Throws where a setting is out of its range.
    func check() throws(TreeTrainingError) {
        func require(_ holds: Bool, _ name: String, _ wanted: String) throws(TreeTrainingError) {
            guard holds else { throw .badSetting(name, wanted: wanted) }
        }
        try require(trees >= 0, "trees", "0 or more")
        try require((2...Self.greatestLeaves).contains(leaves), "leaves", "in 2...131072")
        try require(learningRate > 0 && learningRate <= 1, "learningRate", "above 0 and at most 1")
        try require((3...255).contains(bins), "bins", "in 3...255")
        try require(truncation > 0, "truncation", "1 or more")
        try require(evaluatedRows > 0, "evaluatedRows", "1 or more")
        try require(categoriesPerSplit > 0, "categoriesPerSplit", "1 or more")
        for (name, count) in [
            ("depth", depth), ("leastRows", leastRows), ("leastCategoryRows", leastCategoryRows),
            ("patience", patience),
        ] { try require(count >= 0, name, "0 or more") }
        for (name, number) in [
            ("leastHessian", leastHessian), ("leastGain", leastGain), ("l1", l1), ("l2", l2),
            ("categorySmoothing", categorySmoothing), ("categoryL2", categoryL2),
        ] { try require(number >= 0 && number.isFinite, name, "0 or more") }
        for (name, share) in [("featureFraction", featureFraction), ("rowFraction", rowFraction)] {
            try require(share > 0 && share <= 1, name, "above 0 and at most 1")
        }
        switch positionBias {
        case .none: break
        case .known(let chances):
            try require(
                !chances.isEmpty && chances.allSatisfy { $0 > 0 && $0 <= 1 }, "positionBias",
                "one chance or more, each above 0 and at most 1")
        case .estimated(let regularisation):
            try require(
                regularisation >= 0 && regularisation.isFinite, "positionBias",
                "a regularisation of 0 or more")
            try require(
                objective != .rankMAP, "positionBias",
                "known or none where MAP is the objective: estimates are made by NDCG")
        }
    }

    /// Each leaf of a tree may need a histogram.
    private static let greatestLeaves = 1 << 17
}
