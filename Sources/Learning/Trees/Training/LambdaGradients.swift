// Gradients of rankings: LambdaMART.

import Numerics

/// Gradients of the rows of all queries by the pairs that stand in the wrong order.
///
/// Each pair pulls by how wrong it is, times what swapping its rows would change of the measure. Rows with
/// equal scores keep the order in which they are given.
struct LambdaGradients {
    private let examples: TreeExamples
    private let queries: [Range<Int>]
    private let measure: RankedQuery.Measure
    private let settings: TreeSettings
    /// By row.
    private let gains: [Double]
    /// By query: 1 / the best value of the measure, 0 where no order is better than another.
    private let inverseBests: [Double]
    /// By place.
    private let discounts: [Double]
    private(set) var positions: PositionWeights?

    init(_ examples: TreeExamples, _ settings: TreeSettings) {
        self.examples = examples
        self.settings = settings
        queries = examples.queries
        measure = settings.objective == .rankMAP ? .map : .ndcg
        let gains = examples.labels.map { label in
            settings.objective == .rankMAP
                ? (label > 0 ? 1 : 0) : RankingMetrics.gain(ofLabel: label)
        }
        self.gains = gains
        discounts = (0..<(examples.queryLengths.max() ?? 0)).map(RankingMetrics.discount)
        let (truncation, isMAP) = (settings.truncation, settings.objective == .rankMAP)
        inverseBests = queries.map { query in
            let best =
                isMAP
                ? gains[query].reduce(0, +)
                : RankingMetrics(labels: Array(examples.labels[query])).bestDCG(at: truncation)
            return best > 0 ? 1 / best : 0
        }
        guard settings.positionBias != .none else { return }
        positions = PositionWeights(settings.positionBias, positions: examples.positions)
    }

    /// Writes the derivatives at some scores.
    mutating func update(
        _ scores: [Double], _ gradients: inout [Double], _ hessians: inout [Double],
        by pieces: Pieces?
    ) {
        let parts = pieces == nil ? 1 : min(Self.parts, queries.count)
        let source = self
        let found = mapPieces(parts, pieces) { part in
            let first = part * source.queries.count / parts
            let end = (part + 1) * source.queries.count / parts
            return source.gradients(ofQueries: first..<end, scores)
        }
        var row = 0
        for part in found {
            for (gradient, hessian) in zip(part.gradients, part.hessians) {
                (gradients[row], hessians[row]) = (gradient, hessian)
                row += 1
            }
        }
        estimatePositions(scores)
    }

    /// Parts that queries are shared in; enough for threads of unlike speed.
    private static let parts = 32

    /// The derivatives of the rows of some queries, in their order.
    private func gradients(
        ofQueries numbers: Range<Int>, _ scores: [Double]
    ) -> (gradients: [Double], hessians: [Double]) {
        guard let first = numbers.first, let last = numbers.last else { return ([], []) }
        let start = queries[first].lowerBound
        let zeros = [Double](repeating: 0, count: queries[last].upperBound - start)
        var (gradients, hessians) = (zeros, zeros)
        var ranked = RankedQuery()
        for number in numbers where inverseBests[number] > 0 {
            let order = RankingMetrics.order(of: queries[number], by: scores)
            let scale = rank(number, order, scores, &ranked)
            for (place, row) in order.enumerated() {
                let weight = examples.weight(of: row) * scale
                gradients[row - start] = ranked.gradients[place] * weight
                hessians[row - start] = ranked.hessians[place] * weight
            }
        }
        return (gradients, hessians)
    }

    /// Sums the pairs of a query; gives what its derivatives are to be multiplied by.
    private func rank(
        _ number: Int, _ order: [Int], _ scores: [Double], _ ranked: inout RankedQuery
    ) -> Double {
        let (greatest, least) = (scores[order[0]], scores[order[order.count - 1]])
        ranked.begin(count: order.count)
        for (place, row) in order.enumerated() {
            let position = examples.positions.isEmpty ? 0 : examples.positions[row]
            ranked.set(
                place,
                RankedQuery.Row(
                    score: scores[row], gain: gains[row], discount: discounts[place],
                    betterWeight: positions?.better(position) ?? 1,
                    worseWeight: positions?.worse(position) ?? 1))
        }
        let sum = ranked.addPairs(
            measure, truncation: settings.truncation, inverseBest: inverseBests[number],
            normalises: settings.normalisesPairs && greatest > least)
        guard settings.normalisesPairs, sum > 0 else { return 1 }
        return Double.log(1 + sum) / Double.log(2) / sum
    }

    private mutating func estimatePositions(_ scores: [Double]) {
        guard positions?.isEstimated == true else { return }
        for (number, query) in queries.enumerated() where inverseBests[number] > 0 {
            addLosses(number, RankingMetrics.order(of: query, by: scores), scores)
        }
        positions?.estimate()
    }

    /// Tells the estimate of position bias what each pair loses of NDCG.
    private mutating func addLosses(_ number: Int, _ order: [Int], _ scores: [Double]) {
        for (place, first) in order.prefix(settings.truncation).enumerated() {
            for (other, second) in order.enumerated().dropFirst(place + 1)
            where gains[first] != gains[second] {
                let isRight = gains[first] > gains[second]
                let (better, worse) = isRight ? (first, second) : (second, first)
                let gain = gains[first] - gains[second]
                let swap = abs(gain * (discounts[place] - discounts[other]))
                let loss = logisticLoss(scores[better] - scores[worse])
                positions?.add(
                    loss * swap * inverseBests[number] * examples.weight(of: better),
                    better: examples.positions[better], worse: examples.positions[worse])
            }
        }
    }
}
