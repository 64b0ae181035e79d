import Numerics
import Testing

@Suite struct TreeKernelsTests {
    @Test(arguments: UInt64(0)..<5)
    func `sums of bins are what adding row by row gives`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let (count, features) = (200, 11)
        let bins = (0..<count * features).map { _ in UInt8.random(in: 0..<9, using: &random) }
        let table = BinnedRows(rowCount: count, featureCount: features) { row, feature in
            bins[row * features + feature]
        }
        let values = (0..<count).map { _ in sum(&random) }
        let rows = (0..<UInt32(count)).filter { _ in Bool.random(using: &random) }
        let offsets = (0..<16).map { UInt32(9 * $0) }
        var sums = [GradientSum](repeating: .zero, count: 9 * 16 + 256)
        var output = sums.mutableSpan
        table.addSums(
            ofBlocks: [0, 1], rows: rows.span, values: values.span, offsets: offsets, to: &output)
        for feature in 0..<features {
            for bin in 0..<9 {
                var wanted = GradientSum.zero
                for row in rows where table[Int(row), feature] == bin { wanted += values[Int(row)] }
                #expect(sums[9 * feature + bin] == wanted)
            }
        }
    }

    @Test(arguments: UInt64(0)..<5)
    func `a partition keeps the order on either side`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bins = (0..<300).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let table = BinnedRows(rowCount: 100, featureCount: 3) { bins[$0 * 3 + $1] }
        let goesLeft = (0..<256).map { _ in Bool.random(using: &random) }
        let before = (0..<UInt32(100)).shuffled(using: &random)
        var (rows, scratch) = (before, before)
        let count = table.partition(
            &rows, 10..<90, by: 2, goesLeft: goesLeft, scratch: &scratch)
        let left = before[10..<90].filter { goesLeft[Int(table[Int($0), 2])] }
        let right = before[10..<90].filter { !goesLeft[Int(table[Int($0), 2])] }
        #expect(count == left.count)
        #expect(rows == before[..<10] + left + right + before[90...])
    }

    @Test(arguments: UInt64(0)..<200)
    func `the best split is the best of all`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bins = Int.random(in: 1...20, using: &random)
        let hasMissing = Bool.random(using: &random)
        var sums = (0..<bins + 1).map { _ in
            Int.random(in: 0..<4, using: &random) == 0 ? .zero : sum(&random)
        }
        if !hasMissing { sums[bins] = .zero }
        var total = GradientSum.zero
        for sum in sums { total += sum }
        let (l1, l2) = (Double.random(in: 0...2, using: &random), 0.5)
        let least = Int.random(in: 1...3, using: &random)
        let rule = BinSplitRule(
            gradientUnit: 0.5, hessianUnit: 0.25, l1: l1, l2: l2, leastHessian: 2,
            leastRows: least)
        var best = -1.0
        for bin in 0..<bins {
            for missingGoesLeft in [false, true] {
                var left = missingGoesLeft ? sums[bins] : .zero
                for b in 0...bin { left += sums[b] }
                let sides = [left, total - left]
                guard sides.allSatisfy({ $0.rowCount >= least && Double($0.hessian) / 4 >= 2 })
                else { continue }
                let score = sides.reduce(0) { sum, side in
                    let size = max(abs(Double(side.gradient) / 2) - l1, 0)
                    return sum + size * size / (Double(side.hessian) / 4 + l2)
                }
                best = max(best, score)
            }
        }
        let found = BinSplit(
            of: sums.span, binCount: bins, hasMissing: hasMissing, total: total, rule: rule)
        #expect((found == nil) == (best < 0))
        guard let found else { return }
        #expect(abs(found.score - best) < 1e-9 * best)
        var left = found.missingGoesLeft ? sums[bins] : .zero
        for b in 0...found.bin { left += sums[b] }
        #expect(found.left == left)
    }

    private func sum(_ random: inout SplitMix64) -> GradientSum {
        GradientSum(
            gradient: Int64.random(in: -1000...1000, using: &random),
            hessian: Int64.random(in: 1...100, using: &random),
            rows: Int64.random(in: 1...3, using: &random))
    }
}
