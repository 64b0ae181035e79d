// Trains boosted trees.

package import Numerics

/// Gradient boosting: each tree is grown on what those before it have left wrong.
///
/// Equal examples and settings give equal models: sums are of integers and random numbers come of the seed.
///
/// Sources: Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001; Ke et al.,
/// "LightGBM", NIPS 2017, whose usual settings are these; Burges, "From RankNet to LambdaRank to
/// LambdaMART", 2010.
package struct TreeTrainer: Sendable {
    /// What is known after a tree.
    package struct Progress: Equatable, Sendable {
        /// Trees so far.
        package let trees: Int
        /// The validation measure; nil without validation examples.
        package let measure: Double?
    }

    /// What a training gives.
    package struct Outcome: Sendable {
        package let ensemble: TreeEnsemble
        /// The validation measure after each tree that was tried, those that were dropped included.
        package let measures: [Double]
        /// What was learned of positions; nil where they were not asked about.
        package let positions: PositionWeights?
    }

    private let settings: TreeSettings
    private let pieces: Pieces?

    /// Takes the settings, and who lends threads; the model does not depend on how many there are.
    ///
    /// Throws `.badSetting` where a setting is out of its range.
    package init(settings: TreeSettings, pieces: Pieces? = nil) throws(TreeTrainingError) {
        try settings.check()
        self.settings = settings
        self.pieces = pieces
    }

    /// Trains a model; throws where examples do not fit the settings, and `.diverged`.
    ///
    /// With validation examples the trees up to the best measure are kept. `progress` is told after every
    /// tree; false ends the training. Rankings need queries.
    package func train(
        _ examples: TreeExamples, validation: TreeExamples? = nil,
        progress: (Progress) -> Bool = { _ in true }
    ) throws(TreeTrainingError) -> Outcome {
        try check(examples)
        if let validation {
            guard validation.featureCount == examples.featureCount else {
                throw .otherFeatures(
                    found: validation.featureCount, wanted: examples.featureCount)
            }
            try checkRanking(validation)
        }
        var boosting = Boosting(examples, validation, settings, pieces)
        while boosting.trees.count < settings.trees {
            guard try boosting.addTree() else { break }
            let measure = boosting.measures.last
            let goesOn = progress(Progress(trees: boosting.trees.count, measure: measure))
            guard goesOn, !boosting.isStale else { break }
        }
        let trees = Array(boosting.trees.prefix(boosting.bestCount))
        do throws(TreeEnsembleError) {
            let ensemble = try TreeEnsemble(
                trees, featureCount: examples.featureCount, bias: boosting.bias,
                link: settings.objective == .binary ? .logistic(scale: 1) : .identity)
            return Outcome(
                ensemble: ensemble, measures: boosting.measures, positions: boosting.positions)
        } catch {
            throw .ensemble(error)
        }
    }

    private func check(_ examples: TreeExamples) throws(TreeTrainingError) {
        guard examples.rowCount < GradientSum.greatestRowCount else {
            throw .tooManyRows(limit: GradientSum.greatestRowCount)
        }
        guard settings.positionBias == .none || !examples.positions.isEmpty else {
            throw .noPositions
        }
        let limit = Double(DecisionTree.greatestCategoryCount)
        for feature in settings.categorical.sorted() where feature < examples.featureCount {
            guard feature >= 0 else {
                throw .badSetting("categorical", wanted: "numbers of features, from 0")
            }
            for row in 0..<examples.rowCount
            where examples.values[row * examples.featureCount + feature] >= limit {
                throw .badCategory(row: row, feature: feature)
            }
        }
        try checkRanking(examples)
    }

    private func checkRanking(_ examples: TreeExamples) throws(TreeTrainingError) {
        guard settings.objective.isRanking else { return }
        guard !examples.queryLengths.isEmpty else { throw .noQueries }
        if let row = examples.labels.firstIndex(where: { !(0...31).contains($0) }) {
            throw .badGrade(row: row)
        }
    }
}

/// A training under way.
private struct Boosting {
    private let settings: TreeSettings
    private let pieces: Pieces?
    private let layout: BinLayout
    private let binned: BinnedRows
    private let validation: (examples: TreeExamples, binned: BinnedRows)?
    private let measure: TreeMeasure
    private var gradients: TreeGradients
    private var scores: [Double]
    private var validationScores: [Double]
    private var random: SplitMix64
    private var histograms: HistogramPool
    let bias: Double
    private(set) var trees: [DecisionTree] = []
    private(set) var measures: [Double] = []
    private var best: (count: Int, measure: Double)?

