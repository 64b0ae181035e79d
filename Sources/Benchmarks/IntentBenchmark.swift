// How long an intent model takes for an utterance, for a key, and to be loaded.

import CAllocationCount
import Dispatch
import JSON
import NLU
import Numerics
import Registry

/// Answers for every text of a file, whole and as it is typed:
/// {"artifact": path, "texts": path of a data set, "rounds": 5}.
///
/// Times are in microseconds, but for `loadMillis`; allocations are those of the rounds after the first.
func measureIntents(_ plan: JSONValue) throws {
    guard let artifact = plan["artifact"]?.string, let texts = plan["texts"]?.string else {
        fail("an artifact and texts are needed")
    }
    let rounds = plan["rounds"]?.int ?? 5
    let loads = try (0..<20).map { _ in try timed { _ = try openModel(artifact) } / 1000 }.sorted()
    let examples = try Dataset(reading: FileSystem.read(texts)).examples
    var benchmark = IntentBenchmark(try openModel(artifact), examples.map { Array($0.text.utf8) })
    benchmark.run(rounds: rounds)
    printFigures([
        "utterances": .number(Double(examples.count)),
        "p50": .number(benchmark.whole.quantile(0.5)),
        "p99": .number(benchmark.whole.quantile(0.99)), "mean": .number(benchmark.whole.mean),
        "keys": .number(Double(benchmark.keys.values.count / max(rounds, 1))),
        "keyMean": .number(benchmark.keys.mean), "keyP50": .number(benchmark.keys.quantile(0.5)),
        "changedWordMean": .number(benchmark.changedWords.mean),
        "changedWordP50": .number(benchmark.changedWords.quantile(0.5)),
        "allocations": .number(Double(benchmark.allocations)),
        "loadMillis": .number(loads[loads.count / 2]),
        "worstLoadMillis": .number(loads[loads.count - 1]),
    ])
}

private func openModel(_ path: String) throws -> IntentModel {
    let file = try MappedFile(path)
    return try IntentModel(Memory(file.unsafeBytes, owner: file))
}

/// Microseconds that `body` takes.
func timed(_ body: () throws -> Void) rethrows -> Double {
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1000
}

struct Times {
    private(set) var values: [Double] = []

    mutating func reserve(_ count: Int) { values.reserveCapacity(count) }
    mutating func append(_ value: Double) { values.append(value) }
    var mean: Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    func quantile(_ share: Double) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
    }
}

private struct IntentBenchmark: ~Copyable {
    private let model: IntentModel
    private let texts: [[UInt8]]
    private var scratch = IntentModel.Scratch()
    private var prediction = IntentPrediction()
    private var typed = KnownText()
    private(set) var whole = Times()
    private(set) var keys = Times()
    private(set) var changedWords = Times()
    private(set) var allocations = 0

    init(_ model: IntentModel, _ texts: [[UInt8]]) {
        self.model = model
        self.texts = texts
    }

    mutating func run(rounds: Int) {
        whole.reserve(texts.count * rounds)
        keys.reserve(texts.reduce(0) { $0 + $1.count } * rounds)
        changedWords.reserve(texts.reduce(0) { $0 + $1.count } * rounds)
        for round in 0...rounds {
            let before = allocation_count()
            for text in texts { answerWhole(text, isCounted: round > 0) }
            for text in texts { type(text, isCounted: round > 0) }
            for text in texts { typeOn(text, isCounted: round > 0) }
            if round > 0 { allocations += allocation_count() - before }
        }
    }

    private mutating func answerWhole(_ text: [UInt8], isCounted: Bool) {
        let time = timed { model.answer(text.span, scratch: &scratch, into: &prediction) }
        if isCounted { whole.append(time) }
    }

    private mutating func type(_ text: [UInt8], isCounted: Bool) {
        var shown = ShownAnswer()
        for end in 1...max(text.count, 1) where end <= text.count {
            let time = timed {
                let typed = text.span.extracting(0..<end)
                model.answer(typed, .typing(shown: shown), scratch: &scratch, into: &prediction)
            }
            shown = ShownAnswer(prediction.intent)
            if isCounted { keys.append(time) }
        }
    }

    /// As `type`, with what is known of the text kept from key to key.
    private mutating func typeOn(_ text: [UInt8], isCounted: Bool) {
        var shown = ShownAnswer()
        for end in 1...max(text.count, 1) where end <= text.count {
            let time = timed {
                let typed = text.span.extracting(0..<end)
                model.answer(
                    typed, .typing(shown: shown), after: &self.typed, scratch: &scratch,
                    into: &prediction)
            }
            shown = ShownAnswer(prediction.intent)
            if isCounted { changedWords.append(time) }
        }
    }
}
