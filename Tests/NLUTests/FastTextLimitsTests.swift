import NLU
import Numerics
import Testing

/// A file as fastText writes them, of which tests choose what is in it.
private struct FastTextFile {
    var dimension = 2
    var words = ["money", "parcel"]
    var labels = ["__label__refund", "__label__delivery"]
    var lengths = (least: 0, most: 0)
    /// 1 for the hierarchical softmax, 3 for softmax.
    var loss = 3
    /// Columns a part; nil where nothing is quantized.
    var part: Int?
    /// All elements, of the input and of the output.
    var elements: (input: Float, output: Float) = (0.5, 0.25)
    /// Of all rows of the output; nil where norms are not coded apart.
    var norm: Float?

    private var bytes: [UInt8] = []

    init() {}

    func model() throws(FastTextError) -> FastTextModel {
        try FastTextFixtures.model(encoded())
    }

    func encoded() -> [UInt8] {
        var file = self
        file.writeHeader()
        file.writeDictionary()
        file.add(UInt8(part == nil ? 0 : 1))
        let buckets = lengths.most > 0 ? 1 : 0
        file.writeMatrix(rows: words.count + buckets, of: elements.input, norm: nil)
        file.add(UInt8(part == nil ? 0 : 1))
        file.writeMatrix(rows: labels.count, of: elements.output, norm: norm)
        return file.bytes
    }

    private mutating func add(_ value: some BitwiseCopyable) {
        withUnsafeBytes(of: value) { bytes += $0 }
    }

    private mutating func add(_ numbers: [Int]) { for number in numbers { add(Int32(number)) } }

    private mutating func writeHeader() {
        add([793_712_314, 12, dimension, 5, 5, 1, 5, 1, loss, 3, lengths.most > 0 ? 1 : 0])
        add([lengths.least, lengths.most, 100])
        add(Double(0))
    }

    private mutating func writeDictionary() {
        add([words.count + labels.count, words.count, labels.count])
        add(Int64(10))
        add(Int64(-1))
        for (i, word) in (words + labels).enumerated() {
            bytes += Array(word.utf8) + [0]
            add(Int64(1))
            add(UInt8(i < words.count ? 0 : 1))
        }
    }

    private mutating func writeMatrix(rows: Int, of element: Float, norm: Float?) {
        if part != nil { add(UInt8(norm == nil ? 0 : 1)) }
        add(Int64(rows))
        add(Int64(dimension))
        guard let part else {
            for _ in 0..<rows * dimension { add(element) }
            return
        }
        let parts = (dimension + part - 1) / part
        add([rows * parts])
        bytes += repeatElement(0, count: rows * parts)
        add([dimension, parts, part, dimension - (parts - 1) * part])
        for _ in 0..<256 * dimension { add(element) }
        guard let norm else { return }
        bytes += repeatElement(0, count: rows)
        add([1, 1, 1, 1])
        for _ in 0..<256 { add(norm) }
    }
}

/// What a file may ask of the machine.
@Suite struct FastTextLimitsTests {
    private func refusal(_ file: FastTextFile) -> FastTextError? {
        do throws(FastTextError) {
            try file.model().checkWeights()
            return nil
        } catch {
            return error
        }
    }

    @Test func `a part of a quantizer may be wider than a row`() throws {
        var file = FastTextFile()
        file.part = 5
        let wide = try file.model()
        file.part = 2
        let whole = try file.model()
        var scratch = FastTextModel.Scratch()
        let text = Array("my money".utf8)
        let said = wide.predict(text.span, count: 2, scratch: &scratch)
        let expected = whole.predict(text.span, count: 2, scratch: &scratch)
        #expect(said.count == 2 && said.map(\.probability) == expected.map(\.probability))
    }

    @Test func `a row and its norm may be large, and their product may not`() {
        var file = FastTextFile()
        file.part = 2
        file.elements.output = 1e10
        #expect(refusal(file) == nil)
        file.norm = 1
        #expect(refusal(file) == nil)
        file.norm = 1e10
        let beyond = FastTextError.unsuitable("a weight is no number, or beyond all measure")
        #expect(refusal(file) == beyond)
        file.elements.output = 1e-10
        #expect(refusal(file) == nil)
        file.norm = .nan
        #expect(refusal(file) == beyond)
        file.norm = nil
        file.elements.input = .infinity
        #expect(refusal(file) == beyond)
    }

