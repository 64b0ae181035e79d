// How much pairs count whose rows were shown at some positions.

import Numerics

/// Chances that clicks and missed clicks at a position are to be believed, up to a factor.
///
/// Estimates follow Hu et al., "Unbiased LambdaMART", WWW 2019, equations 30 and 31: the loss of all pairs
/// whose better row stood at a position, each over the chance of its worse row, relative to the first
/// position; for the worse rows likewise.
package struct PositionWeights: Equatable, Sendable {
    /// By position, from 1,023 on together: of rows that were clicked, or are better for another reason; the
    /// first is 1.
    package private(set) var clicked: [Double]
    /// By position: of rows that were not; the first is 1.
    package private(set) var notClicked: [Double]
    private let power: Double
    private var clickedLosses: [Double]
    private var notClickedLosses: [Double]
    let isEstimated: Bool

    /// Positions from here on count as this one, which bounds the memory.
    private static let last = 1023
    /// Chances below it count as this much, which bounds what a pair weighs.
    private static let floor = 0.01

    init(_ bias: TreeSettings.PositionBias, positions: [Int]) {
        let count = min(positions.max() ?? 0, Self.last) + 1
        clicked = Array(repeating: 1, count: count)
        notClicked = clicked
        switch bias {
        case .none: (isEstimated, power) = (false, 1)
        case .known(let chances):
            (isEstimated, power) = (false, 1)
            clicked = (0..<count).map { max(chances[min($0, chances.count - 1)], Self.floor) }
        case .estimated(let regularisation):
            (isEstimated, power) = (true, 1 / (1 + regularisation))
        }
        clickedLosses = Array(repeating: 0, count: count)
        notClickedLosses = clickedLosses
    }

    func better(_ position: Int) -> Double { 1 / clicked[min(position, Self.last)] }
    func worse(_ position: Int) -> Double { 1 / notClicked[min(position, Self.last)] }

    /// Counts what a pair loses.
    mutating func add(_ loss: Double, better: Int, worse: Int) {
        let (better, worse) = (min(better, Self.last), min(worse, Self.last))
        clickedLosses[better] += loss / notClicked[worse]
        notClickedLosses[worse] += loss / clicked[better]
    }

    /// Estimates the chances from the losses since the last time.
    mutating func estimate() {
        guard isEstimated else { return }
        clicked = estimate(clicked, clickedLosses)
        notClicked = estimate(notClicked, notClickedLosses)
        for i in clickedLosses.indices { (clickedLosses[i], notClickedLosses[i]) = (0, 0) }
    }

    /// Positions without a loss keep what they had.
    private func estimate(_ chances: [Double], _ losses: [Double]) -> [Double] {
        guard losses[0] > 0 else { return chances }
        return zip(chances, losses).map { chance, loss in
            loss > 0 ? max(Double.pow(loss / losses[0], power), Self.floor) : chance
        }
    }
}
