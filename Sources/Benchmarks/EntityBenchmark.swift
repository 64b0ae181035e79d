// Entities of the SNIPS data: how well they are found, and how fast.

import Glibc
import JSON
import NLU
import Numerics

/// Trains on the training files of SNIPS and scores the other ones.
struct EntityBenchmark {
    private let plan: JSONValue
    private let folder: String

    /// The plan: {"snips": folder of the originals, "held": share of the training data to score on
    /// instead of the test data, "patterns": whether patterns are features, "settings": …}.
    init(_ plan: JSONValue) {
        self.plan = plan
        folder = plan["snips"]?.string ?? ""
    }

    func measure() throws {
        var training = try read("train_", "_full")
        var test = try read("validate_", "")
        if let share = plan["held"]?.double {
            // Every nth text, so that each intent has its part.
            let step = Int((1 / share).rounded())
            test = training.enumerated().filter { $0.offset % step == 0 }.map(\.element)
            training = training.enumerated().filter { $0.offset % step != 0 }.map(\.element)
        }
        let start = cpuSeconds()
        let patterns = plan["patterns"]?.bool == false ? [] : EntityPattern.allCases
        let trainer = EntityTrainer(settings: settings)
        var losses: [Double] = []
        guard
            let recogniser = trainer.train(
                Dataset(training), patterns: patterns, progress: { losses.append($0.loss) })
        else { fail("nothing to learn from") }
        let trained = cpuSeconds() - start
        report(recogniser, training.count, test, trained, losses)
    }

    private var settings: TaggerTrainer.Settings {
        var settings = TaggerTrainer.Settings()
        let given = plan["settings"]
        if let value = given?["passes"]?.int { settings.passes = value }
        if let value = given?["rate"]?.double { settings.learningRate = Float(value) }
        if let value = given?["scale"]?.double { settings.scale = Float(value) }
        if let value = given?["textScale"]?.double { settings.textScale = Float(value) }
        if let value = given?["minimum"]?.int { settings.minimumCount = value }
        if let value = given?["lower"]?.double { settings.lowerCaseShare = value }
        if let value = given?["seed"]?.int { settings.seed = UInt64(value) }
        return settings
    }

    private func report(
        _ recogniser: EntityRecogniser, _ trainingCount: Int, _ test: [Example],
        _ seconds: Double, _ losses: [Double]
    ) {
        let score = EntityEvaluation(recogniser, on: test)
        let lower = test.map { example in
            Example(
                text: example.text.lowercased(), intent: example.intent, entities: example.entities)
        }
        let times = latencies(recogniser, test)
        let block = blockLatencies(recogniser, test)
        printFigures([
            "training": .number(Double(trainingCount)), "test": .number(Double(test.count)),
            "f1": .number(score.total.f1), "precision": .number(score.total.precision),
            "recall": .number(score.total.recall),
            "lowerCaseF1": .number(EntityEvaluation(recogniser, on: lower).total.f1),
            "trainCPUSeconds": .number(seconds),
            "features": .number(Double(recogniser.tagger?.featureCount ?? 0)),
            "p50Micros": .number(times.median), "p99Micros": .number(times.high),
            "blockMicros": .number(block.whole), "keyMicros": .number(block.key),
            "keyHighMicros": .number(block.high),
            "lists": listFigures(),
            "losses": .array(losses.map { .number($0) }),
            "types": .object(
                score.types.map {
                    ($0.type, .array([.number($0.score.f1), .number(Double($0.score.marked))]))
                }),
        ])
    }

    /// The time of one text, in microseconds; each is read once to warm up.
    private func latencies(
        _ recogniser: EntityRecogniser, _ test: [Example]
    ) -> (median: Double, high: Double) {
        var scratch = EntityRecogniser.Scratch()
        var entities: [Entity] = []
        var times: [Double] = []
        for round in 0..<(plan["rounds"]?.int ?? 4) {
            for example in test {
                let bytes = Array(example.text.utf8)
                let start = nanoseconds()
                recogniser.recognise(bytes.span, scratch: &scratch, into: &entities)
                let end = nanoseconds()
                if round > 0 { times.append(Double(end - start) / 1000) }
            }
        }
        times.sort()
        return (times[times.count / 2], times[times.count * 99 / 100])
    }

