// Rows of small integers, and the sums over them that trees are grown by.

import CKernels

/// What is summed of rows: gradients and hessians as integers, and how many rows there are.
///
/// Integers, so that sums are exact and the same in whatever order, by however many threads, they are added.
package struct GradientSum: Equatable, Sendable, BitwiseCopyable {
    fileprivate var sum: tree_sum

    package static func == (a: GradientSum, b: GradientSum) -> Bool {
        a.sum.gradient == b.sum.gradient && a.sum.weight == b.sum.weight
    }

    /// Rows that can be counted.
    package static let greatestRowCount = 1 << Int(TREE_COUNT_BITS) - 1
    /// What the sum of all hessians must stay below.
    package static let hessianLimit = Int64(1) << (62 - Int64(TREE_COUNT_BITS))

    package static let zero = GradientSum(gradient: 0, hessian: 0, rows: 0)

    package init(gradient: Int64, hessian: Int64, rows: Int64) {
        sum = tree_sum(gradient: gradient, weight: hessian << Int64(TREE_COUNT_BITS) | rows)
    }

    fileprivate init(_ sum: tree_sum) { self.sum = sum }

    package var gradient: Int64 { sum.gradient }
    package var hessian: Int64 { sum.weight >> Int64(TREE_COUNT_BITS) }
    package var rowCount: Int { Int(sum.weight & (1 << Int64(TREE_COUNT_BITS) - 1)) }

    package static func += (a: inout GradientSum, b: GradientSum) {
        a.sum.gradient += b.sum.gradient
        a.sum.weight += b.sum.weight
    }

    package static func - (a: GradientSum, b: GradientSum) -> GradientSum {
        GradientSum(
            tree_sum(
                gradient: a.sum.gradient - b.sum.gradient, weight: a.sum.weight - b.sum.weight))
    }
}

/// Rows whose features are bins, 0...255.
package struct BinnedRows: Sendable {
    /// Features that are summed in one go; histograms come in blocks of as many.
    package static let blockFeatures = Int(TREE_BLOCK_FEATURES)

    package let rowCount: Int
    package let featureCount: Int
    /// Shape (blocks, rows, 8): the bins of eight features lie side by side.
    private var bins: [UInt8]

    package init(rowCount: Int, featureCount: Int) {
        self.rowCount = rowCount
        self.featureCount = featureCount
        let blocks = (featureCount + Self.blockFeatures - 1) / Self.blockFeatures
        bins = Array(repeating: 0, count: blocks * rowCount * Self.blockFeatures)
    }

    private func place(_ row: Int, _ feature: Int) -> Int {
        let (block, lane) = feature.quotientAndRemainder(dividingBy: Self.blockFeatures)
        return (block * rowCount + row) * Self.blockFeatures + lane
    }

    package subscript(row: Int, feature: Int) -> UInt8 {
        get { bins[place(row, feature)] }
        set { bins[place(row, feature)] = newValue }
    }

    /// Adds what some rows have to the sums of their bins, for the eight features of a block.
    ///
    /// - Parameters:
    ///   - block: which eight features.
    ///   - rows: numbers of rows.
    ///   - values: shape (rows of this table,).
    ///   - offsets: where the bins of each feature of the block begin in `sums`; eight.
    ///   - sums: long enough for 256 bins after each offset, or for all bins that occur.
    package func addSums(
        ofBlock block: Int, rows: Span<UInt32>, values: Span<GradientSum>, offsets: [UInt32],
        to sums: inout MutableSpan<GradientSum>
    ) {
        precondition(offsets.count == Self.blockFeatures && values.count == rowCount)
        precondition(offsets.allSatisfy { Int($0) + 256 <= sums.count })
        precondition(holds(rows) && place(0, block * Self.blockFeatures) <= bins.count)
        sums.withUnsafeMutableBufferPointer { sums in
            values.withUnsafeBufferPointer { values in
                rows.withUnsafeBufferPointer { rows in
                    bins.withUnsafeBufferPointer { bins in
                        guard let sum = sums.baseAddress, let value = values.baseAddress,
                            let row = rows.baseAddress, let bin = bins.baseAddress
                        else { return }
                        let start = bin + place(0, block * Self.blockFeatures)
                        // GradientSum holds a tree_sum and nothing else.
                        kernel_tree_histogram(
                            UnsafeMutableRawPointer(sum).assumingMemoryBound(to: tree_sum.self),
                            offsets, start,
                            UnsafeRawPointer(value).assumingMemoryBound(to: tree_sum.self), row,
                            rows.count)
                    }
                }
            }
        }
    }

    /// Moves the rows of a range whose bin goes left before the others, either in their order.
    ///
    /// - Parameters:
    ///   - rows: numbers of rows.
    ///   - range: the part of `rows` that is looked at.
    ///   - feature: whose bins decide.
    ///   - goesLeft: by bin, 256 of them.
    ///   - scratch: as long as `rows`.
    /// - Returns: how many go left.
    package func partition(
        _ rows: inout [UInt32], _ range: Range<Int>, by feature: Int, goesLeft: [Bool],
        scratch: inout [UInt32]
    ) -> Int {
        precondition(goesLeft.count == 256 && scratch.count >= range.count)
        precondition(holds(rows.span.extracting(range)))
        let start = place(0, feature)
        return rows.withUnsafeMutableBufferPointer { rows in
            scratch.withUnsafeMutableBufferPointer { scratch in
                bins.withUnsafeBufferPointer { bins in
                    guard let row = rows.baseAddress, let free = scratch.baseAddress,
                        let bin = bins.baseAddress
                    else { return 0 }
                    return kernel_tree_partition(
                        row + range.lowerBound, free, range.count, bin + start, goesLeft)
                }
            }
        }
    }

    /// Whether all are rows of this table.
    private func holds(_ rows: Span<UInt32>) -> Bool {
        var greatest: UInt32 = 0
        for i in rows.indices { greatest = max(greatest, rows[i]) }
        return rows.isEmpty || Int(greatest) < rowCount
    }
}

