// What a threshold on a score lets through, for every threshold.

/// Positives and negatives above each threshold: the points of ROC and precision-recall curves.
package struct ThresholdCurve: Equatable, Sendable {
    /// What scores at least `threshold`.
    package struct Point: Equatable, Sendable {
        package let threshold: Float
        package let truePositives: Int
        package let falsePositives: Int
    }

    package let positiveCount: Int
    package let negativeCount: Int
    /// From the highest threshold down, one for each score that occurs; the first lets nothing
    /// through.
    package let points: [Point]

    package init(positives: [Float], negatives: [Float]) {
        let scores = positives.map { ($0, true) } + negatives.map { ($0, false) }
        var points = [Point(threshold: .infinity, truePositives: 0, falsePositives: 0)]
        var (hits, misses) = (0, 0)
        for (score, isPositive) in scores.sorted(by: { $0.0 > $1.0 }) {
            if isPositive { hits += 1 } else { misses += 1 }
            if points[points.count - 1].threshold == score { points.removeLast() }
            points.append(Point(threshold: score, truePositives: hits, falsePositives: misses))
        }
        positiveCount = positives.count
        negativeCount = negatives.count
        self.points = points
    }

    /// The share of positives that are let through; 0 where there are none.
    package func recall(_ point: Point) -> Double { share(point.truePositives, positiveCount) }

    /// The share of negatives that are let through; 0 where there are none.
    package func fallout(_ point: Point) -> Double { share(point.falsePositives, negativeCount) }

    /// The share of positives in what is let through; 1 where that is nothing.
    package func precision(_ point: Point) -> Double {
        let passed = point.truePositives + point.falsePositives
        return passed == 0 ? 1 : share(point.truePositives, passed)
    }

    /// The area under recall against fallout; 0.5 where one kind is missing.
    package var area: Double {
        guard positiveCount > 0, negativeCount > 0 else { return 0.5 }
        return zip(points, points.dropFirst()).reduce(0) { sum, step in
            let width = fallout(step.1) - fallout(step.0)
            return sum + width * (recall(step.0) + recall(step.1)) / 2
        }
    }

    /// The mean of precision over the positives, each at its own threshold.
    ///
    /// The area under the precision-recall curve by steps, which does not flatter as straight lines
    /// between points would (Davis and Goadrich, ICML 2006).
    package var averagePrecision: Double {
        zip(points, points.dropFirst()).reduce(0) { sum, step in
            sum + (recall(step.1) - recall(step.0)) * precision(step.1)
        }
    }

    /// At most `count` of the points, evenly spread and with both ends.
    package func sample(_ count: Int) -> [Point] {
        guard points.count > count, count > 1 else { return points }
        return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
    }

    private func share(_ part: Int, _ whole: Int) -> Double {
        whole == 0 ? 0 : Double(part) / Double(whole)
    }
}