    @Test(arguments: 0..<17)
    func `a weight that is no number is found wherever it is`(place: Int) throws {
        var file = FastTextFile()
        file.dimension = 9
        #expect(refusal(file) == nil)
        var bytes = file.encoded()
        let end = bytes.count - 4 * place
        bytes.replaceSubrange(end - 4..<end, with: [0, 0, 0xC0, 0x7F])
        #expect(throws: FastTextError.self) { try FastTextFixtures.model(bytes).checkWeights() }
    }

    @Test func `an archive with weights that are no numbers is not opened`() throws {
        var file = FastTextFile()
        file.elements.output = .nan
        let written = IntentModel(nil, fastText: FastTextClassifier(try file.model())).encoded()
        #expect(throws: ArtifactError.self) {
            _ = try IntentModel(Memory(copying: written.span))
        }
    }

    @Test func `a small file with many wide labels is refused`() {
        var file = FastTextFile()
        file.dimension = 4096
        file.part = 4096
        file.labels = (0..<60_000).map { "__label__\($0)" }
        #expect(refusal(file) == .unsuitable("the output matrix is larger than its codes tell"))
    }

    @Test func `so many labels that a loop would stand still are refused, but in a tree`() throws {
        var file = FastTextFile()
        file.labels = (0..<210_000).map { "__label__\($0)" }
        let flat = try file.model()
        #expect(throws: FastTextError.slow(labels: 210_000)) { try flat.checkCost() }
        file.loss = 1
        try file.model().checkCost()
        file.loss = 3
        file.labels = Array(file.labels.prefix(190_000))
        try file.model().checkCost()
    }

    @Test func `words whose hashes collide are refused`() {
        /// The hash of fastText, for ASCII.
        func hash(_ text: String) -> UInt32 {
            text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
        }
        var file = FastTextFile()
        let words = (0..<400_000).lazy.map { "w\($0)" }
        file.words = Array(words.filter { hash($0) & 1023 == 0 }.prefix(200))
        #expect(refusal(file) == .unsuitable("the hashes of the words"))
        file.words = Array(words.prefix(2000))
        #expect(refusal(file) == nil)
    }

    @Test func `a text stands for no more numbers than a loop can add up`() throws {
        var file = FastTextFile()
        #expect(try file.model().longestText == FastTextModel.longestText)
        file.lengths = (1, 64)
        file.dimension = 500
        #expect(try file.model().longestText == (1 << 26) / (65 * 500))
        file.dimension = 4096
        #expect(try file.model().longestText == 256)
    }

    @Test func `the prefix of labels goes by its bytes`() throws {
        var file = FastTextFile()
        file.labels = ["__label__\u{301}x", "__label__y"]
        #expect(try file.model().labels == ["\u{301}x", "y"])
        file.labels = ["__label__", "__label__y"]
        #expect(try file.model().labels == ["__label__", "__label__y"])
    }

    @Test(arguments: FastTextFixtures.names)
    func `an answer that is held has the probability that fastText gives it`(name: String) throws {
        var settings = IntentClassifier.Settings()
        settings.showConfidence = 2
        let model = IntentModel(
            nil,
            fastText: FastTextClassifier(try FastTextFixtures.model(name), settings: settings))
        var scratch = IntentModel.Scratch()
        for text in ["my money please", "where is my parcel", "straße 漢字", "zzz"] {
            let all = model.answer(text, ranking: model.intents.count, scratch: &scratch)
            for intent in model.intents {
                let held = model.answer(
                    text, .typing(shown: ShownAnswer(intent)), scratch: &scratch)
                let expected = all.ranking.first { $0.intent == intent }?.confidence ?? 0
                #expect(held.intent == intent && held.confidence == expected, "'\(text)'")
            }
        }
    }
}
