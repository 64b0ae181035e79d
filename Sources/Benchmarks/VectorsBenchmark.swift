// How well and how quickly nearest vectors are found.

import Glibc
import JSON
import Numerics
import Ranking

/// Measures the graph of neighbours beside the comparison with all vectors.
///
/// {"data": "clusters"|"texts"|"noise", "texts": [text], "items": 100000, "dimensions": 64, "queries": 500,
/// "breadths": [32, 64], "rounds": 5, "seed": 1}. Texts are paragraphs made of the given sentences; the
/// vectors are what `TextEmbedding` learns from them. Queries are of the same kind and not in the index.
func measureVectors(_ plan: JSONValue) throws {
    var set = VectorSet(plan)
    let (vectors, queries) = set.make()
    var run = VectorsRun(vectors, queries)
    run.compareAll()
    let breadths = (plan["breadths"]?.array ?? [64]).compactMap(\.int)
    let rows = breadths.map { run.row(breadth: $0, rounds: plan["rounds"]?.int ?? 5) }
    printFigures([
        "items": .number(Double(vectors.count)), "dimensions": .number(Double(set.dimensions)),
        "insertMicroseconds": .number(run.insertMicroseconds), "rows": .array(rows),
    ])
}

/// Vectors of a kind, and some to look for.
struct VectorSet {
    let dimensions: Int
    private let kind: String
    private let sentences: [String]
    private let count: Int
    private let queryCount: Int
    private var random: SplitMix64

    init(_ plan: JSONValue) {
        kind = plan["data"]?.string ?? "clusters"
        sentences = (plan["texts"]?.array ?? []).compactMap(\.string)
        count = plan["items"]?.int ?? 100_000
        dimensions = plan["dimensions"]?.int ?? 64
        queryCount = plan["queries"]?.int ?? 500
        random = SplitMix64(seed: UInt64(plan["seed"]?.int ?? 1))
    }

    mutating func make() -> (vectors: [[Float]], queries: [[Float]]) {
        let all =
            switch kind {
            case "clusters": clusters()
            case "texts": texts()
            case "noise": (0..<count + queryCount).map { _ in noise(1) }
            default: fail("data is clusters, texts or noise")
            }
        return (Array(all.prefix(count)), Array(all.dropFirst(count)))
    }

    /// Nearly normal: the sum of four uniform numbers.
    private mutating func noise(_ scale: Float) -> [Float] {
        (0..<dimensions).map { _ in
            (0..<4).reduce(0) { sum, _ in sum + Float.random(in: -scale...scale, using: &random) }
        }
    }

    /// A thousand clusters, of which the first are much larger than the last.
    private mutating func clusters() -> [[Float]] {
        let centres = (0..<1000).map { _ in noise(1) }
        return (0..<count + queryCount).map { _ in
            let first = Int.random(in: 0..<centres.count, using: &random)
            let centre = centres[Int.random(in: 0...first, using: &random)]
            return zip(centre, noise(0.5)).map { $0 + $1 }
        }
    }

    /// Paragraphs of one to five sentences.
    private mutating func texts() -> [[Float]] {
        guard !sentences.isEmpty else { fail("texts are needed") }
        let texts = (0..<count + queryCount).map { _ in
            (0..<Int.random(in: 1...5, using: &random)).map { _ in
                sentences[Int.random(in: 0..<sentences.count, using: &random)]
            }.joined(separator: ". ")
        }
        var embedding = TextEmbedding(dimensions: dimensions)
        embedding.learn(from: texts.prefix(20_000))
        return texts.map(embedding.vector)
    }
}

/// One graph beside one list of all vectors.
struct VectorsRun {
    private let queries: [[Float]]
    private var exact: VectorIndex
    private var graph: VectorIndex
    private var scratch = SearchScratch()
    private var truth: [[VectorIndex.Match]] = []
    let insertMicroseconds: Double

    init(_ vectors: [[Float]], _ queries: [[Float]]) {
        self.queries = queries
        let dimensions = vectors.first?.count ?? 1
        var (exact, graph) = (
            VectorIndex(dimensions: dimensions, method: .exact),
            VectorIndex(dimensions: dimensions, method: .graph)
        )
        for (slot, vector) in vectors.enumerated() { exact.insert(vector, at: slot) }
        let start = Self.processorTime()
        for (slot, vector) in vectors.enumerated() { graph.insert(vector, at: slot) }
        insertMicroseconds = (Self.processorTime() - start) / Double(max(vectors.count, 1))
        (self.exact, self.graph) = (exact, graph)
    }

    mutating func compareAll() {
        truth = queries.map { exact.nearest(to: $0, limit: 10, scratch: &scratch) }
    }

    /// Of this thread, in microseconds: other work on the machine does not count.
    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// Recall of the ten nearest, and the medians of times of both in turns.
    mutating func row(breadth: Int, rounds: Int) -> JSONValue {
        var times: (exact: [Double], graph: [Double]) = ([], [])
        var found: [[VectorIndex.Match]] = []
        for _ in 0..<max(rounds, 1) {
            let start = Self.processorTime()
            for query in queries { _ = exact.nearest(to: query, limit: 10, scratch: &scratch) }
            let middle = Self.processorTime()
            found = queries.map {
                graph.nearest(to: $0, limit: 10, breadth: breadth, scratch: &scratch)
            }
            times.exact.append((middle - start) / Double(queries.count))
            times.graph.append((Self.processorTime() - middle) / Double(queries.count))
        }
        let slow = times.exact.sorted()[times.exact.count / 2]
        let quick = times.graph.sorted()[times.graph.count / 2]
        return [
            "breadth": .number(Double(breadth)), "recall": .number(recall(found)),
            "exactMicroseconds": .number(slow), "graphMicroseconds": .number(quick),
            "ratio": .number(slow / quick),
        ]
    }

    /// The share of the ten nearest that was found; one as near as the tenth counts for it.
    private func recall(_ found: [[VectorIndex.Match]]) -> Double {
        var (right, all) = (0, 0)
        for (matches, truth) in zip(found, truth) {
            guard let least = truth.last?.similarity else { continue }
            right += matches.count { $0.similarity >= least }
            all += truth.count
        }
        return Double(right) / Double(max(all, 1))
    }
}
