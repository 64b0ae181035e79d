// How good tags are on data whose authors chose them.

import CAllocationCount
import JSON
import Learning
import NLU
import Numerics
import Registry

/// Trains on one data set and measures on another:
/// {"train": path, "test": path, "tags": ["a", "b"], "precision": 0.85, "seeds": 5}.
///
/// `passes` and `rate` fix what the trainer would choose. The files are data sets of texts with one label each; a label outside the list is no tag. Gives
/// the means over the seeds, at the thresholds that the training chose; times in microseconds, and
/// `allocations` those of scoring all texts once more.
func measureTags(_ plan: JSONValue) throws {
    guard let train = plan["train"]?.string, let test = plan["test"]?.string,
        let tags = plan["tags"]?.array?.compactMap(\.string)
    else { fail("train, test and tags are needed") }
    let (examples, held) = (try tagged(train, tags), try tagged(test, tags))
    let seeds = plan["seeds"]?.int ?? 5
    var sums: [(key: String, value: Double)] = []
    for seed in 1...max(seeds, 1) {
        var settings = TagTrainer.Settings()
        settings.seed = UInt64(seed)
        settings.precision = plan["precision"]?.double ?? settings.precision
        settings.regression = plan["passes"]?.int.map { passes in
            var regression = LogisticRegression.Settings()
            regression.passes = passes
            if let rate = plan["rate"]?.double { regression.learningRate = Float(rate) }
            return regression
        }
        let outcome = try TagTrainer(settings: settings).train(examples, tags: tags)
        let row = try measures(outcome, held)
        sums = sums.isEmpty ? row : zip(sums, row).map { ($0.key, $0.value + $1.value) }
    }
    printFigures(.object(sums.map { ($0.key, .number($0.value / Double(max(seeds, 1)))) }))
}

private func tagged(_ path: String, _ tags: [String]) throws -> TagDataset {
    TagDataset(
        try Dataset(reading: FileSystem.read(path)).examples.map {
            TaggedExample(text: $0.text, tags: tags.contains($0.intent) ? [$0.intent] : [])
        })
}

private func measures(
    _ outcome: TagTrainer.Outcome, _ held: TagDataset
) throws -> [(key: String, value: Double)] {
    let evaluation = TagEvaluation(outcome.model, on: held)
    let texts = held.examples.map { Array($0.text.utf8) }
    var scratch = TagModel.Scratch()
    var times = Times()
    for _ in 0..<5 {
        for text in texts {
            times.append(timed { _ = outcome.model.answer(text.span, scratch: &scratch) })
        }
    }
    let before = allocation_count()
    for text in texts { outcome.model.score(text.span, scratch: &scratch) }
    let allocations = allocation_count() - before
    return [
        ("allocations", Double(allocations)), ("microPrecision", evaluation.micro.precision),
        ("microRecall", evaluation.micro.recall),
        ("microF1", evaluation.micro.f1), ("macroF1", evaluation.macro(\.f1)),
        ("exactMatch", Double(evaluation.exactCount) / Double(max(evaluation.examples, 1))),
        ("ece", evaluation.reliability.expectedError), ("p50", times.quantile(0.5)),
        ("passes", Double(outcome.regression.passes)),
        ("rate", Double(outcome.regression.learningRate)),
        ("gatePassed", outcome.gate.passes ? 1 : 0),
        ("heldOutPrecision", outcome.gate.measures.first?.count.precision ?? 0),
    ]
}
