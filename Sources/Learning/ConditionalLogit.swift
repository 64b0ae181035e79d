// A logistic regression of which row of a list somebody chooses.

import Numerics

/// Weights under which chosen rows are likelier than those they were chosen among.
///
///     P(row i of a list) = exp(w · xᵢ) / Σⱼ exp(w · xⱼ)
///
/// The sum goes over the row itself and all rows of its list with a lower label; a list with a chosen row and
/// one other is a case of the ordinary logistic regression on the difference of the two. A choice weighs as much
/// as the gain of its label. The weights are the likeliest under normal priors, found by Newton's method.
///
/// Source: McFadden, "Conditional Logit Analysis of Qualitative Choice Behavior", 1974.
package struct ConditionalLogit: Sendable {
    /// What is believed of a weight before there are data.
    package struct Prior: Equatable, Sendable {
        package var mean: Double
        /// 1 / variance, above 0.
        package var precision: Double

        package init(mean: Double = 0, precision: Double) {
            precondition(precision > 0)
            self.mean = mean
            self.precision = precision
        }
    }

    /// Lists of rows with labels; above 0 for what was chosen.
    package struct Lists: Sendable {
        package let columnCount: Int
        /// Shape (rows, columns), row-major, without missing values.
        package let values: [Double]
        package let labels: [Double]
        package let lengths: [Int]

        package init(columnCount: Int, values: [Double], labels: [Double], lengths: [Int]) {
            precondition(columnCount > 0 && values.count == labels.count * columnCount)
            precondition(lengths.reduce(0, +) == labels.count)
            self.columnCount = columnCount
            self.values = values
            self.labels = labels
            self.lengths = lengths
        }
    }

    /// One for each column.
    package let weights: [Double]

    /// Fits weights, one prior for each column; begins at `start` or else at the means of the priors.
    ///
    /// - Complexity: O(rows × columns²) a step, some five to ten of them.
    package init(fitting lists: Lists, priors: [Prior], from start: ConditionalLogit? = nil) {
        precondition(priors.count == lists.columnCount)
        var weights = start?.weights ?? priors.map(\.mean)
        var loss = Self.loss(weights, lists, priors)
        for _ in 0..<50 {
            let curve = Curve(at: weights, lists, priors)
            let step = curve.newtonStep()
            var (scale, next, nextLoss) = (1.0, weights, loss)
            repeat {
                next = weights.indices.map { weights[$0] - scale * step[$0] }
                nextLoss = Self.loss(next, lists, priors)
                scale /= 2
            } while !(nextLoss <= loss) && scale > 1e-6
            let gain = loss - nextLoss
            guard gain > 0 else { break }
            (weights, loss) = (next, nextLoss)
            if gain < 1e-9 * (abs(loss) + 1) { break }
        }
        self.weights = weights
    }

    /// The mean loss of a choice, −log P; 0 where nobody chose.
    package func meanLoss(on lists: Lists) -> Double {
        var (sum, weight) = (0.0, 0.0)
        Self.forEachChoice(weights, lists) { _, gain, loss, _ in
            sum += gain * loss
            weight += gain
        }
        return weight > 0 ? sum / weight : 0
    }

    private static func loss(_ weights: [Double], _ lists: Lists, _ priors: [Prior]) -> Double {
        var sum = zip(weights, priors).reduce(0) { sum, pair in
            let distance = pair.0 - pair.1.mean
            return sum + pair.1.precision * distance * distance / 2
        }
        forEachChoice(weights, lists) { _, gain, loss, _ in sum += gain * loss }
        return sum
    }

    /// Tells of each chosen row: its number, its gain, −log P, and how likely each row of its list was, the
    /// chosen one included and the others that are as good 0.
    private static func forEachChoice(
        _ weights: [Double], _ lists: Lists,
        _ body: (_ row: Int, _ gain: Double, _ loss: Double, _ chances: ArraySlice<Double>) -> Void
    ) {
        let scores = lists.scores(weights)
        var chances = [Double](repeating: 0, count: scores.count)
        var start = 0
        for length in lists.lengths {
            let rows = start..<start + length
            start += length
            for row in rows where lists.labels[row] > 0 {
                let label = lists.labels[row]
                let greatest = rows.reduce(scores[row]) { max($0, scores[$1]) }
                var sum = 0.0
                for other in rows {
                    let counts = other == row || lists.labels[other] < label
                    chances[other] = counts ? Double.exp(scores[other] - greatest) : 0
                    sum += chances[other]
                }
                for other in rows { chances[other] /= sum }
                let loss = Double.log(sum) + greatest - scores[row]
                body(row, RankingMetrics.gain(ofLabel: label), loss, chances[rows])
            }
        }
    }

    /// The first and second derivatives of the loss.
    private struct Curve {
        private var gradient: [Double]
        private var hessian: SymmetricMatrix

        init(at weights: [Double], _ lists: Lists, _ priors: [Prior]) {
            let count = lists.columnCount
            gradient = weights.indices.map {
                priors[$0].precision * (weights[$0] - priors[$0].mean)
            }
            hessian = SymmetricMatrix(diagonal: priors.map(\.precision))
            var (slope, curvature) = (gradient, hessian)
            var mean = [Double](repeating: 0, count: count)
            // Σ p (x − x̄)(x − x̄)ᵀ = Σ p x xᵀ − x̄ x̄ᵀ: the first sum is one of all choices of a list.
            var shares = [Double](repeating: 0, count: lists.labels.count)
            ConditionalLogit.forEachChoice(weights, lists) { row, gain, _, chances in
                for c in mean.indices { mean[c] = 0 }
                for other in chances.indices where chances[other] > 0 {
                    shares[other] += gain * chances[other]
                    for c in 0..<count {
                        mean[c] += chances[other] * lists.values[other * count + c]
                    }
                }
                for c in 0..<count { slope[c] += gain * (mean[c] - lists.values[row * count + c]) }
                curvature.addSquare(of: mean.span, times: -gain)
            }
            for row in shares.indices where shares[row] > 0 {
                let values = lists.values.span.extracting(row * count..<(row + 1) * count)
                curvature.addSquare(of: values, times: shares[row])
            }
            (gradient, hessian) = (slope, curvature)
        }

        /// H⁻¹ g.
        func newtonStep() -> [Double] { hessian.solved(gradient) }
    }
}

extension ConditionalLogit.Lists {
    /// w · x of each row.
    fileprivate func scores(_ weights: [Double]) -> [Double] {
        labels.indices.map { row in
            var sum = 0.0
            for c in weights.indices { sum += weights[c] * values[row * columnCount + c] }
            return sum
        }
    }
}
