// Parts trees into crowns and what lies below.

import Numerics

/// Lays the trees of a model out in tables, one after another.
struct TreeLayout {
    private(set) var tables: TreeTables
    private let ensemble: TreeEnsemble
    private let columnNumbers: [TreeColumn: Int]
    /// Of the tree at hand: its first split and leaf, and which splits are of its crown.
    private var firstSplit = 0
    private var firstLeaf = 0
    private var isInCrown: [Bool] = []
    private var splits: [TreeTables.Split] = []
    private var leaves: [TreeTables.Leaf] = []

    init(_ ensemble: TreeEnsemble, _ columns: [TreeColumn]) {
        self.ensemble = ensemble
        columnNumbers = Dictionary(
            uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
        tables = TreeTables(
            columnCount: columns.count, roundsToFloat: ensemble.precision == .float)
    }

    mutating func append(_ tree: Int) {
        let range = ensemble.splits(of: tree)
        firstSplit = range.lowerBound
        firstLeaf = ensemble.leaves(of: tree).lowerBound
        splits = []
        leaves = []
        chooseCrown(splitCount: range.count)
        _ = appendCrown(range.isEmpty ? -1 : 0)
        tables.append(splits: splits, leaves: leaves)
    }

    /// Takes the splits that most training rows came by into the crown, from the root on.
    private mutating func chooseCrown(splitCount: Int) {
        let fits = splitCount < TreeTables.crownLeaves
        isInCrown = Array(repeating: fits, count: splitCount)
        guard !fits else { return }
        var border = [0]
        for _ in 1..<TreeTables.crownLeaves {
            let next = border.indices.max {
                ensemble.covers[firstSplit + border[$0]] < ensemble.covers[firstSplit + border[$1]]
            }
            guard let next else { return }
            let split = border.remove(at: next)
            isInCrown[split] = true
            for child in [ensemble.lefts[firstSplit + split], ensemble.rights[firstSplit + split]]
            where child >= 0 { border.append(Int(child)) }
        }
    }

    /// Appends what is under a child to the crown; gives the numbers of its leaves.
    private mutating func appendCrown(_ child: Int32) -> Range<Int> {
        guard child >= 0, isInCrown[Int(child)] else {
            leaves.append(lower(child))
            return leaves.count - 1..<leaves.count
        }
        let split = firstSplit + Int(child)
        let left = appendCrown(ensemble.lefts[split])
        let right = appendCrown(ensemble.rights[split])
        splits.append(TreeTables.Split(question(split), leaves: left))
        return left.lowerBound..<right.upperBound
    }

    /// Appends what is under a child to the lower part.
    private mutating func lower(_ child: Int32) -> TreeTables.Leaf {
        guard child >= 0 else {
            return .value(ensemble.read(ensemble.leafValues[firstLeaf + Int(-1 - child)]))
        }
        let split = firstSplit + Int(child)
        let left = lower(ensemble.lefts[split])
        let right = lower(ensemble.rights[split])
        return .lower(tables.appendLower(question(split), left: left, right: right))
    }

    private func question(_ split: Int) -> TreeTables.Question {
        let column = TreeColumn(of: split, in: ensemble)
        guard let number = columnNumbers[column] else {
            preconditionFailure("the columns are not of this model")
        }
        // A categorical split's column is 0 or 1, and its missing values are among these.
        let isCategorical = ensemble.isCategorical(split)
        return TreeTables.Question(
            column: number, threshold: isCategorical ? 0.5 : ensemble.thresholds[split],
            missingGoesLeft: isCategorical || ensemble.missingGoesLeft(split))
    }
}
