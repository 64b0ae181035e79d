// How good a ranker is that is made from raw events.

import Client
import Glibc
import JSON
import Learning
import Numerics
import Ranking
import Registry

/// From events through features to a trained ranker, measured on later lists: {"events": path,
/// "features": [FEATURE], "formulas": {"name": {"feature": weight}}, "settings": [TREES],
/// "validation": false, "seeds": [1]}.
///
/// Lists that somebody clicked are cut in time: the first 80 % train, the rest test; with `validation` the
/// rest is out of sight, and the last fifth of the first part takes its place. A formula is a weighted sum of
/// features; the first is what others are compared with, by NDCG of the first ten, list by list. Weights are
/// learned from the formula that "weights" names. Without features those that suggest themselves are taken, and
/// for "sums" of the form of formulas two more each. Into the folder "export" go the rows, as `measureTrees`
/// reads them, for others to learn from.
func measureRankLens(_ plan: JSONValue) throws {
    let start = threadSeconds()
    let events = try readMetarank(plan)
    let features =
        try plan["features"].map { try DeclaredFeature.list($0, path: "features") }
        ?? DeclaredFeature.suggested(for: events) + sums(plan)
    let log = TrainingJoin().joined(FeatureReplay.replay(events, features: features))
    let all = RankingData(log.groups, featureCount: features.count)
    let replaySeconds = threadSeconds() - start
    var (train, test) = all.split(at: 0.8)
    if plan["validation"]?.bool ?? false { (train, test) = train.split(at: 0.8) }
    var comparison = RankerComparison(test)
    comparison.add("shown order", test.lengths.flatMap { (0..<$0).map { -Double($0) } })
    for (name, weights) in plan["formulas"]?.object ?? [] {
        comparison.add(name, try formula(weights, features, test), isBase: true)
    }
    if let name = plan["weights"]?.string, let weights = plan["formulas"]?[name] {
        let start = threadSeconds()
        let scorer = LinearScorer(weights: features.map { weights[$0.name]?.double ?? 0 })
        guard let learned = WeightTrainer().train(train, from: scorer) else { fail("no lists") }
        comparison.add(
            "learned weights", test.scores(of: learned),
            extra: [("seconds", threadSeconds() - start)])
    }
    for seed in (plan["seeds"]?.array ?? [1]).compactMap(\.int) {
        guard let settings = plan["settings"]?.array else { break }
        let trainer = RankerTrainer(
            candidates: try settings.map { try TreeSettings($0) }, seed: UInt64(seed))
        let start = threadSeconds()
        guard let outcome = try trainer.train(train, progress: tell) else { fail("no lists") }
        comparison.add(
            "trees, seed \(seed)", outcome.ensemble.scores(of: test),
            extra: [
                ("seconds", threadSeconds() - start), ("trees", Double(outcome.settings.trees)),
                ("leaves", Double(outcome.settings.leaves)),
                ("validationNDCG", outcome.validation["ndcg@10"] ?? 0),
            ])
    }
    let exports = try plan["export"]?.string.map { folder in
        [
            "train": try export(train, "\(folder)/ranklens-train"),
            "test": try export(test, "\(folder)/ranklens-test"),
        ] as JSONValue
    }
    printFigures([
        "exports": exports ?? .null,
        "lists": .number(Double(all.groups.count)), "train": .number(Double(train.groups.count)),
        "test": .number(Double(test.groups.count)), "joined": .number(Double(log.counts.joined)),
        "unjoined": .number(Double(log.counts.unjoined)),
        "late": .number(Double(log.counts.late)), "features": .number(Double(features.count)),
        "replaySeconds": .number(replaySeconds), "rows": .array(comparison.rows),
    ])
}

/// Writes rows and labels; gives what `measureTrees` takes.
private func export(_ data: RankingData, _ path: String) throws -> JSONValue {
    for (name, values) in [("values", data.values), ("labels", data.labels)] {
        try FileSystem.writeNew(values.withUnsafeBytes { Array($0) }, to: "\(path).\(name)")
    }
    return [
        "features": .number(Double(data.featureCount)), "values": .string("\(path).values"),
        "labels": .string("\(path).labels"),
        "queries": .array(data.lengths.map { .number(Double($0)) }),
    ]
}

/// Formulas as features, as they are and relative to the other candidates.
private func sums(_ plan: JSONValue) -> [DeclaredFeature] {
    (plan["sums"]?.object ?? []).flatMap { name, weights -> [DeclaredFeature] in
        let terms = (weights.object ?? []).map {
            DeclaredFeature.Term($0.key, $0.value.double ?? 0)
        }
        return [
            .init(name, .sum(terms)), .init(name + ".relative", .sum(terms), isRelative: true),
        ]
    }
}

private func tell(_ settings: TreeSettings, _ ndcg: Double) {
    let line = "leaves \(settings.leaves), trees \(settings.trees): validation NDCG@10 \(ndcg)\n"
    _ = write(STDERR_FILENO, Array(line.utf8), line.utf8.count)
}

/// A weighted sum of features; missing ones count 0.
private func formula(
    _ weights: JSONValue, _ features: [DeclaredFeature], _ data: RankingData
) throws -> [Double] {
    var scores = [Double](repeating: 0, count: data.labels.count)
    for (name, weight) in weights.object ?? [] {
        guard let feature = features.firstIndex(where: { $0.name == name }),
            let weight = weight.double
        else { fail("there is no feature \(name)") }
        for (row, value) in data.values(ofFeature: feature).enumerated() where !value.isNaN {
            scores[row] += weight * value
        }
    }
    return scores
}

/// Rankers side by side on the same lists.
private struct RankerComparison {
    private let data: RankingData
    private var base: RankingReport?
    private(set) var rows: [JSONValue] = []

    init(_ data: RankingData) {
        self.data = data
    }

    mutating func add(
        _ name: String, _ scores: [Double], isBase: Bool = false,
        extra: [(key: String, value: Double)] = []
    ) {
        let report = RankingReport(scores: scores, on: data)
        var row: [(key: String, value: JSONValue)] = [("name", .string(name))]
        row += report.measures.map { ($0.name, .number($0.value)) }
        if let base {
            let difference = PairedDifference(report.ndcgs, minus: base.ndcgs)
            row += [
                ("difference", .number(difference.mean)),
                ("standardError", .number(difference.standardError)),
                ("low", .number(difference.interval.lowerBound)),
                ("high", .number(difference.interval.upperBound)),
            ]
        }
        rows.append(.object(row + extra.map { ($0.key, .number($0.value)) }))
        if isBase, base == nil { base = report }
    }
}

/// The events of the file that a plan names, packed or not, in the order in which they can be known.
func readMetarank(_ plan: JSONValue) throws -> [RankingEvent] {
    guard let path = plan["events"]?.string else { fail("events are needed") }
    var bytes = try FileSystem.read(path)
    if path.hasSuffix(".gz") { bytes = try gunzip(bytes) }
    return try MetarankEvents.parse(lines: bytes, corpus: "film", source: "shown")
}
