// Which classes were taken for which, and the measures that follow from it.

/// Counts of (actual, predicted) pairs.
package struct ConfusionMatrix: Equatable, Sendable {
    package let classCount: Int
    /// Shape (actual, predicted), row-major.
    private var counts: [Int]

    package init(classCount: Int) {
        self.classCount = classCount
        counts = Array(repeating: 0, count: classCount * classCount)
    }

    package mutating func record(actual: Int, predicted: Int) {
        counts[actual * classCount + predicted] += 1
    }

    package subscript(actual actual: Int, predicted predicted: Int) -> Int {
        counts[actual * classCount + predicted]
    }

    /// The number of recorded pairs.
    package var total: Int { counts.reduce(0, +) }

    /// The share of pairs that agree; 0 while empty.
    package var accuracy: Double {
        ratio((0..<classCount).reduce(0) { $0 + self[actual: $1, predicted: $1] }, total)
    }

    /// What one class achieves; an undefined ratio (no prediction, no example) counts as 0.
    package struct ClassScore: Equatable, Sendable {
        package let precision: Double
        package let recall: Double
        package let f1: Double
        /// How many examples are of this class.
        package let support: Int
    }

    /// Precision, recall and F1 of one class.
    package func score(of label: Int) -> ClassScore {
        let hits = self[actual: label, predicted: label]
        let support = (0..<classCount).reduce(0) { $0 + self[actual: label, predicted: $1] }
        let predicted = (0..<classCount).reduce(0) { $0 + self[actual: $1, predicted: label] }
        return ClassScore(
            precision: ratio(hits, predicted), recall: ratio(hits, support),
            f1: ratio(2 * hits, support + predicted), support: support)
    }

    /// The mean of a measure over the classes that have examples.
    package func macro(_ measure: KeyPath<ClassScore, Double>) -> Double {
        let scores = (0..<classCount).map(score(of:)).filter { $0.support > 0 }
        let sum = scores.reduce(0) { $0 + $1[keyPath: measure] }
        return sum / Double(max(scores.count, 1))
    }

    /// The mean of a measure over the examples.
    package func weighted(_ measure: KeyPath<ClassScore, Double>) -> Double {
        let scores = (0..<classCount).map(score(of:))
        let sum = scores.reduce(0) { $0 + $1[keyPath: measure] * Double($1.support) }
        return sum / Double(max(total, 1))
    }

    /// The pairs of different classes that were confused most often, the most frequent first.
    package func mostConfused(_ count: Int) -> [(actual: Int, predicted: Int, times: Int)] {
        let pairs = counts.indices
            .filter { counts[$0] > 0 && $0 / classCount != $0 % classCount }
            .sorted { (counts[$1], $0) < (counts[$0], $1) }
        return pairs.prefix(count).map { ($0 / classCount, $0 % classCount, counts[$0]) }
    }

    private func ratio(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
