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
    private let bins: [UInt8]

    /// Makes the table of what `bin` gives for each row and feature; blocks are shared among threads.
    package init(
        rowCount: Int, featureCount: Int, by pieces: Pieces? = nil,
        bin: @Sendable (_ row: Int, _ feature: Int) -> UInt8
    ) {
        self.rowCount = rowCount
        self.featureCount = featureCount
        let width = Self.blockFeatures
        let blocks = mapPieces((featureCount + width - 1) / width, pieces) { block in
            var bins = [UInt8](repeating: 0, count: rowCount * width)
            for feature in block * width..<min((block + 1) * width, featureCount) {
                for row in 0..<rowCount {
                    bins[row * width + feature - block * width] = bin(row, feature)
                }
            }
            return bins
        }
        bins = blocks.count == 1 ? blocks[0] : blocks.flatMap(\.self)
    }

    private func place(_ row: Int, _ feature: Int) -> Int {
        let (block, lane) = feature.quotientAndRemainder(dividingBy: Self.blockFeatures)
        return (block * rowCount + row) * Self.blockFeatures + lane
    }

    package subscript(row: Int, feature: Int) -> UInt8 { bins[place(row, feature)] }

    /// Adds what some rows have to the sums of their bins, for the features of some blocks.
    ///
    /// - Parameters:
    ///   - blocks: which blocks of eight features.
    ///   - rows: numbers of rows.
    ///   - values: shape (rows of this table,).
    ///   - offsets: by feature, on to whole blocks: where its bins begin in `sums`, apart from others'.
    ///   - sums: with room for 256 bins after each offset.
    ///   - pieces: threads to share the blocks among.
    package func addSums(
        ofBlocks blocks: [Int], rows: Span<UInt32>, values: Span<GradientSum>, offsets: [UInt32],
        to sums: inout MutableSpan<GradientSum>, by pieces: Pieces? = nil
    ) {
        let width = Self.blockFeatures
        precondition(values.count == rowCount && holds(rows))
        precondition(offsets.allSatisfy { Int($0) + 256 <= sums.count })
        precondition(
            blocks.allSatisfy {
                $0 >= 0 && ($0 + 1) * width <= offsets.count
                    && ($0 + 1) * width * rowCount <= bins.count
            })
        sums.withUnsafeMutableBufferPointer { sums in
            values.withUnsafeBufferPointer { values in
                rows.withUnsafeBufferPointer { rows in
                    bins.withUnsafeBufferPointer { bins in
                        let job = HistogramJob(
                            sums: sums, values: values, rows: rows, bins: bins,
                            blockSize: rowCount * width)
                        // A few rows are summed before another thread is awake.
                        guard let pieces, rows.count * blocks.count > Self.leastShared else {
                            for block in blocks { job.run(block, offsets) }
                            return
                        }
                        pieces(blocks.count) { job.run(blocks[$0], offsets) }
                    }
                }
            }
        }
    }

    /// Rows times blocks that are worth sharing among threads.
    private static let leastShared = 40_000

    /// What the threads of one sum share.
    private struct HistogramJob: @unchecked Sendable {
        // Safe to share: each block's bins have places of their own in `sums`, and all else is only read.
        let sums: UnsafeMutableBufferPointer<GradientSum>
        let values: UnsafeBufferPointer<GradientSum>
        let rows: UnsafeBufferPointer<UInt32>
        let bins: UnsafeBufferPointer<UInt8>
        let blockSize: Int

        func run(_ block: Int, _ offsets: [UInt32]) {
            guard let sum = sums.baseAddress, let value = values.baseAddress,
                let row = rows.baseAddress, let bin = bins.baseAddress
            else { return }
            offsets.withUnsafeBufferPointer { offsets in
                guard let offset = offsets.baseAddress else { return }
                // GradientSum holds a tree_sum and nothing else.
                kernel_tree_histogram(
                    UnsafeMutableRawPointer(sum).assumingMemoryBound(to: tree_sum.self),
                    offset + block * BinnedRows.blockFeatures, bin + block * blockSize,
                    UnsafeRawPointer(value).assumingMemoryBound(to: tree_sum.self), row,
                    rows.count)
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
