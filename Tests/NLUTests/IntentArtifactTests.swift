import NLU
import Numerics
import Testing

@Suite struct IntentArtifactTests {
    private let artifact = Toy.classifier.encoded()

    private func open(_ bytes: [UInt8]) throws(ClassifierError) -> IntentClassifier {
        try IntentClassifier(Memory(copying: bytes.span))
    }

    @Test func `a classifier survives writing and reading`() throws {
        let copy = try open(artifact)
        #expect(copy.encoded() == artifact)
        #expect(copy.intents == Toy.classifier.intents)
        #expect(copy.temperature == Toy.classifier.temperature)
        #expect(copy.threshold == Toy.classifier.threshold)
        var random = SplitMix64(seed: 1)
        var scratch = IntentClassifier.Scratch()
        for _ in 0..<20 {
            let text = Array(Toy.randomText(using: &random).utf8)
            #expect(
                Toy.probabilities(text, &scratch, by: copy) == Toy.probabilities(text, &scratch))
        }
    }

    @Test(arguments: UInt64(0)..<50)
    func `a changed bit is an error`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = artifact
        bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8(seed % 8)
        #expect(throws: ClassifierError.self) { try open(bytes) }
    }

    @Test func `a cut file is an error`() {
        for count in [0, 8, 31, 32, 100, artifact.count - 1] {
            #expect(throws: ClassifierError.archive(.truncated(bytes: count))) {
                try open(Array(artifact.prefix(count)))
            }
        }
    }

    @Test func `a file of a later format is told apart`() {
        #expect(throws: ClassifierError.unknownFormat(2)) { try open(written(format: 2)) }
    }

    @Test func `sections that do not fit each other are refused`() throws {
        _ = try open(written())
        #expect(throws: ClassifierError.archive(.badSection("settings"))) {
            try open(written(settings: [0, 0.5]))
        }
        #expect(throws: ClassifierError.archive(.badSection("intent lengths"))) {
            try open(written(lengths: [1, 9]))
        }
        #expect(throws: ClassifierError.archive(.badSection("intents"))) {
            try open(written(lengths: [1]))
        }
        #expect(throws: ClassifierError.badSection("features")) {
            try open(written(features: [1, 1, 1]))
        }
        #expect(throws: ClassifierError.badSection("rows")) {
            try open(written(features: [1, 1, 1, 1]))
        }
    }

    @Test(arguments: [[], [0, 0, 0], [1, 1], [2, 0], [0xFFFF_FFFF, 0]] as [[UInt64]])
    func `slots that would lead astray are refused`(slots: [UInt64]) {
        #expect(throws: ClassifierError.badSection("slots")) { try open(written(slots: slots)) }
    }

    /// An artifact of two intents, `a` and `b`, and one n-gram.
    private func written(
        format: UInt32 = 1, lengths: [UInt32] = [1, 1], settings: [Float] = [1, 0.5],
        slots: [UInt64] = [1, 0], features: [Float] = [1, 1]
    ) -> [UInt8] {
        var writer = ArchiveWriter(magic: "hnchnlu\n", format: format)
        writer.add("intents", Array("ab".utf8))
        writer.add("intent lengths", lengths)
        writer.add("settings", settings)
        writer.add("slots", slots)
        writer.add("features", features)
        writer.add("rows", [Int8](repeating: 0, count: 2 + vectorLanes))
        return writer.encoded()
    }
}
