// Decision trees laid out for kernels that send many rows through them at once.

import CKernels

/// Trees as tables of splits over columns of values.
///
/// The upper part of a tree, its crown, has up to 64 leaves, which are the bits of a number: each split
/// strikes those out that a row has left behind, and the lowest that remains is the row's. So all splits
/// of a crown are asked, without a branch, for as many rows as a vector has lanes. What lies below a crown
/// is walked row by row.
///
/// Source: Lucchese et al., "QuickScorer", SIGIR 2015, for the bits; here they stay in registers, as
/// a tree's splits are asked for 32 rows before the next tree's.
package struct TreeTables: Sendable {
    /// How many leaves a crown can have.
    package static let crownLeaves = 64
    /// Rows come in multiples of it.
    package static let lanes = Int(TREE_LANES)

    /// Asks whether the value of a column is above the threshold; yes goes right.
    package struct Question {
        package let column: Int
        package let threshold: Double
        package let missingGoesLeft: Bool

        package init(column: Int, threshold: Double, missingGoesLeft: Bool) {
            self.column = column
            self.threshold = threshold
            self.missingGoesLeft = missingGoesLeft
        }
    }

    /// A split of a crown and the leaves on its left.
    package struct Split {
        package let question: Question
        package let leaves: Range<Int>

        package init(_ question: Question, leaves: Range<Int>) {
            self.question = question
            self.leaves = leaves
        }
    }

    /// What a crown's leaf is.
    package enum Leaf {
        case value(Double)
        /// The number of a split below, as `appendLower` gives it.
        case lower(Int)
    }

    private let columnCount: Int
    private let roundsToFloat: Bool
    private var crowns: [tree_crown] = []
    private var splits: [tree_split] = []
    private var leafValues: [Double] = []
    private var leafDescents: [Int32] = []
    private var descents: [tree_descent] = []
    private var lowerValues: [Double] = []

    /// Begins without trees; with `roundsToFloat` sums are rounded to floats after each tree.
    package init(columnCount: Int, roundsToFloat: Bool) {
        self.columnCount = columnCount
        self.roundsToFloat = roundsToFloat
    }

    /// Appends a crown; `leaves` stand from left to right.
    package mutating func append(splits list: [Split], leaves: [Leaf]) {
        precondition(!leaves.isEmpty && leaves.count <= Self.crownLeaves)
        // The order of splits is free: those that ask alike stand together.
        let ordered =
            list.filter(\.question.missingGoesLeft) + list.filter { !$0.question.missingGoesLeft }
        var crown = tree_crown()
        crown.first_split = UInt32(splits.count)
        crown.left_count = UInt32(list.count { $0.question.missingGoesLeft })
        crown.count = UInt32(list.count)
        crown.first_leaf = UInt32(leafValues.count)
        for split in ordered { append(split, leafCount: leaves.count) }
        for leaf in leaves {
            switch leaf {
            case .value(let value):
                leafValues.append(value)
                leafDescents.append(-1)
            case .lower(let number):
                precondition(descents.indices.contains(number))
                leafValues.append(0)
                leafDescents.append(Int32(number))
                crown.continues = true
            }
        }
        crowns.append(crown)
    }

    private mutating func append(_ split: Split, leafCount: Int) {
        precondition(split.leaves.lowerBound >= 0 && split.leaves.upperBound < leafCount)
        precondition((0..<columnCount).contains(split.question.column))
        let left = (UInt64(1) << UInt64(split.leaves.count) - 1) << UInt64(split.leaves.lowerBound)
        splits.append(
            tree_split(
                threshold: split.question.threshold, kept: ~left,
                column: UInt32(split.question.column)))
    }

    /// Appends a split below a crown, after its children; gives its number.
    package mutating func appendLower(_ question: Question, left: Leaf, right: Leaf) -> Int {
        precondition((0..<columnCount).contains(question.column))
        let split = tree_descent(
            threshold: question.threshold, column: UInt32(question.column), left: number(left),
            right: number(right), missing_goes_left: question.missingGoesLeft)
        descents.append(split)
        return descents.count - 1
    }

    private mutating func number(_ child: Leaf) -> Int32 {
        switch child {
        case .value(let value):
            lowerValues.append(value)
            return Int32(-lowerValues.count)
        case .lower(let number):
            precondition(descents.indices.contains(number))
            return Int32(number)
        }
    }

    /// Adds each tree's value, in the order of the trees, to the sums of rows.
    ///
    /// - Parameters:
    ///   - columns: shape (columns, rows), row-major; NaN is missing.
    ///   - sums: shape (rows,); a multiple of `lanes`.
    package func addScores(columns: Span<Double>, to sums: inout MutableSpan<Double>) {
        let rows = sums.count
        precondition(rows.isMultiple(of: Self.lanes) && columns.count == columnCount * rows)
        sums.withUnsafeMutableBufferPointer { sums in
            columns.withUnsafeBufferPointer { columns in
                withTables { tables in
                    guard let sum = sums.baseAddress else { return }
                    // Without splits there may be no column either, and none is read.
                    let column = columns.baseAddress ?? UnsafePointer(sum)
                    kernel_score_trees(sum, rows, &tables, column, rows)
                }
            }
        }
    }

    private func withTables(_ body: (inout tree_tables) -> Void) {
        crowns.withUnsafeBufferPointer { crowns in
            splits.withUnsafeBufferPointer { splits in
                leafValues.withUnsafeBufferPointer { values in
                    leafDescents.withUnsafeBufferPointer { leafDescents in
                        descents.withUnsafeBufferPointer { descents in
                            lowerValues.withUnsafeBufferPointer { lower in
                                var tables = tree_tables(
                                    crowns: crowns.baseAddress, splits: splits.baseAddress,
                                    leaf_values: values.baseAddress,
                                    leaf_descents: leafDescents.baseAddress,
                                    descents: descents.baseAddress,
                                    lower_values: lower.baseAddress,
                                    crown_count: crowns.count, rounds_to_float: roundsToFloat)
                                body(&tables)
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How a column of values is made of a feature.
package enum TreeColumnKind: Sendable {
    case nanIsZero, zeroIsMissing, plain

    fileprivate var code: tree_column_kind {
        switch self {
        case .nanIsZero: TREE_NAN_IS_ZERO
        case .zeroIsMissing: TREE_ZERO_IS_MISSING
        case .plain: TREE_PLAIN
        }
    }
}

/// Copies feature number `feature` of rows to `columns`, from element `start` on.
///
/// `rows` has shape (rows, width), row-major.
package func fillTreeColumn(
    _ columns: inout MutableSpan<Double>, from start: Int, feature: Int, of rows: Span<Double>,
    width: Int, kind: TreeColumnKind, roundsToFloat: Bool
) {
    guard !rows.isEmpty else { return }
    let count = rows.count / width
    precondition((0..<width).contains(feature) && rows.count == count * width)
    precondition(start >= 0 && columns.count - start >= count)
    columns.withUnsafeMutableBufferPointer { columns in
        rows.withUnsafeBufferPointer { rows in
            guard let output = columns.baseAddress, let input = rows.baseAddress else { return }
            kernel_tree_column(
                output + start, count, input + feature, width, kind.code, roundsToFloat)
        }
    }
}
