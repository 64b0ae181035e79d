// From which confidence on a tag is answered.

/// Chooses thresholds by texts that the model has not seen.
enum TagThreshold {
    /// A tag with fewer held-out texts is never answered: nothing can be said of its precision.
    static let leastOccurrences = 10
    /// Above every confidence.
    static let never: Float = 2

    /// The threshold of best F1 among those whose precision is safely as great as demanded.
    ///
    /// Safely: the lower end of Wilson's interval at one standard error reaches it, so that a few
    /// lucky answers do not open a tag. Confidences at the threshold are answered.
    ///
    /// - Returns: `never` where no threshold will do.
    /// - Complexity: O(n log n)
    static func choose(_ confidences: [Float], rights: [Bool], precision: Double) -> Float {
        let occurrences = rights.count { $0 }
        guard occurrences >= leastOccurrences else { return never }
        let order = confidences.indices.sorted { confidences[$0] > confidences[$1] }
        var best = (f1: 0.0, threshold: never)
        var (answers, hits) = (0, 0)
        for (place, text) in order.enumerated() {
            answers += 1
            hits += rights[text] ? 1 : 0
            // Texts of equal confidence are answered together.
            let next = place + 1 < order.count ? confidences[order[place + 1]] : -.infinity
            guard next < confidences[text] else { continue }
            guard lowerBound(hits: hits, of: answers) >= precision else { continue }
            let f1 = 2 * Double(hits) / Double(answers + occurrences)
            if f1 > best.f1 { best = (f1, confidences[text]) }
        }
        return best.threshold
    }

    /// The lower end of Wilson's interval for a share, at one standard error.
    static func lowerBound(hits: Int, of count: Int) -> Double {
        let n = Double(count)
        let share = Double(hits) / n
        let spread = (share * (1 - share) / n + 1 / (4 * n * n)).squareRoot()
        return (share + 1 / (2 * n) - spread) / (1 + 1 / n)
    }
}
