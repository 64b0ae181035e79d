// Which values of a feature are told apart while trees are grown.

import Numerics

/// The bins of one feature: ranges of about equally many values, or single categories.
///
/// Bins of values are 0..<`count`; then comes one of all that is no value: what is missing, or a category
/// too rare for a bin of its own.
struct FeatureBins: Sendable {
    /// The greatest number of bins of values; one byte holds these, the one of what is missing, and `unknown`.
    static let greatestCount = 254
    /// Rows of which the bins are made; more would hardly move their borders.
    static let sampleCount = 100_000
    /// Rows that a bin of values has at least.
    private static let leastRows = 3
    /// A bin that training never meets: a value that is missing where none was before.
    static let unknown: UInt8 = 255

    private enum Content {
        /// The greatest value of each bin; the last is infinite.
        case uppers([Double])
        /// The category of each bin, and the bin of each category.
        case categories([Int], [Int: UInt8])
    }

    private let content: Content
    let count: Int
    /// Whether training rows are in the bin after those of values.
    let hasMissing: Bool

    var isCategorical: Bool {
        if case .categories = content { true } else { false }
    }

    /// Makes bins of the values that the rows of a `sample` have.
    init(numbersOf feature: Int, in examples: TreeExamples, sample: [UInt32], limit: Int) {
        var (values, hasMissing) = (Self.values(feature, examples, sample), false)
        values.removeAll(where: \.isNaN)
        for row in 0..<examples.rowCount
        where examples.values[row * examples.featureCount + feature].isNaN {
            hasMissing = true
            break
        }
        values.sort()
        let uppers = Self.borders(of: values, limit: limit) + [.infinity]
        content = .uppers(uppers)
        count = uppers.count
        self.hasMissing = hasMissing
    }

    /// Makes bins of the categories that are the most frequent among the rows of a `sample`.
    init(categoriesOf feature: Int, in examples: TreeExamples, sample: [UInt32], limit: Int) {
        var rows: [Int: Int] = [:]
        for value in Self.values(feature, examples, sample) {
            if let category = Self.category(value) { rows[category, default: 0] += 1 }
        }
        let frequent = rows.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(limit)
        // A histogram has one bin of values at least.
        let list = frequent.isEmpty ? [0] : frequent.map(\.key)
        let bins = Dictionary(
            uniqueKeysWithValues: list.enumerated().map { ($1, UInt8($0)) })
        content = .categories(list, bins)
        count = list.count
        hasMissing = true
    }

    /// The category that a value names, its fraction cut off; nil for what names none.
    private static func category(_ value: Double) -> Int? {
        value > -1 && value < Double(DecisionTree.greatestCategoryCount) ? Int(value) : nil
    }

    func bin(of value: Double) -> UInt8 {
        switch content {
        case .uppers(let uppers):
            guard !value.isNaN else { return hasMissing ? UInt8(count) : Self.unknown }
            var (low, high) = (0, count - 1)
            while low < high {
                let middle = (low + high) / 2
                if value <= uppers[middle] { high = middle } else { low = middle + 1 }
            }
            return UInt8(low)
        case .categories(_, let bins):
            return Self.category(value).flatMap { bins[$0] } ?? UInt8(count)
        }
    }

    /// The greatest value of a bin of numbers.
    func upper(ofBin bin: Int) -> Double {
        guard case .uppers(let uppers) = content else { preconditionFailure("has no order") }
        return uppers[bin]
    }

    /// The categories of some bins, one bit each.
    func set(ofBins bins: [Int]) -> [UInt32] {
        guard case .categories(let list, _) = content else { preconditionFailure("has no set") }
        let members = bins.map { list[$0] }
        var words = [UInt32](repeating: 0, count: (members.max() ?? 0) / 32 + 1)
        for member in members { words[member / 32] |= 1 << UInt32(member % 32) }
        return words
    }

    private static func values(
        _ feature: Int, _ examples: TreeExamples, _ sample: [UInt32]
    ) -> [Double] {
        sample.map { examples.values[Int($0) * examples.featureCount + feature] }
    }

    /// Borders between bins of about equally many of the values, which are in order.
    ///
    /// A value that fills a bin alone gets one; a border lies halfway between the values beside it.
    private static func borders(of values: [Double], limit: Int) -> [Double] {
        let runs = Run.runs(of: values)
        guard runs.count > 1 else { return [] }
        var borders: [Double] = []
        var (rest, inBin) = (values.count, 0)
        // Rows that are not of a value with a bin of its own, and the bins that these share.
        let isFull = { (run: Run) in run.count * limit >= values.count }
        for i in runs.indices.dropLast() {
            inBin += runs[i].count
            let bins = limit - borders.count
            guard bins > 1 else { break }
            let share = runs.count <= limit ? leastRows : max(leastRows, rest / bins)
            let nextIsFull = runs.count > limit && isFull(runs[i + 1]) && inBin * 2 >= share
            guard inBin >= share || nextIsFull else { continue }
            borders.append(middle(runs[i].value, runs[i + 1].value))
            rest -= inBin
            inBin = 0
        }
        return borders
    }

    private static func middle(_ a: Double, _ b: Double) -> Double {
        let middle = a / 2 + b / 2
        return middle >= a && middle < b ? middle : a
    }

    /// Equal values.
    private struct Run {
        let value: Double
        var count: Int

        static func runs(of values: [Double]) -> [Run] {
            var runs: [Run] = []
            for value in values {
                if let last = runs.last, last.value == value {
                    runs[runs.count - 1].count += 1
                } else {
                    runs.append(Run(value: value, count: 1))
                }
            }
            return runs
        }
    }
}

/// The bins of all features, and where each has its place in a histogram.
struct BinLayout: Sendable {
    let features: [FeatureBins]
    /// By feature, and on to whole blocks: where its bins begin.
    let offsets: [UInt32]
    /// Elements of a histogram, with room for any bin after the last feature's first.
    let size: Int

    /// Makes bins, at most `limit` of values, of rows that are drawn once for all features.
    ///
    /// Every k-th row would not do: what goes with a row's number, such as its place in a query, would be
    /// seen in part.
    init(
        _ examples: TreeExamples, categorical: Set<Int>, limit: Int,
        using random: inout SplitMix64, by pieces: Pieces?
    ) {
        let limit = min(limit, FeatureBins.greatestCount)
        let sample = drawRows(
            min(examples.rowCount, FeatureBins.sampleCount), of: examples.rowCount, using: &random
        ).drawn
        features = mapPieces(examples.featureCount, pieces) { feature in
            categorical.contains(feature)
                ? FeatureBins(
                    categoriesOf: feature, in: examples, sample: sample, limit: limit)
                : FeatureBins(numbersOf: feature, in: examples, sample: sample, limit: limit)
        }
        var offsets: [UInt32] = []
        var end = 0
        for feature in features {
            offsets.append(UInt32(end))
            end += feature.count + 1
        }
        // What fills the last block up has bins 0 of its own.
        while !offsets.count.isMultiple(of: BinnedRows.blockFeatures) {
            offsets.append(UInt32(end))
        }
        self.offsets = offsets
        size = end + 256
    }

    func binned(_ examples: TreeExamples, by pieces: Pieces?) -> BinnedRows {
        let (features, values) = (features, examples.values)
        return BinnedRows(
            rowCount: examples.rowCount, featureCount: features.count, by: pieces
        ) { row, feature in
            features[feature].bin(of: values[row * features.count + feature])
        }
    }
}
