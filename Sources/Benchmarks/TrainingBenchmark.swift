// How good a trained model is, and what the training costs.

import Glibc
import JSON
import Learning
import NLU
import Numerics
import Registry

/// Trains with every seed and measures on the test set: {"train": path, "validation": [path],
/// "test": [path], "seeds": [1, 2], "typing": true, "prefixes": true, "search": true}.
///
/// Without a search the usual settings are taken. Accuracies and errors are shares; `fitSeconds` are of
/// processor time, for all that the training did. With {"increment": 100}, as many examples are kept
/// back at first, and `again` is a training that goes on with them.
func measureTraining(_ plan: JSONValue) throws {
    let train = try plan.dataset("train")
    let validation = try plan["validation"].map { _ in try plan.dataset("validation") }
    let test = try plan.dataset("test")
    let seeds = (plan["seeds"]?.array ?? []).compactMap(\.int)
    var runs: [JSONValue] = []
    for seed in seeds.isEmpty ? [1] : seeds {
        var settings = IntentTrainer.Settings()
        settings.seed = UInt64(seed)
        if plan["search"]?.bool == false || plan["prefixes"]?.bool == false {
            var fit = FitSettings(forExamples: train.examples.count)
            if plan["prefixes"]?.bool == false { fit.augmentation.prefixes = 0 }
            settings.fit = fit
        }
        let start = ProcessUsage(of: getpid()).cpuSeconds
        let outcome = try IntentTrainer(settings: settings).train(train, validation: validation)
        let seconds = ProcessUsage(of: getpid()).cpuSeconds - start
        let isTyped = plan["typing"]?.bool ?? true
        var run = figures(outcome, seed, seconds, test, isTyped: isTyped)
        if let count = plan["increment"]?.int {
            let (outcome, seconds) = try again(settings, train, validation, count)
            let again = figures(outcome, seed, seconds, test, isTyped: isTyped)
            run.append(("again", .object(again)))
        }
        runs.append(.object(run))
    }
    printFigures(["runs": .array(runs)])
}

private func figures(
    _ outcome: IntentTrainer.Outcome, _ seed: Int, _ seconds: Double, _ test: Dataset,
    isTyped: Bool
) -> [(key: String, value: JSONValue)] {
    let model = IntentModel(outcome.classifier)
    let measures = Evaluation(outcome.classifier, on: test).measures
    var figures: [(key: String, value: JSONValue)] = [
        ("seed", .number(Double(seed))), ("accuracy", .number(measures.accuracy)),
        ("ece", .number(measures.ece)), ("auroc", .number(measures.outOfScopeAUROC)),
        ("answeredAccuracy", .number(measures.answeredAccuracy)),
        ("outOfScopeRecall", .number(measures.outOfScopeRecall)),
        ("fitSeconds", .number(seconds)), ("bytes", .number(Double(model.encoded().count))),
        ("passes", .number(Double(outcome.fit.regression.passes))),
        ("labelSmoothing", .number(Double(outcome.fit.augmentation.labelSmoothing))),
        ("minimumCount", .number(Double(outcome.fit.minimumCount))),
    ]
    guard isTyped else { return figures }
    let typing = TypingEvaluation(model, on: test)
    let cuts = typing.cuts.map { cut -> JSONValue in
        [
            "share": .number(cut.share), "accuracy": .number(cut.accuracy),
            "accuracyAtWord": .number(cut.accuracyAtWord), "ece": .number(cut.ece),
            "coverage": .number(cut.coverage), "precision": .number(cut.precision),
        ]
    }
    figures += [
        ("cuts", .array(cuts)),
        ("noise", .array(typing.noise.map { .number($0.accuracy) })),
        ("shownChanges", .number(typing.shownChanges)),
    ]
    return figures
}

/// Trains without `count` random examples, then on from there with all of them; the time is the latter's.
private func again(
    _ settings: IntentTrainer.Settings, _ train: Dataset, _ validation: Dataset?, _ count: Int
) throws -> (outcome: IntentTrainer.Outcome, seconds: Double) {
    var random = SplitMix64(seed: settings.seed)
    let older = Dataset(Array(train.examples.shuffled(using: &random).dropLast(count)))
    let trainer = IntentTrainer(settings: settings)
    let before = try trainer.train(older, validation: validation)
    let start = ProcessUsage(of: getpid()).cpuSeconds
    let outcome = try trainer.train(
        train, validation: validation, from: before.classifier, fit: before.fit)
    return (outcome, ProcessUsage(of: getpid()).cpuSeconds - start)
}

extension JSONValue {
    /// The examples of the files under a name, one path or several.
    fileprivate func dataset(_ name: String) throws -> Dataset {
        let paths = self[name]?.array?.compactMap(\.string) ?? [self[name]?.string ?? ""]
        return Dataset(try paths.flatMap { try Dataset(reading: FileSystem.read($0)).examples })
    }
}
