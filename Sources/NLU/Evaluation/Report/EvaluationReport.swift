// All that an evaluation has to tell, for people, programs and browsers.

import Numerics
package import Learning

/// The findings of an evaluation with what is asked for beside it.
package struct EvaluationReport: Sendable {
    /// One intent as the model answers it.
    package struct IntentRow: Equatable, Sendable {
        package let intent: String
        package let score: ConfusionMatrix.ClassScore
        /// How often it was the top answer.
        package let predicted: Int
    }

    /// A pair of intents and how often the one was taken for the other.
    package struct Confusion: Equatable, Sendable {
        package let actual: String
        package let predicted: String
        package let times: Int
    }

    /// A part of the data set.
    package struct Slice: Equatable, Sendable {
        package let name: String
        package let measures: IntentMeasures
    }

    /// Another model on the same examples.
    package struct Other: Sendable {
        package let model: String
        package let comparison: Comparison

        package init(model: String, comparison: Comparison) {
            self.model = model
            self.comparison = comparison
        }
    }

    /// The model's name and version.
    package let model: String
    /// The name of the file.
    package let data: String
    /// The certainty from which on an intent is answered; nil where there is none.
    package let threshold: Float?
    package let evaluation: Evaluation
    package let measures: IntentMeasures
    package let bootstrap: Bootstrap
    /// By `IntentMeasures.named`.
    package let intervals: [ClosedRange<Double>]
    /// In the order of the intents' names; those with examples or answers.
    package let intents: [IntentRow]
    /// The most frequent first.
    package let confused: [Confusion]
    package var slices: [Slice] = []
    package var typing: TypingEvaluation?
    /// Entities by exact spans; nil where the examples mark none or the model finds none.
    package var entities: EntityEvaluation?
    package var against: Other?

    package init(
        model: String, data: String, threshold: Float?, _ evaluation: Evaluation,
        bootstrap: Bootstrap = Bootstrap()
    ) {
        self.model = model
        self.data = data
        self.threshold = threshold
        self.evaluation = evaluation
        self.bootstrap = bootstrap
        measures = evaluation.measures
        intervals = evaluation.intervals(bootstrap)
        let classes = evaluation.classes
        let confusion = evaluation.confusion
        var predicted = [Int](repeating: 0, count: classes.count)
        for answer in evaluation.answers where answer.actual != nil {
            predicted[answer.predicted] += 1
        }
        intents = classes.indices.sorted { classes[$0] < classes[$1] }
            .map {
                IntentRow(
                    intent: classes[$0], score: confusion.score(of: $0), predicted: predicted[$0])
            }
            .filter { $0.score.support > 0 || $0.predicted > 0 }
        confused = confusion.mostConfused(Int.max).map {
            Confusion(
                actual: classes[$0.actual], predicted: classes[$0.predicted], times: $0.times)
        }
    }

    /// Measures the slices that have examples in `dataset`.
    package mutating func add(_ slices: Slices, of dataset: Dataset) {
        for name in slices.names {
            let examples = slices.examples(of: name, in: dataset)
            guard !examples.isEmpty else { continue }
            self.slices.append(
                Slice(name: name, measures: evaluation.measures(of: examples)))
        }
    }

    /// Measures the entities that the examples mark.
    package mutating func addEntities(of model: IntentModel, on dataset: Dataset) {
        guard let recogniser = model.recogniser,
            dataset.examples.contains(where: { !$0.entities.isEmpty })
        else { return }
        entities = EntityEvaluation(recogniser, on: dataset.examples)
    }

    /// The rows of a table of entities: all, then by type.
    var entityRows: [[String]] {
        guard let entities else { return [] }
        let rows = [("all", entities.total)] + entities.types.map { ($0.type, $0.score) }
        return rows.map { name, score in
            [
                name, percent(score.precision), percent(score.recall), percent(score.f1),
                String(score.marked),
            ]
        }
    }

    static let entityHeader = ["", "precision %", "recall %", "F1 %", "marked"]

    /// The measures that have something to measure, with their intervals.
    var figures: [(name: String, value: Double, interval: ClosedRange<Double>)] {
        IntentMeasures.named.indices.compactMap { i in
            let (name, path) = IntentMeasures.named[i]
            guard isMeasured(name) else { return nil }
            return (name, measures[keyPath: path], intervals[i])
        }
    }

    /// Whether there are examples that a measure regards.
    func isMeasured(_ name: String) -> Bool {
        IntentMeasures.needsOutOfScope(name) ? measures.outOfScope > 0 : measures.examples > 0
    }
}
