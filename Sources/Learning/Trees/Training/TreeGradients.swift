// What the loss of an objective says of each row's score.

import Numerics

/// Derivatives of the loss by the scores, and the score to begin with.
struct TreeGradients {
    private let examples: TreeExamples
    private let objective: TreeSettings.Objective
    private var lambdas: LambdaGradients?
    /// Shape (rows,).
    private(set) var gradients: [Double]
    private(set) var hessians: [Double]

    init(_ examples: TreeExamples, _ settings: TreeSettings) {
        self.examples = examples
        objective = settings.objective
        gradients = Array(repeating: 0, count: examples.rowCount)
        hessians = gradients
        if settings.objective.isRanking { lambdas = LambdaGradients(examples, settings) }
    }

    /// What is estimated of positions; nil without.
    var positionBias: PositionWeights? { lambdas?.positions }

    /// The one score that is best for all rows.
    var bias: Double {
        let rows = 0..<examples.rowCount
        let total = rows.reduce(0) { $0 + examples.weight(of: $1) }
        guard total > 0 else { return 0 }
        switch objective {
        case .regression:
            return rows.reduce(0) { $0 + examples.weight(of: $1) * examples.labels[$1] } / total
        case .binary:
            let positive = rows.reduce(0) {
                $0 + (examples.labels[$1] > 0 ? examples.weight(of: $1) : 0)
            }
            let share = min(max(positive / total, 1e-15), 1 - 1e-15)
            return Double.log(share / (1 - share))
        case .rankNDCG, .rankMAP: return 0
        }
    }

    /// Computes the derivatives at some scores.
    mutating func update(_ scores: [Double], by pieces: Pieces?) {
        switch objective {
        case .regression:
            for row in scores.indices { set(row, scores[row] - examples.labels[row], 1) }
        case .binary:
            for row in scores.indices {
                let probability = 1 / (1 + Double.exp(-scores[row]))
                let target = examples.labels[row] > 0 ? 1.0 : 0
                set(row, probability - target, probability * (1 - probability))
            }
        case .rankNDCG, .rankMAP:
            lambdas?.update(scores, &gradients, &hessians, by: pieces)
        }
    }

    private mutating func set(_ row: Int, _ gradient: Double, _ hessian: Double) {
        let weight = examples.weight(of: row)
        gradients[row] = gradient * weight
        hessians[row] = hessian * weight
    }

    /// The derivatives as integers, whose sums over any rows neither overflow nor depend on an order.
    ///
    /// Units are powers of two, so fine that the sum of all uses most of the bits. Nil where a sum is not
    /// finite.
    func rounded() -> (sums: [GradientSum], units: GradientUnits)? {
        let gradientSize = gradients.reduce(0) { $0 + abs($1) }
        let hessianSize = hessians.reduce(0) { $0 + abs($1) }
        guard gradientSize.isFinite, hessianSize.isFinite else { return nil }
        let rows = Double(gradients.count)
        let gradientScale = Self.scale(gradientSize, below: 0x1p62 - rows)
        let hessianScale = Self.scale(hessianSize, below: Double(GradientSum.hessianLimit) - rows)
        let sums = gradients.indices.map { row in
            GradientSum(
                gradient: Int64((gradients[row] * gradientScale).rounded()),
                hessian: Int64((hessians[row] * hessianScale).rounded()), rows: 1)
        }
        return (sums, GradientUnits(gradient: 1 / gradientScale, hessian: 1 / hessianScale))
    }

    /// The greatest power of two by which `size` stays below a limit.
    private static func scale(_ size: Double, below limit: Double) -> Double {
        guard size > 0 else { return 1 }
        return Double(sign: .plus, exponent: min((limit / size).exponent, 900), significand: 1)
    }
}
