// The best split of a leaf by one feature.

import Numerics

/// What one unit of a summed gradient or hessian is worth.
struct GradientUnits {
    let gradient: Double
    let hessian: Double

    /// G² / (H + l2), G less by l1: twice what a leaf's value takes off the loss.
    func score(_ sum: GradientSum, _ settings: TreeSettings, l2 extra: Double = 0) -> Double {
        let size = max(abs(Double(sum.gradient) * gradient) - settings.l1, 0)
        let divisor = Double(sum.hessian) * hessian + settings.l2 + extra
        return divisor > 0 ? size * size / divisor : 0
    }
}

/// A split of the bins of one feature.
struct CandidateSplit {
    enum Cut {
        /// Bins up to this one go left.
        case upTo(bin: Int, missingGoesLeft: Bool)
        /// These bins go left.
        case bins([Int])
    }

    let feature: Int
    let cut: Cut
    let left: GradientSum
    /// The score of both sides; less that of the leaf, the gain.
    var gain: Double

    /// The best cut of bins in order.
    init?(
        numbers sums: Span<GradientSum>, _ feature: Int, _ bins: FeatureBins, total: GradientSum,
        settings: TreeSettings, units: GradientUnits
    ) {
        let rule = BinSplitRule(
            gradientUnit: units.gradient, hessianUnit: units.hessian, l1: settings.l1,
            l2: settings.l2, leastHessian: settings.leastHessian, leastRows: settings.leastRows)
        let found = BinSplit(
            of: sums, binCount: bins.count, hasMissing: bins.hasMissing, total: total, rule: rule)
        guard let found else { return nil }
        self.feature = feature
        left = found.left
        gain = found.score
        let knowsMissing = bins.hasMissing && sums[bins.count].rowCount > 0
        // What no row of the leaf shows is decided by the side that most rows go to.
        let missingGoesLeft =
            knowsMissing ? found.missingGoesLeft : left.rowCount * 2 >= total.rowCount
        cut = .upTo(bin: found.bin, missingGoesLeft: missingGoesLeft)
    }

    /// The best set of categories to go left: a beginning of their order by gradient / hessian.
    ///
    /// Hessians are smoothed in that order, so that rare categories do not stand at its ends, and both
    /// ends are tried, as far as the settings allow.
    ///
    /// Source: Fisher, "On Grouping for Maximum Homogeneity", JASA 53, 1958, for the order.
    init?(
        categories sums: Span<GradientSum>, _ feature: Int, total: GradientSum,
        settings: TreeSettings, units: GradientUnits
    ) {
        let order = Self.order(ofCategories: sums, settings, units)
        var best: (score: Double, bins: ArraySlice<Int>, left: GradientSum)?
        for order in [order, order.reversed()] {
            var left = GradientSum.zero
            for (i, bin) in order.prefix(settings.categoriesPerSplit).enumerated() {
                left += sums[bin]
                let right = total - left
                guard settings.suffices(left, units), settings.suffices(right, units) else {
                    continue
                }
                let extra = settings.categoryL2
                let score =
                    units.score(left, settings, l2: extra)
                    + units.score(right, settings, l2: extra)
                if score > best?.score ?? 0 { best = (score, order[...i], left) }
            }
        }
        guard let best else { return nil }
        self.feature = feature
        left = best.left
        gain = best.score
        cut = .bins(best.bins.sorted())
    }

    /// The categories that enough rows have, by gradient / hessian.
    private static func order(
        ofCategories sums: Span<GradientSum>, _ settings: TreeSettings, _ units: GradientUnits
    ) -> [Int] {
        var ratios: [(bin: Int, ratio: Double)] = []
        for bin in 0..<sums.count - 1 where sums[bin].rowCount >= settings.leastCategoryRows {
            let hessian = Double(sums[bin].hessian) * units.hessian + settings.categorySmoothing
            let gradient = Double(sums[bin].gradient) * units.gradient
            ratios.append((bin, hessian > 0 ? gradient / hessian : 0))
        }
        return ratios.sorted { ($0.ratio, $0.bin) < ($1.ratio, $1.bin) }.map(\.bin)
    }

    /// Which bins go left, 256 of them.
    func goesLeft(_ bins: FeatureBins) -> [Bool] {
        var sides = [Bool](repeating: false, count: 256)
        switch cut {
        case .upTo(let bin, let missingGoesLeft):
            for i in 0...bin { sides[i] = true }
            sides[bins.count] = missingGoesLeft
            sides[Int(FeatureBins.unknown)] = missingGoesLeft
        case .bins(let list):
            for bin in list { sides[bin] = true }
        }
        return sides
    }

    /// The split as a model has it.
    func decision(
        _ bins: FeatureBins, cover: Double, left: TreeChild, right: TreeChild
    ) -> DecisionTree.Split {
        switch cut {
        case .upTo(let bin, let missingGoesLeft):
            DecisionTree.Split(
                feature: feature, rule: .atMost(bins.upper(ofBin: bin), missing: .nan),
                missingGoesLeft: missingGoesLeft, left: left, right: right, gain: gain,
                cover: cover)
        case .bins(let list):
            DecisionTree.Split(
                feature: feature, rule: .isIn(bins.set(ofBins: list)), missingGoesLeft: false,
                left: left, right: right, gain: gain, cover: cover)
        }
    }
}

extension TreeSettings {
    /// Whether a leaf may be as small.
    func suffices(_ sum: GradientSum, _ units: GradientUnits) -> Bool {
        sum.rowCount >= leastRows && Double(sum.hessian) * units.hessian >= leastHessian
    }
}