    /// What a list of 10,000 values takes: to be compiled, to be opened, and in a file.
    private func listFigures() -> JSONValue {
        var random = SplitMix64(seed: 1)
        func word() -> String {
            String(
                (0..<Int.random(in: 4...11, using: &random)).map { _ in
                    Character(Unicode.Scalar(UInt8.random(in: 0x61...0x7A, using: &random)))
                })
        }
        let values = (0..<10_000).map { _ in
            EntityList.Value(word() + " " + word(), synonyms: [word()])
        }
        var start = nanoseconds()
        let recogniser = EntityTrainer().train(
            Dataset([]), lists: [EntityList(type: "name", values: values)])
        let compiled = nanoseconds() - start
        let bytes = IntentModel(nil, recogniser: recogniser).encoded()
        let memory = Memory(copying: bytes.span)
        start = nanoseconds()
        let opened = try? IntentModel(memory)
        let time = nanoseconds() - start
        precondition(opened?.recogniser?.entityLists.first?.values.count == values.count)
        return [
            "compileMillis": .number(Double(compiled) / 1e6),
            "openMillis": .number(Double(time) / 1e6),
            "megabytes": .number(Double(bytes.count) / 1e6),
        ]
    }

    /// The median time of a block of 4 KB read anew, and of a key somewhere in it: median and p99.
    private func blockLatencies(
        _ recogniser: EntityRecogniser, _ test: [Example]
    ) -> (whole: Double, key: Double, high: Double) {
        var text: [UInt8] = []
        for example in test where text.count < 4000 { text += Array((example.text + ". ").utf8) }
        var scratch = EntityRecogniser.Scratch()
        var (known, entities) = (KnownPassages(), [Entity]())
        var (whole, keys): ([Double], [Double]) = ([], [])
        for round in 0..<600 {
            let place = round * 37 % text.count
            if text[place] < 0x80 { text[place] = UInt8(ascii: "a") + UInt8(round % 26) }
            var start = nanoseconds()
            recogniser.recognise(text.span, scratch: &scratch, into: &entities)
            whole.append(Double(nanoseconds() - start) / 1000)
            start = nanoseconds()
            recogniser.recognise(text.span, after: &known, scratch: &scratch, into: &entities)
            if round > 0 { keys.append(Double(nanoseconds() - start) / 1000) }
        }
        whole.sort()
        keys.sort()
        return (whole[whole.count / 2], keys[keys.count / 2], keys[keys.count * 99 / 100])
    }

    // MARK: Reading

    private static let intents = [
        "AddToPlaylist", "BookRestaurant", "GetWeather", "PlayMusic", "RateBook",
        "SearchCreativeWork", "SearchScreeningEvent",
    ]

    private func read(_ prefix: String, _ suffix: String) throws -> [Example] {
        try Self.intents.flatMap { intent in
            let path = "\(folder)/\(intent)/\(prefix)\(intent)\(suffix).json"
            let value = try JSONValue(parsing: Self.bytes(of: path))
            return (value[intent]?.array ?? []).map { Self.example($0, intent) }
        }
    }

    private static func example(_ value: JSONValue, _ intent: String) -> Example {
        var text = ""
        var spans: [EntitySpan] = []
        for part in value["data"]?.array ?? [] {
            let start = text.utf16.count
            text += part["text"]?.string ?? ""
            guard let type = part["entity"]?.string else { continue }
            if let span = trimmed(start..<text.utf16.count, of: text, type) { spans.append(span) }
        }
        return Example(text: text, intent: intent, entities: spans)
    }

    /// The span without white space at its ends.
    private static func trimmed(
        _ range: Range<Int>, of text: String, _ type: String
    ) -> EntitySpan? {
        let units = Array(text.utf16)
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, units[start] == 0x20 { start += 1 }
        while start < end, units[end - 1] == 0x20 { end -= 1 }
        return start < end ? EntitySpan(range: start..<end, type: type) : nil
    }

    /// A file in UTF-8, or in Latin-1 as one of them is.
    private static func bytes(of path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { fail("cannot read \(path)") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
            bytes += buffer[..<count]
        }
        if String(validating: bytes, as: UTF8.self) != nil { return bytes }
        return Array(String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })).utf8)
    }
}

private func cpuSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
