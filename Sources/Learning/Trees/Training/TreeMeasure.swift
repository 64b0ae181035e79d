// What a training is judged by on validation examples.

import Numerics

/// The measure that belongs to an objective.
struct TreeMeasure {
    private let objective: TreeSettings.Objective
    private let rows: Int

    init(_ settings: TreeSettings) {
        objective = settings.objective
        rows = settings.evaluatedRows
    }

    /// Root mean squared error, log loss, NDCG or MAP, of the first rows of each query.
    ///
    /// Queries without a relevant row count 1, as LightGBM has it.
    func value(_ scores: [Double], _ examples: TreeExamples) -> Double {
        switch objective {
        case .regression: squaredError(scores, examples)
        case .binary: logLoss(scores, examples)
        case .rankNDCG: mean(scores, examples) { $0.ndcg(at: rows) }
        case .rankMAP: mean(scores, examples) { $0.averagePrecision(at: rows) }
        }
    }

    func isBetter(_ a: Double, than b: Double) -> Bool {
        switch objective {
        case .regression, .binary: a < b
        case .rankNDCG, .rankMAP: a > b
        }
    }

    private func squaredError(_ scores: [Double], _ examples: TreeExamples) -> Double {
        var (sum, total) = (0.0, 0.0)
        for (row, score) in scores.enumerated() {
            let error = score - examples.labels[row]
            sum += examples.weight(of: row) * error * error
            total += examples.weight(of: row)
        }
        return total > 0 ? (sum / total).squareRoot() : 0
    }

    private func logLoss(_ scores: [Double], _ examples: TreeExamples) -> Double {
        var (sum, total) = (0.0, 0.0)
        for (row, score) in scores.enumerated() {
            let margin = examples.labels[row] > 0 ? score : -score
            sum += examples.weight(of: row) * logisticLoss(margin)
            total += examples.weight(of: row)
        }
        return total > 0 ? sum / total : 0
    }

    private func mean(
        _ scores: [Double], _ examples: TreeExamples, _ measure: (RankingMetrics) -> Double?
    ) -> Double {
        RankingMetrics.mean(
            scores: scores, labels: examples.labels, queryLengths: examples.queryLengths, measure)
    }
}

/// −log of the chance that a logistic model gives what is right, by how far its score is on that side.
func logisticLoss(_ margin: Double) -> Double {
    max(-margin, 0) + Double.log(1 + Double.exp(-abs(margin)))
}
