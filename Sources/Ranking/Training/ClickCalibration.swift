// How likely a score makes it that somebody takes an item.

internal import Learning
internal import Numerics

/// Turns scores into the chance of a label above 0, by Platt's scaling.
package struct ClickCalibration: Sendable {
    private let scaling: PlattScaling?
    /// Where the scores say nothing: the share of rows with a label.
    private let rate: Double

    /// Fits to scores and labels, row by row; there is at least one.
    package init(scores: [Double], labels: [Double]) {
        precondition(scores.count == labels.count && !scores.isEmpty)
        let positives = labels.map { $0 > 0 }
        scaling = PlattScaling(fitting: scores.map(Float.init), positives: positives)
        rate = Double(positives.count { $0 } + 1) / Double(positives.count + 2)
    }

    package func chance(_ score: Double) -> Double {
        scaling.map { Double($0.probability(Float(score))) } ?? rate
    }

    /// The chances of all rows of `data`, each fifth of the lists by what the others say of `scores`.
    package static func crossFitted(_ scores: [Double], on data: RankingData) -> [Double] {
        let (labels, count) = (data.labels, data.groups.count)
        let starts = data.lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        let folds = min(5, count)
        guard folds > 1 else {
            return scores.map(ClickCalibration(scores: scores, labels: labels).chance)
        }
        return (0..<folds).flatMap { fold in
            let held = starts[count * fold / folds]..<starts[count * (fold + 1) / folds]
            let others = labels.indices.filter { !held.contains($0) }
            let fitted = ClickCalibration(
                scores: others.map { scores[$0] }, labels: others.map { labels[$0] })
            return scores[held].map(fitted.chance)
        }
    }
}

/// Whether chances mean what they say.
package struct CalibrationReport: Sendable {
    package struct Bin: Equatable, Sendable {
        /// The chances above `above`, up to a tenth more.
        package let above: Double
        package let rows: Int
        package let meanChance: Double
        package let share: Double
    }

    /// The mean of −log of the chance of what happened.
    package let logLoss: Double
    /// |share − mean chance| of ten bins of equal width, averaged over the rows.
    package let expectedError: Double
    /// Those with rows.
    package let bins: [Bin]

    package init(chances: [Double], labels: [Double]) {
        precondition(chances.count == labels.count)
        var table = ReliabilityTable(binCount: 10)
        var loss = 0.0
        for (chance, label) in zip(chances, labels) {
            table.record(confidence: chance, isCorrect: label > 0)
            loss -= Double.log(max(label > 0 ? chance : 1 - chance, 1e-12))
        }
        logLoss = loss / Double(max(chances.count, 1))
        expectedError = table.expectedError
        bins = table.bins.enumerated().filter { $0.element.count > 0 }.map { place, bin in
            Bin(
                above: Double(place) / 10, rows: bin.count, meanChance: bin.confidence,
                share: bin.accuracy)
        }
    }
}
