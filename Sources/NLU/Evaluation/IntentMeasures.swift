// The figures of an evaluation.

package import Learning
import Numerics

/// The measures of a model's answers; 0 where there is nothing to measure, 0.5 for an AUROC.
package struct IntentMeasures: Equatable, Sendable {
    /// Examples in scope.
    package var examples = 0
    package var accuracy = 0.0
    package var macroPrecision = 0.0
    package var macroRecall = 0.0
    package var macroF1 = 0.0
    package var weightedPrecision = 0.0
    package var weightedRecall = 0.0
    package var weightedF1 = 0.0
    /// The mean of −log p of the right intent, in nats; at most 27.6 for an example.
    package var logLoss = 0.0
    /// The expected calibration error, in 15 bins.
    package var ece = 0.0
    /// The share of examples in scope that are answered, and rightly.
    package var answeredAccuracy = 0.0
    /// The share of right ones among the answers given to all examples, in scope or not.
    package var answeredPrecision = 0.0
    /// Examples out of scope.
    package var outOfScope = 0
    /// The share of them that is answered with `out_of_scope`.
    package var outOfScopeRecall = 0.0
    /// How well certainty tells what is in scope from what is not.
    package var outOfScopeAUROC = 0.5

    /// The shares among the measures by the names under which they are printed.
    package static let named: [(name: String, path: any KeyPath<Self, Double> & Sendable)] = [
        ("accuracy", \.accuracy), ("macroPrecision", \.macroPrecision),
        ("macroRecall", \.macroRecall), ("macroF1", \.macroF1),
        ("weightedPrecision", \.weightedPrecision), ("weightedRecall", \.weightedRecall),
        ("weightedF1", \.weightedF1), ("logLoss", \.logLoss), ("ece", \.ece),
        ("answeredAccuracy", \.answeredAccuracy), ("answeredPrecision", \.answeredPrecision),
        ("outOfScopeRecall", \.outOfScopeRecall), ("outOfScopeAUROC", \.outOfScopeAUROC),
    ]

    /// Whether a measure regards examples out of scope.
    package static func needsOutOfScope(_ name: String) -> Bool { name.hasPrefix("outOfScope") }
}

extension Evaluation {
    /// How far each of `IntentMeasures.named` would vary on other examples of the same kinds.
    package func intervals(_ bootstrap: Bootstrap) -> [ClosedRange<Double>] {
        let counts = MeasureCounts(self)
        return bootstrap.intervals(of: strata) { times in
            let measures = counts.measures(times)
            return IntentMeasures.named.map { measures[keyPath: $0.path] }
        }
    }
}

/// What measuring needs again and again: the answers in the order of their certainty.
struct MeasureCounts {
    private let evaluation: Evaluation
    private let byCertainty: [Int]

    init(_ evaluation: Evaluation) {
        self.evaluation = evaluation
        let answers = evaluation.answers
        byCertainty = answers.indices.sorted {
            (answers[$0].certainty, $0) < (answers[$1].certainty, $1)
        }
    }

    /// The measures when example i counts `times[i]` times; nil: each once.
    ///
    /// - Complexity: O(examples + classes).
    func measures(_ times: [Int]?) -> IntentMeasures {
        var measures = IntentMeasures()
        var tallies = [Tally](repeating: Tally(), count: evaluation.classes.count)
        var reliability = ReliabilityTable()
        var (loss, answered, answeredRightly, refused) = (0.0, 0, 0, 0)
        for (i, answer) in evaluation.answers.enumerated() {
            let n = times?[i] ?? 1
            guard n > 0 else { continue }
            if answer.isAnswered { answered += n }
            guard let actual = answer.actual else {
                measures.outOfScope += n
                if !answer.isAnswered { refused += n }
                continue
            }
            measures.examples += n
            tallies[actual].support += n
            tallies[answer.predicted].predicted += n
            if answer.isCorrect { tallies[actual].hits += n }
            if answer.isCorrect, answer.isAnswered { answeredRightly += n }
            loss -= Double(n) * Double.log(max(Double(answer.probability), 1e-12))
            reliability.record(
                confidence: Double(answer.confidence), isCorrect: answer.isCorrect, times: n)
        }
        measures.average(tallies)
        measures.logLoss = loss / Double(max(measures.examples, 1))
        measures.ece = reliability.expectedError
        measures.answeredAccuracy = share(answeredRightly, measures.examples)
        measures.answeredPrecision = share(answeredRightly, answered)
        measures.outOfScopeRecall = share(refused, measures.outOfScope)
        measures.outOfScopeAUROC = areaUnderROC(times)
        return measures
    }

    /// The chance that an example in scope is answered with more certainty than one out of scope.
    private func areaUnderROC(_ times: [Int]?) -> Double {
        let answers = evaluation.answers
        var (inScope, outOfScope, sum) = (0, 0, 0.0)
        var i = 0
        while i < byCertainty.count {
            let certainty = answers[byCertainty[i]].certainty
            var (positives, negatives) = (0, 0)
            while i < byCertainty.count, answers[byCertainty[i]].certainty == certainty {
                let n = times?[byCertainty[i]] ?? 1
                if answers[byCertainty[i]].actual == nil { negatives += n } else { positives += n }
                i += 1
            }
            sum += Double(positives) * (Double(outOfScope) + Double(negatives) / 2)
            inScope += positives
            outOfScope += negatives
        }
        guard inScope > 0, outOfScope > 0 else { return 0.5 }
        return sum / (Double(inScope) * Double(outOfScope))
    }
}

private struct Tally {
    var support = 0
    var predicted = 0
    var hits = 0
}

extension IntentMeasures {
    /// Macro means are over the classes that have examples; an undefined ratio counts as 0.
    fileprivate mutating func average(_ tallies: [Tally]) {
        var (present, hits) = (0, 0)
        for tally in tallies where tally.support > 0 {
            let precision = share(tally.hits, tally.predicted)
            let recall = share(tally.hits, tally.support)
            let f1 = share(2 * tally.hits, tally.support + tally.predicted)
            let weight = share(tally.support, examples)
            macroPrecision += precision
            macroRecall += recall
            macroF1 += f1
            weightedPrecision += weight * precision
            weightedRecall += weight * recall
            weightedF1 += weight * f1
            present += 1
            hits += tally.hits
        }
        accuracy = share(hits, examples)
        macroPrecision /= Double(max(present, 1))
        macroRecall /= Double(max(present, 1))
        macroF1 /= Double(max(present, 1))
    }
}

/// A part of a whole; 0 where the whole is empty.
func share(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
}