/// Takes the sums of some rows away from the sums of all.
package func subtract(_ part: Span<GradientSum>, from sums: inout MutableSpan<GradientSum>) {
    precondition(part.count == sums.count)
    sums.withUnsafeMutableBufferPointer { sums in
        part.withUnsafeBufferPointer { part in
            guard let sum = sums.baseAddress, let taken = part.baseAddress else { return }
            kernel_tree_subtract(
                UnsafeMutableRawPointer(sum).assumingMemoryBound(to: tree_sum.self),
                UnsafeRawPointer(taken).assumingMemoryBound(to: tree_sum.self), part.count)
        }
    }
}

/// What a split of bins must satisfy, and how it is valued.
package struct BinSplitRule: Sendable {
    fileprivate var rule: tree_split_rule

    /// Takes the units that one of a summed integer stands for, penalties, and the least of each side.
    package init(
        gradientUnit: Double, hessianUnit: Double, l1: Double, l2: Double, leastHessian: Double,
        leastRows: Int
    ) {
        rule = tree_split_rule(
            gradient_unit: gradientUnit, hessian_unit: hessianUnit, l1: l1, l2: l2,
            least_hessian: leastHessian, least_rows: Int64(leastRows))
    }
}

/// The best cut of a feature's bins in two.
package struct BinSplit: Sendable {
    /// G² / (H + l2) of the left plus that of the right side, G less by l1.
    package let score: Double
    /// The last bin on the left.
    package let bin: Int
    package let missingGoesLeft: Bool
    package let left: GradientSum

    /// Finds the best split among bins in order; nil where none satisfies the rule.
    ///
    /// - Parameters:
    ///   - sums: of the bins 0..<`binCount`, and of one more of missing values if there is one.
    ///   - binCount: bins of values, 1...255.
    ///   - hasMissing: whether one of missing values follows.
    ///   - total: of all rows.
    ///   - rule: what a split must satisfy.
    package init?(
        of sums: Span<GradientSum>, binCount: Int, hasMissing: Bool, total: GradientSum,
        rule: BinSplitRule
    ) {
        precondition(binCount > 0 && binCount < Int(TREE_MAXIMUM_BINS))
        precondition(sums.count >= binCount + (hasMissing ? 1 : 0))
        let found = sums.withUnsafeBufferPointer { sums in
            withUnsafePointer(to: rule.rule) { rule in
                kernel_tree_best_split(
                    UnsafeRawPointer(sums.baseAddress)?.assumingMemoryBound(to: tree_sum.self),
                    binCount, hasMissing, total.sum, rule)
            }
        }
        guard found.score >= 0 else { return nil }
        score = found.score
        bin = Int(found.bin)
        missingGoesLeft = found.missing_goes_left
        left = GradientSum(found.left)
    }
}
