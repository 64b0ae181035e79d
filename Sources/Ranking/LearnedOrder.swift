// What scores in place of the weights that somebody has set by hand.

package import Learning

/// What a training gives: weights of its own, or boosted trees, for rows of the definition's features.
package enum LearnedScorer: Sendable {
    /// Its minimum of relevance means nothing: the definition's goes on to decide what may be shown.
    case weights(LinearScorer)
    case trees(TreeEnsemble)

    package var featureCount: Int {
        switch self {
        case .weights(let scorer): scorer.weights.count
        case .trees(let trees): trees.featureCount
        }
    }

    package var trees: TreeEnsemble? {
        if case .trees(let trees) = self { trees } else { nil }
    }

    /// What it is called in manifests and reports.
    package var name: String {
        switch self {
        case .weights: "weights"
        case .trees: "trees"
        }
    }
}

/// Scores rows and takes scores apart.
package struct LearnedOrder: Sendable {
    private enum Form {
        case weights(LinearScorer)
        case trees(TreeScorer, TreeExplainer)
    }

    private let form: Form

    package init(_ learned: LearnedScorer) {
        switch learned {
        case .weights(let scorer): form = .weights(scorer)
        case .trees(let trees): form = .trees(TreeScorer(trees), TreeExplainer(trees))
        }
    }

    /// Those that were learned; nil where trees score.
    var weights: [Double]? {
        if case .weights(let scorer) = form { scorer.weights } else { nil }
    }

    /// The scores of rows, shape (rows, features), row-major.
    package func scores(_ rows: [Double]) -> [Double] {
        switch form {
        case .weights(let scorer): scorer.scores(rows)
        case .trees(let scorer, _): scorer.scores(rows)
        }
    }

    /// What each feature of a row adds to the score, beside the bias.
    package func explanation(of row: [Double]) -> (bias: Double, contributions: [Double]) {
        switch form {
        case .weights(let scorer): return (scorer.bias, scorer.contributions(row))
        case .trees(_, let explainer):
            let explanation = explainer.explanation(of: row.span)
            return (explanation.bias, explanation.contributions)
        }
    }
}
