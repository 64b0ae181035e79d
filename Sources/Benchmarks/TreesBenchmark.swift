// How good boosted trees are, and how fast they are trained and scored.

import CAllocationCount
import Dispatch
import Glibc
import JSON
import Learning
import Numerics
import Ranking
import Registry

/// Trains and measures, or scores: {"train": DATA, "test": DATA, "settings": {…}, "seeds": [1],
/// "parallel": false} or {"score": {"model": path, "data": DATA, "candidates": 100, "rounds": 50}}.
///
/// DATA is {"features": n, "values": path, "labels": path, "weights": path, "queries": [rows]}; the files
/// hold doubles as they lie in memory. A model that ends in .json is XGBoost's, another LightGBM's. Times
/// of scores are CPU microseconds a request, of trainings CPU seconds.
func measureTrees(_ plan: JSONValue) throws {
    if let score = plan["score"] { return try printFigures(scoring(score)) }
    guard let train = plan["train"] else { fail("train or score is needed") }
    let examples = try TreeExamples(train)
    let test = try plan["test"].map { try TreeExamples($0) }
    var runs: [JSONValue] = []
    for seed in (plan["seeds"]?.array ?? [1]).compactMap(\.int) {
        var settings = try TreeSettings(plan["settings"] ?? .object([]))
        settings.seed = UInt64(seed)
        let trainer = try TreeTrainer(
            settings: settings, pieces: plan["parallel"]?.bool == true ? allCores : nil)
        let start = ProcessUsage(of: getpid()).cpuSeconds
        let wall = DispatchTime.now().uptimeNanoseconds
        let outcome = try trainer.train(examples)
        let wallSeconds = Double(DispatchTime.now().uptimeNanoseconds - wall) / 1e9
        let seconds = ProcessUsage(of: getpid()).cpuSeconds - start
        var figures: [(key: String, value: JSONValue)] = [
            ("seed", .number(Double(seed))), ("seconds", .number(seconds)),
            ("wallSeconds", .number(wallSeconds)),
            ("trees", .number(Double(outcome.ensemble.treeCount))),
            ("bytes", .number(Double(outcome.ensemble.encoded().count))),
        ]
        if let test { figures += quality(outcome.ensemble, test) }
        runs.append(.object(figures))
    }
    printFigures(["runs": .array(runs)])
}

private let allCores: Pieces = { count, piece in
    DispatchQueue.concurrentPerform(iterations: count, execute: piece)
}

private func quality(
    _ model: TreeEnsemble, _ test: TreeExamples
) -> [(key: String, value: JSONValue)] {
    let scores = TreeScorer(model).scores(test.values)
    guard test.queryLengths.isEmpty else { return ranking(scores, test) }
    let positives = zip(scores, test.labels).filter { $0.1 > 0 }.map(\.0)
    let negatives = zip(scores, test.labels).filter { $0.1 <= 0 }.map(\.0)
    let probabilities = scores.map { model.link($0) }
    let right = zip(probabilities, test.labels).count { ($0 > 0.5) == ($1 > 0) }
    let loss = zip(probabilities, test.labels).reduce(0) {
        $0 - Double.log(max($1.1 > 0 ? $1.0 : 1 - $1.0, 1e-15))
    }
    let count = Double(max(scores.count, 1))
    return [
        ("auc", .number(areaUnderROC(positives: positives, negatives: negatives))),
        ("logLoss", .number(loss / count)), ("accuracy", .number(Double(right) / count)),
    ]
}

private func ranking(
    _ scores: [Double], _ test: TreeExamples
) -> [(key: String, value: JSONValue)] {
    func mean(_ measure: (RankingMetrics) -> Double?) -> JSONValue {
        .number(
            RankingMetrics.mean(
                scores: scores, labels: test.labels, queryLengths: test.queryLengths, measure))
    }
    return [
        ("ndcg@1", mean { $0.ndcg(at: 1) }), ("ndcg@3", mean { $0.ndcg(at: 3) }),
        ("ndcg@5", mean { $0.ndcg(at: 5) }), ("ndcg@10", mean { $0.ndcg(at: 10) }),
        ("map", mean { $0.averagePrecision() }), ("mrr", mean(\.reciprocalRank)),
    ]
}

// MARK: Scoring

