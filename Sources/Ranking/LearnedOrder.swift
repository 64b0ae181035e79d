// Boosted trees as a scorer.

internal import Learning

/// Scores by trees that were trained on rows of the same features.
struct LearnedOrder: Sendable {
    private let scorer: TreeScorer
    private let explainer: TreeExplainer

    init(_ ensemble: TreeEnsemble) {
        scorer = TreeScorer(ensemble)
        explainer = TreeExplainer(ensemble)
    }

    /// The scores of rows, shape (rows, features), row-major.
    func scores(_ rows: [Double]) -> [Double] { scorer.scores(rows) }

    func explanation(of row: [Double]) -> TreeExplanation { explainer.explanation(of: row.span) }
}