    init(
        _ examples: TreeExamples, _ validation: TreeExamples?, _ settings: TreeSettings,
        _ pieces: Pieces?
    ) {
        self.pieces = pieces
        self.settings = settings
        random = SplitMix64(seed: settings.seed)
        layout = BinLayout(
            examples, categorical: settings.categorical, limit: settings.bins - 1, using: &random,
            by: pieces)
        binned = layout.binned(examples, by: pieces)
        measure = TreeMeasure(settings)
        gradients = TreeGradients(examples, settings)
        bias = gradients.bias
        scores = Array(repeating: bias, count: examples.rowCount)
        self.validation = validation.map { [layout] in ($0, layout.binned($0, by: pieces)) }
        validationScores = Array(repeating: bias, count: validation?.rowCount ?? 0)
        histograms = HistogramPool(size: layout.size)
    }

    /// How many trees the model has: those up to the best measure.
    var bestCount: Int { best?.count ?? trees.count }

    var positions: PositionWeights? { gradients.positionBias }

    /// Whether the best measure lies as far back as patience reaches.
    var isStale: Bool {
        guard settings.patience > 0, let best else { return false }
        return trees.count - best.count >= settings.patience
    }

    /// Grows a tree and adds it to all scores; gives false where nothing can be split any more.
    mutating func addTree() throws(TreeTrainingError) -> Bool {
        gradients.update(scores, by: pieces)
        guard let (sums, units) = gradients.rounded() else {
            throw .diverged(trees: trees.count)
        }
        // Where rows or features are drawn, others may yet be split by.
        let isDrawn = settings.rowFraction < 1 || settings.featureFraction < 1
        for _ in 0..<(isDrawn ? Self.draws : 1) where addTree(sums, units) { return true }
        return false
    }

    /// Draws that nothing can be split by, after which training ends.
    private static let draws = 20

    /// Grows a tree on the rows and features of one draw; a tree of one leaf is none.
    private mutating func addTree(_ sums: [GradientSum], _ units: GradientUnits) -> Bool {
        var grower = TreeGrower(
            layout, settings, gradients: sums, units: units, features: chosenFeatures(),
            histograms: histograms, pieces: pieces)
        histograms = HistogramPool(size: 0)
        var sets = rowSets()
        let tree = grower.grow(&sets)
        histograms = grower.finish()
        guard tree.leaves.count > 1 else { return false }
        trees.append(tree)
        let own = validation == nil ? sets.count : sets.count - 1
        for set in sets[..<own] { set.add(tree.leaves.map(\.value), to: &scores) }
        if validation != nil { sets[own].add(tree.leaves.map(\.value), to: &validationScores) }
        evaluate()
        return true
    }

    private mutating func evaluate() {
        guard let examples = validation?.examples else { return }
        let value = measure.value(validationScores, examples)
        measures.append(value)
        if best.map({ measure.isBetter(value, than: $0.measure) }) ?? true {
            best = (trees.count, value)
        }
    }

    private mutating func chosenFeatures() -> [Int] {
        let count = layout.features.count
        guard settings.featureFraction < 1 else { return Array(0..<count) }
        let wanted = max(1, Int((settings.featureFraction * Double(count)).rounded()))
        return drawRows(wanted, of: count, using: &random).drawn.map(Int.init)
    }

    /// The rows to grow on, those left out of it, and those of validation.
    private mutating func rowSets() -> [RowSet] {
        let count = binned.rowCount
        var sets: [RowSet]
        if settings.rowFraction < 1 {
            let wanted = max(1, Int((settings.rowFraction * Double(count)).rounded()))
            let (drawn, rest) = drawRows(wanted, of: count, using: &random)
            sets = [RowSet(binned, rows: drawn), RowSet(binned, rows: rest)]
        } else {
            sets = [RowSet(binned, rows: Array(0..<UInt32(count)))]
        }
        if let rows = validation?.binned {
            sets.append(RowSet(rows, rows: Array(0..<UInt32(rows.rowCount))))
        }
        return sets
    }
}

/// Draws `wanted` of 0..<`count` without replacement; both lists are in order.
///
/// Where all are wanted, no random number is taken.
func drawRows(
    _ wanted: Int, of count: Int, using random: inout SplitMix64
) -> (drawn: [UInt32], rest: [UInt32]) {
    guard wanted < count else { return (Array(0..<UInt32(count)), []) }
    var lists = (drawn: [UInt32](), rest: [UInt32]())
    for i in 0..<count {
        let missing = wanted - lists.drawn.count
        if Int.random(in: 0..<count - i, using: &random) < missing {
            lists.drawn.append(UInt32(i))
        } else {
            lists.rest.append(UInt32(i))
        }
    }
    return lists
}

extension RowSet {
    /// Adds the value of each row's leaf to its score.
    fileprivate func add(_ values: [Double], to scores: inout [Double]) {
        for (leaf, range) in leaves.enumerated() {
            for row in rows[range] { scores[Int(row)] += values[leaf] }
        }
    }
}
