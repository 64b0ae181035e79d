import NLU
import Numerics
import Testing

@Suite struct IntentArtifactTests {
    private let artifact = Toy.model.encoded()

    private func open(_ bytes: [UInt8]) throws(ArtifactError) -> IntentModel {
        try IntentModel(Memory(copying: bytes.span))
    }

    @Test func `a model survives writing and reading`() throws {
        let copy = try open(artifact)
        #expect(copy.encoded() == artifact)
        let classifier = try #require(copy.classifier)
        #expect(classifier.intents == Toy.classifier.intents)
        #expect(classifier.settings == Toy.classifier.settings)
        var random = SplitMix64(seed: 1)
        var scratch = IntentClassifier.Scratch()
        for _ in 0..<20 {
            let text = Array(Toy.randomText(using: &random).utf8)
            #expect(
                Toy.probabilities(text, &scratch, by: classifier)
                    == Toy.probabilities(text, &scratch))
        }
    }

    @Test(arguments: UInt64(0)..<50)
    func `a changed bit is an error`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = artifact
        bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8(seed % 8)
        #expect(throws: ArtifactError.self) { try open(bytes) }
    }

    @Test func `a cut file is an error`() {
        for count in [0, 8, 31, 32, 100, artifact.count - 1] {
            #expect(throws: ArtifactError.archive(.truncated(bytes: count))) {
                try open(Array(artifact.prefix(count)))
            }
        }
    }

    @Test func `a file of another format is told apart`() {
        for format in [0, 2, 4] as [UInt32] {
            #expect(throws: ArtifactError.unknownFormat(format)) {
                try open(written(format: format))
            }
        }
    }

    @Test func `a model without a classifier is a model`() throws {
        let model = try open(IntentModel(nil).encoded())
        var scratch = IntentModel.Scratch()
        #expect(model.answer("anything", scratch: &scratch) == IntentPrediction())
        #expect(model.restMilliseconds == 600)
        #expect(model.showConfidence == 0.72)
    }

    @Test func `sections that do not fit each other are refused`() throws {
        _ = try open(written())
        for settings in [
            [0, 0.5, 1, 0, 0, 0, 0.7, 600], [1, 0.5, 1, 0, 0, 0, 0.7, -1],
            [1, 0.5, 1, 0, .nan, 0, 0.7, 600], [1, 0.5, 0, 0, 0, 0, 0.7, 600], [1, 0.5],
        ] as [[Float]] {
            #expect(throws: ArtifactError.badSection("settings")) {
                try open(written(settings: settings))
            }
        }
        #expect(throws: ArtifactError.badSection("intent lengths")) {
            try open(written(lengths: [1, 9]))
        }
        #expect(throws: ArtifactError.badSection("intents")) {
            try open(written(lengths: [1]))
        }
        #expect(throws: ArtifactError.badSection("features")) {
            try open(written(features: [1, 1, 1]))
        }
        #expect(throws: ArtifactError.badSection("rows")) {
            try open(written(features: [1, 1, 1, 1]))
        }
    }

    @Test(arguments: [[], [0, 0, 0], [1, 1], [2, 0], [0xFFFF_FFFF, 0]] as [[UInt64]])
    func `slots that would lead astray are refused`(slots: [UInt64]) {
        #expect(throws: ArtifactError.badSection("slots")) { try open(written(slots: slots)) }
    }

    /// An artifact of two intents, `a` and `b`, and one n-gram.
    private func written(
        format: UInt32 = 3, lengths: [UInt32] = [1, 1],
        settings: [Float] = [1, 0.5, 1, 0, 0, 0, 0.7, 600],
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
