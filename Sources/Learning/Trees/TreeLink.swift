// What makes a prediction of the sum of a model's trees.

import Numerics

/// The function from raw scores to predictions; rising in all cases, so that it keeps an order.
package enum TreeLink: Equatable, Sendable {
    case identity
    /// 1 / (1 + exp(−scale · score)).
    case logistic(scale: Double)
    case exponential

    package func callAsFunction(_ score: Double) -> Double {
        switch self {
        case .identity: score
        case .logistic(let scale): 1 / (1 + Double.exp(-scale * score))
        case .exponential: Double.exp(score)
        }
    }
}
