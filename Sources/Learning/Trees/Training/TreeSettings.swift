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
        /// Chances are estimated while the trees are trained, those of missed clicks as well.
        ///
        /// With a regularisation above 0 weights lie nearer to 1.
        ///
        /// Source: Hu et al., "Unbiased LambdaMART", WWW 2019, section 4.
        case estimated(regularisation: Double)
    }

    package var objective = Objective.binary
    package var trees = 100
    package var leaves = 31
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
    /// Features whose values are numbers of categories.
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
