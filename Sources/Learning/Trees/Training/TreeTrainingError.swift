// What can be wrong with examples and settings of trees.

/// Why trees cannot be trained.
package enum TreeTrainingError: Error, Equatable {
    /// `values` or another list has not as many elements as rows ask for.
    case wrongCount(String, found: Int, wanted: Int)
    case featureCount(Int)
    case badLabel(row: Int)
    case badWeight(row: Int)
    case badPosition(row: Int)
    /// Of a ranking: none of 0...31.
    case badGrade(row: Int)
    case badCategory(row: Int, feature: Int)
    /// Validation examples have as many features as those to train on.
    case otherFeatures(found: Int, wanted: Int)
    case tooManyRows(limit: Int)
    case noQueries
    case noPositions
    /// A setting, and what it must be.
    case badSetting(String, wanted: String)
    /// Scores have grown beyond what numbers hold, after so many trees.
    case diverged(trees: Int)
    case ensemble(TreeEnsembleError)
}

extension TreeTrainingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .wrongCount(let name, let found, let wanted):
            "\(name) has \(found) elements instead of \(wanted)"
        case .featureCount(let count):
            "there are \(count) features: give 1 to \(TreeEnsemble.greatestFeatureCount)"
        case .badLabel(let row): "the label of row \(row) is not finite: leave the row out"
        case .badWeight(let row): "the weight of row \(row) must be finite and not below 0"
        case .badPosition(let row): "the position of row \(row) must be 0 or more"
        case .badGrade(let row):
            "the label of row \(row) must be in 0...31, as it is one of a ranking"
        case .badCategory(let row, let feature):
            "feature \(feature) of row \(row) is a category above "
                + "\(DecisionTree.greatestCategoryCount - 1): number categories from 0"
        case .otherFeatures(let found, let wanted):
            "validation examples have \(found) features instead of \(wanted)"
        case .tooManyRows(let limit): "there are too many rows: draw fewer than \(limit)"
        case .noQueries: "a ranking needs queries: give the number of rows of each"
        case .noPositions: "position bias needs the position of each row"
        case .badSetting(let name, let wanted): "the setting \(name) must be \(wanted)"
        case .diverged(let trees):
            "after \(trees) trees scores are infinite: scale labels and weights down"
        case .ensemble(let error): "\(error)"
        }
    }
}
