// Learns weights from lists, beginning with those that somebody has set by hand.

internal import Learning
internal import Numerics

/// Fits a logistic regression of what was chosen from each list, with the formula's weights as prior.
///
/// Weights are those of features by their standard deviation within a list. Before there are data the order is
/// the formula's; each feature's weight may differ from it as the `strengths` allow, and how far its scores are to
/// be believed is learned too. So a few dozen choices correct a formula, and many replace it.
///
/// A missing feature adds nothing, as it does in scoring. The scores come out with the mean and the spread of the
/// formula's, so that what comes after scoring finds what it is used to.
package struct WeightTrainer: Sendable {
    /// Precisions of the prior to choose among, by how likely it makes the choices of lists held out.
    package var strengths: [Double] = [128, 32, 8, 2, 0.5]
    /// Whether a place counts as a reason for a choice: chances that a row is looked at fall as a power of
    /// its place, which is learned with the weights, and is no part of the scorer.
    ///
    /// Source of the form: Joachims, Swaminathan, Schnabel, "Unbiased Learning-to-Rank with Biased Feedback", 2017.
    package var seesThroughPositions = false

    package init() {}

    /// Trains on all lists; nil where there are fewer than two.
    package func train(_ data: RankingData, from formula: LinearScorer) -> LinearScorer? {
        guard data.groups.count > 1, data.featureCount > 0 else { return nil }
        let columns = WeightColumns(data, formula, withPositions: seesThroughPositions)
        let lists = columns.lists(of: data)
        let strength = bestStrength(data, formula)
        let fitted = ConditionalLogit(fitting: lists, priors: columns.priors(strength))
        return columns.scorer(fitted.weights, on: data)
    }

    /// The strength under which choices that were not trained on are likeliest.
    private func bestStrength(_ data: RankingData, _ formula: LinearScorer) -> Double {
        var losses = [Double](repeating: 0, count: strengths.count)
        for (training, held) in data.folds() where !training.groups.isEmpty {
            let columns = WeightColumns(training, formula, withPositions: seesThroughPositions)
            let (lists, others) = (columns.lists(of: training), columns.lists(of: held))
            var fitted: ConditionalLogit?
            for (i, strength) in strengths.enumerated() {
                // Each begins where the last one ended.
                let next = ConditionalLogit(
                    fitting: lists, priors: columns.priors(strength), from: fitted)
                losses[i] += next.meanLoss(on: others) * Double(held.groups.count)
                fitted = next
            }
        }
        let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
        return strengths[best]
    }
}

/// Features as the regression sees them: by their spread, then the formula's score, then the place.
private struct WeightColumns {
    private let formula: LinearScorer
    /// Of each feature within a list; endless where it does not vary, so that it gets no weight.
    private let scales: [Double]
    /// Of the formula's scores; 0 where they do not vary.
    private let formulaScale: Double
    private let hasPositions: Bool

    init(_ data: RankingData, _ formula: LinearScorer, withPositions: Bool) {
        self.formula = formula
        hasPositions = withPositions
        let (values, lengths, count) = (data.values, data.lengths, data.featureCount)
        scales = (0..<count).map { column in
            let column = stride(from: column, to: values.count, by: count).map {
                values[$0].isNaN ? 0 : values[$0]
            }
            let spread = spreadWithin(lengths, column)
            return spread > 0 ? spread : .infinity
        }
        formulaScale = spreadWithin(lengths, data.scores(of: formula))
    }

    private var count: Int { scales.count + (hasPositions ? 2 : 1) }

    func priors(_ strength: Double) -> [ConditionalLogit.Prior] {
        // One standard deviation of the formula's scores is worth a logit, and the second place is looked at 0.7
        // times as often as the first; of that little is known.
        let formula = ConditionalLogit.Prior(mean: 1, precision: strength)
        let position = ConditionalLogit.Prior(mean: 0.5, precision: 1)
        return scales.map { _ in .init(precision: strength) } + [formula]
            + (hasPositions ? [position] : [])
    }

    func lists(of data: RankingData) -> ConditionalLogit.Lists {
        let (rows, scores) = (data.values, data.scores(of: formula))
        let places = data.lengths.flatMap { Array(0..<$0) }
        var values: [Double] = []
        values.reserveCapacity(places.count * count)
        for (row, place) in places.enumerated() {
            for (column, scale) in scales.enumerated() {
                values.append(
                    LinearScorer.contribution(1 / scale, rows[row * scales.count + column]))
            }
            values.append(formulaScale > 0 ? scores[row] / formulaScale : 0)
            if hasPositions { values.append(-Double.log(Double(place + 1))) }
        }
        return ConditionalLogit.Lists(
            columnCount: count, values: values, labels: data.labels, lengths: data.lengths)
    }

    /// The weights of features themselves, with the formula's mean and spread.
    func scorer(_ fitted: [Double], on data: RankingData) -> LinearScorer {
        let believed = formulaScale > 0 ? fitted[scales.count] / formulaScale : 0
        var weights = scales.indices.map {
            fitted[$0] / scales[$0] + believed * formula.weights[$0]
        }
        let spread = spreadWithin(data.lengths, data.scores(of: LinearScorer(weights: weights)))
        if formulaScale > 0, spread > 0 { weights = weights.map { $0 * formulaScale / spread } }
        let scores = data.scores(of: LinearScorer(weights: weights))
        let difference = zip(data.scores(of: formula), scores).reduce(0) { $0 + $1.0 - $1.1 }
        return LinearScorer(weights: weights, bias: difference / Double(scores.count))
    }
}

/// The standard deviation of values from the means of their lists.
private func spreadWithin(_ lengths: [Int], _ values: [Double]) -> Double {
    var (start, sum) = (0, 0.0)
    for length in lengths {
        let list = values[start..<start + length]
        start += length
        let mean = list.reduce(0, +) / Double(max(length, 1))
        sum += list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    }
    // What rounding leaves of equal values is no spread.
    let spread = (sum / Double(max(values.count, 1))).squareRoot()
    return spread > 1e-9 ? spread : 0
}
