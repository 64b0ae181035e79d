// The certainty from which on an answer is given.

/// How the threshold is chosen on held-out examples.
package enum OperatingPoint: Equatable, Sendable {
    /// `balanced` where there are examples out of scope; otherwise 97 % of the right answers pass.
    case usual
    /// The best mean of in-scope accuracy and out-of-scope recall.
    case balanced
    /// The lowest threshold from which on as great a share of the answers given is right.
    case precision(Double)

    /// The threshold; `strangers` are the certainties of examples out of scope.
    ///
    /// - Throws: `.nothingOutOfScope`, `.precisionOutOfReach`.
    func threshold(_ answers: [Answer], outOfScope strangers: [Float]) throws(TrainingError)
        -> Float
    {
        switch self {
        case .usual where strangers.isEmpty: return Self.keeping(0.97, of: answers)
        case .usual: return Self.balanced(answers, outOfScope: strangers)
        case .balanced:
            guard !strangers.isEmpty else { throw .nothingOutOfScope }
            return Self.balanced(answers, outOfScope: strangers)
        case .precision(let least):
            return try Self.reaching(least, answers, outOfScope: strangers)
        }
    }

    /// Of all thresholds that come within 0.01 of the best mean, which few examples cannot tell
    /// apart, it is the lowest: it answers most.
    static func balanced(_ answers: [Answer], outOfScope: [Float]) -> Float {
        let gain = 1 / Double(max(outOfScope.count, 1))
        let loss = 1 / Double(max(answers.count, 1))
        let events =
            answers.map { ($0.certainty, $0.isCorrect ? -loss : 0) }
            + outOfScope.map { ($0, gain) }
        // What refusing everything up to a certainty changes, and where that refusal ends.
        var points: [(threshold: Float, value: Double)] = [(0, 0)]
        for (certainty, change) in events.sorted(by: { $0.0 < $1.0 }) {
            let last = points[points.count - 1]
            if last.threshold == certainty.nextUp { points.removeLast() }
            points.append((certainty.nextUp, last.value + change))
        }
        let best = points.reduce(0) { max($0, $1.value) }
        return points.first { $0.value >= best - 0.02 }?.threshold ?? 0
    }

    /// Lets a share of the right answers through.
    static func keeping(_ share: Double, of answers: [Answer]) -> Float {
        let correct = answers.filter(\.isCorrect).map(\.certainty).sorted()
        guard !correct.isEmpty else { return 0.5 }
        return correct[Int(Double(correct.count) * (1 - share))]
    }

    private static func reaching(
        _ least: Double, _ answers: [Answer], outOfScope: [Float]
    ) throws(TrainingError) -> Float {
        let given =
            answers.map { ($0.certainty, $0.isCorrect) } + outOfScope.map { ($0, false) }
        var (count, right, best) = (0.0, 0.0, 0.0)
        var threshold: Float?
        let sorted = given.sorted { $0.0 > $1.0 }
        for (i, (certainty, isRight)) in sorted.enumerated() {
            count += 1
            right += isRight ? 1 : 0
            // Equal certaintys pass together or not at all.
            guard i + 1 == sorted.count || sorted[i + 1].0 < certainty else { continue }
            best = max(best, right / count)
            if right / count >= least { threshold = certainty }
        }
        guard let threshold else { throw .precisionOutOfReach(least, best: best) }
        return threshold
    }
}

/// How sure a top answer is, and whether it is right.
struct Answer: Equatable {
    let certainty: Float
    let isCorrect: Bool
}
