import Learning
import Numerics
import Testing

@Suite struct RankedQueryTests {
    /// Lambdas by their definition: the measure is computed anew for every pair that is swapped.
    @Test(arguments: UInt64(0)..<20, [RankedQuery.Measure.ndcg, .map])
    func `pairs pull by what swapping them would change`(
        seed: UInt64, measure: RankedQuery.Measure
    ) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 1...40, using: &random)
        let labels = (0..<count).map { _ in
            Double(Int.random(in: 0...(measure == .map ? 1 : 3), using: &random))
        }
        // Half of the queries have groups of rows far below one another.
        let groups = seed.isMultiple(of: 2) ? 0...0 : 0...3
        let scores = (0..<count).map { _ in
            Double.random(in: -2...2, using: &random)
                - 400 * Double(Int.random(in: groups, using: &random))
        }.sorted(by: >)
        let weights = (0..<count).map { _ in Double.random(in: 0.5...2, using: &random) }
        let truncation = Int.random(in: 1...40, using: &random)
        let normalises = Bool.random(using: &random)
        var wanted = [Double](repeating: 0, count: count)
        var curves = wanted
        var total = 0.0
        for i in 0..<min(truncation, count) {
            for j in i + 1..<count where labels[i] != labels[j] {
                var swapped = labels
                swapped.swapAt(i, j)
                let change = abs(value(swapped, measure) - value(labels, measure))
                let pull = normalises ? change / (0.01 + abs(scores[i] - scores[j])) : change
                let (better, worse) = labels[i] > labels[j] ? (i, j) : (j, i)
                let wrong = 1 / (1 + Double.exp(scores[better] - scores[worse]))
                let slope = pull * wrong * weights[better] / weights[worse]
                total += 2 * slope
                wanted[better] -= slope
                wanted[worse] += slope
                curves[better] += slope * (1 - wrong)
                curves[worse] += slope * (1 - wrong)
            }
        }
        let best = value(labels.sorted(by: >), measure, isPlain: true)
        var query = usedQuery(count: count + 20, &random)
        query.begin(count: count)
        for place in 0..<count {
            let gain = measure == .map ? labels[place] : RankingMetrics.gain(ofLabel: labels[place])
            query.set(
                place,
                RankedQuery.Row(
                    score: scores[place], gain: gain, discount: RankingMetrics.discount(place),
                    betterWeight: weights[place], worseWeight: 1 / weights[place]))
        }
        let sum = query.addPairs(
            measure, truncation: truncation, inverseBest: best > 0 ? 1 / best : 0,
            normalises: normalises)
        for place in 0..<count {
            #expect(abs(query.gradients[place] - wanted[place]) < 1e-10)
            #expect(abs(query.hessians[place] - curves[place]) < 1e-10)
        }
        #expect(abs(sum - total) < 1e-9)
    }

    /// A query that longer ones were ranked by before.
    private func usedQuery(count: Int, _ random: inout SplitMix64) -> RankedQuery {
        var query = RankedQuery()
        query.begin(count: count)
        for place in 0..<count {
            query.set(
                place,
                RankedQuery.Row(
                    score: -Double(place), gain: Double.random(in: 0...7, using: &random),
                    discount: RankingMetrics.discount(place)))
        }
        _ = query.addPairs(.ndcg, truncation: count, inverseBest: 1, normalises: true)
        return query
    }

    private func value(
        _ labels: [Double], _ measure: RankedQuery.Measure, isPlain: Bool = false
    ) -> Double {
        let list = RankingMetrics(labels: labels)
        switch measure {
        case .ndcg: return isPlain ? list.dcg() : list.ndcg() ?? 0
        case .map:
            return isPlain ? labels.reduce(0, +) : list.averagePrecision() ?? 0
        }
    }
}
