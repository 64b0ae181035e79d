// Gradients of the order of one query's rows.

import CKernels

/// The rows of a query in the order of their scores, and the pairs among them.
package struct RankedQuery: Sendable {
    /// A row at its place.
    package struct Row: Sendable {
        package let score: Double
        /// What it is worth at a discount of 1; for MAP 1 where it is relevant, else 0.
        package let gain: Double
        package let discount: Double
        /// What pairs weigh in which it is the better row.
        package let betterWeight: Double
        /// What pairs weigh in which it is the worse row.
        package let worseWeight: Double

        package init(
            score: Double, gain: Double, discount: Double, betterWeight: Double = 1,
            worseWeight: Double = 1
        ) {
            self.score = score
            self.gain = gain
            self.discount = discount
            self.betterWeight = betterWeight
            self.worseWeight = worseWeight
        }
    }

    /// The measure whose change by a swap weighs a pair.
    package enum Measure: Sendable {
        case ndcg, map
    }

    /// What kernels read of the rows, one list after another.
    private enum List: Int, CaseIterable {
        case scores, odds, gains, discounts, hits, hitShares, betterWeights, worseWeights
    }

    private static let padding = 2 * Int(TREE_LANES)

    package private(set) var count = 0
    /// Elements of a list: more than rows, so that whole vectors can be read.
    private var capacity = 0
    /// Shape (lists, capacity).
    private var lists: [Double] = []
    private var deltas: [Double] = []
    /// By place, after `addPairs`: derivatives of the loss by the scores.
    package private(set) var gradients: [Double] = []
    /// By place, after `addPairs`.
    package private(set) var hessians: [Double] = []

    package init() {}

    /// Begins with `count` rows, each of which is then `set`, the best score first.
    package mutating func begin(count: Int) {
        self.count = count
        if count + Self.padding > capacity {
            capacity = 2 * count + Self.padding
            lists = Array(repeating: 1, count: List.allCases.count * capacity)
            deltas = Array(repeating: 0, count: capacity)
            gradients = deltas
            hessians = deltas
        }
        for place in 0..<count + Self.padding {
            gradients[place] = 0
            hessians[place] = 0
        }
        // What pads the rows stands in pairs that weigh nothing.
        for place in count..<count + Self.padding {
            self[.betterWeights, place] = 0
            self[.worseWeights, place] = 0
            self[.odds, place] = 1
        }
    }

    private subscript(list: List, place: Int) -> Double {
        get { lists[list.rawValue * capacity + place] }
        set { lists[list.rawValue * capacity + place] = newValue }
    }

    /// Sets the row at a place, in order.
    package mutating func set(_ place: Int, _ row: Row) {
        precondition(place >= 0 && place < count)
        self[.scores, place] = row.score
        self[.gains, place] = row.gain
        self[.discounts, place] = row.discount
        self[.betterWeights, place] = row.betterWeight
        self[.worseWeights, place] = row.worseWeight
        let share = row.gain / Double(place + 1)
        self[.hits, place] = row.gain + (place > 0 ? self[.hits, place - 1] : 0)
        self[.hitShares, place] = share + (place > 0 ? self[.hitShares, place - 1] : 0)
    }

    /// Sums the gradients of all pairs with a row among the first `truncation`.
    ///
    /// `inverseBest` is 1 / the best value of the measure; with `normalises` pairs count by the inverse of
    /// the distance of their scores.
    ///
    /// Source: Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", 2010, section 4.
    ///
    /// - Returns: the sum of the pairs' gradients, each counted for both of its rows.
    package mutating func addPairs(
        _ measure: Measure, truncation: Int, inverseBest: Double, normalises: Bool
    ) -> Double {
        var rule = tree_lambda_rule(
            truncation: truncation, inverse_best: inverseBest, is_map: measure == .map,
            normalises: normalises)
        let (count, capacity) = (count, capacity)
        return lists.withUnsafeMutableBufferPointer { lists in
            gradients.withUnsafeMutableBufferPointer { gradients in
                hessians.withUnsafeMutableBufferPointer { hessians in
                    deltas.withUnsafeMutableBufferPointer { deltas in
                        guard let base = lists.baseAddress else { return 0 }
                        func list(_ list: List) -> UnsafeMutablePointer<Double> {
                            base + list.rawValue * capacity
                        }
                        var ranked = tree_ranked(
                            count: count, odds: list(.odds), scores: list(.scores),
                            gains: list(.gains), discounts: list(.discounts), hits: list(.hits),
                            hit_shares: list(.hitShares), better_weights: list(.betterWeights),
                            worse_weights: list(.worseWeights))
                        return kernel_tree_lambdas(
                            gradients.baseAddress, hessians.baseAddress, deltas.baseAddress,
                            &ranked, &rule)
                    }
                }
            }
        }
    }
}