private func scoring(_ plan: JSONValue) throws -> JSONValue {
    guard let path = plan["model"]?.string, let data = plan["data"] else {
        fail("score needs a model and data")
    }
    let bytes = try FileSystem.read(path)
    let model = try TreeFile(bytes).ensemble()
    let values = try doubles(data["values"])
    let (candidates, rounds) = (plan["candidates"]?.int ?? 100, plan["rounds"]?.int ?? 50)
    var benchmark = ScoringBenchmark(model, values, candidates)
    benchmark.run(rounds: rounds)
    return [
        "micros": .number(benchmark.times.quantile(0.5)),
        "best": .number(benchmark.times.quantile(0)),
        "plainMicros": .number(benchmark.plainMicros()),
        "explanationMicros": .number(benchmark.explanationMicros()),
        "layoutMillis": .number(benchmark.layoutMillis),
        "allocations": .number(Double(benchmark.allocations)),
        "scores": .array(TreeScorer(model).scores(values).prefix(1000).map { .number($0) }),
    ]
}

/// Requests of different rows, one after another.
private struct ScoringBenchmark {
    private let model: TreeEnsemble
    private let scorer: TreeScorer
    private let values: [Double]
    private let candidates: Int
    private var scratch = TreeScorer.Scratch()
    let layoutMillis: Double
    private(set) var times = Times()
    private(set) var allocations = 0

    init(_ model: TreeEnsemble, _ values: [Double], _ candidates: Int) {
        self.model = model
        self.values = values
        self.candidates = candidates
        var made: TreeScorer?
        layoutMillis = timed { made = TreeScorer(model) } / 1000
        scorer = made ?? TreeScorer(model)
    }

    private var requests: Int { values.count / (candidates * model.featureCount) }

    /// Scores every request in each round; a time is the mean of a round.
    mutating func run(rounds: Int) {
        let size = candidates * model.featureCount
        let (scorer, values) = (scorer, values)
        var scores = [Double](repeating: 0, count: candidates)
        for round in 0...rounds {
            let before = allocation_count()
            let start = threadSeconds()
            for request in 0..<requests {
                let rows = values.span.extracting(request * size..<(request + 1) * size)
                var output = scores.mutableSpan
                scorer.score(rows, into: &output, scratch: &scratch)
            }
            let seconds = threadSeconds() - start
            guard round > 0 else { continue }
            allocations += allocation_count() - before
            times.append(seconds * 1e6 / Double(requests))
        }
    }

    /// A request scored row by row, the plain way.
    func plainMicros() -> Double {
        let start = threadSeconds()
        var sum = 0.0
        for row in 0..<candidates {
            sum += model.score(values.span.extracting(rowRange(row)))
        }
        precondition(sum.isFinite)
        return (threadSeconds() - start) * 1e6
    }

    /// The explanation of one row.
    func explanationMicros() -> Double {
        let explainer = TreeExplainer(model)
        let start = threadSeconds()
        for row in 0..<10 { _ = explainer.explanation(of: values.span.extracting(rowRange(row))) }
        return (threadSeconds() - start) * 1e6 / 10
    }

    private func rowRange(_ row: Int) -> Range<Int> {
        row * model.featureCount..<(row + 1) * model.featureCount
    }
}

/// Processor time of this thread.
func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

// MARK: Reading

extension TreeExamples {
    fileprivate init(_ data: JSONValue) throws {
        guard let features = data["features"]?.int else { fail("data need features") }
        try self.init(
            featureCount: features, values: try doubles(data["values"]),
            labels: try doubles(data["labels"]),
            weights: try data["weights"].map { try doubles($0) } ?? [],
            queryLengths: data["queries"]?.array?.compactMap(\.int) ?? [])
    }
}

extension TreeSettings {
    init(_ plan: JSONValue) throws {
        self.init()
        switch plan["objective"]?.string ?? "binary" {
        case "binary": objective = .binary
        case "regression": objective = .regression
        case "rank:ndcg": objective = .rankNDCG
        case "rank:map": objective = .rankMAP
        case let other: fail("there is no objective \(other)")
        }
        trees = plan["trees"]?.int ?? trees
        leaves = plan["leaves"]?.int ?? leaves
        learningRate = plan["learningRate"]?.double ?? learningRate
        leastRows = plan["leastRows"]?.int ?? leastRows
        leastHessian = plan["leastHessian"]?.double ?? leastHessian
        patience = plan["patience"]?.int ?? patience
        l1 = plan["l1"]?.double ?? l1
        l2 = plan["l2"]?.double ?? l2
        featureFraction = plan["featureFraction"]?.double ?? featureFraction
        rowFraction = plan["rowFraction"]?.double ?? rowFraction
        categorical = Set((plan["categorical"]?.array ?? []).compactMap(\.int))
    }
}

/// The doubles of a file.
private func doubles(_ path: JSONValue?) throws -> [Double] {
    guard let path = path?.string else { fail("a path of doubles is needed") }
    return try FileSystem.read(path).withUnsafeBytes { bytes in
        (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
}
