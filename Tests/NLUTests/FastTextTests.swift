import Foundation
import JSON
import NLU
import Numerics
import Testing

/// Small models that fastText has trained, and what it says by them; scripts/check-fasttext writes both.
enum FastTextFixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/fasttext")
    static let names = ["softmax.bin", "hs-characters.bin", "ova.bin", "ns-quantized.ftz"]

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func model(_ name: String) throws -> FastTextModel { try model(bytes(name)) }

    static func model(_ bytes: [UInt8]) throws(FastTextError) -> FastTextModel {
        let memory = Memory(copying: bytes.span)
        return try FastTextModel(memory)
    }
}

extension FastTextModel {
    /// What it says of a text.
    fileprivate func predict(_ text: String, _ count: Int) -> [(label: Int, probability: Float)] {
        var scratch = Scratch()
        let bytes = Array(text.utf8)
        return predict(bytes.span, count: count, scratch: &scratch)
    }
}

@Suite struct FastTextModelTests {
    @Test(arguments: FastTextFixtures.names)
    func `labels come in fastText's order, with its probabilities to the last bit`(
        name: String
    ) throws {
        let model = try FastTextFixtures.model(name)
        try model.checkWeights()
        let file = name.prefix { $0 != "." } + ".expected.json"
        let cases = try #require(
            try JSONValue(parsing: FastTextFixtures.bytes(String(file)))["cases"]?.array)
        #expect(cases.count == 30)
        for entry in cases {
            let text = try #require(entry["text"]?.string)
            let count = try #require(entry["count"]?.int)
            let answer = model.predict(text, count)
            let expected = entry["answer"]?.array ?? []
            #expect(
                answer.map { model.labels[$0.label] } == expected.map { $0.array?[0].string ?? "" },
                "'\(text)'")
            #expect(
                answer.map { Int($0.probability.bitPattern) }
                    == expected.map {
                        $0.array?[1].int ?? 0
                    }, "'\(text)'")
        }
    }

    @Test func `a line feed parts words, and white space beyond ASCII does not`() throws {
        let model = try FastTextFixtures.model("softmax.bin")
        let one = model.predict("my money please", 4)
        let two = model.predict("my\nmoney\nplease\n", 4)
        let joined = model.predict("my\u{a0}money please", 4)
        #expect(one.map(\.probability) == two.map(\.probability))
        #expect(one.map(\.probability) != joined.map(\.probability))
    }

    @Test func `what stands behind the longest text is not read`() throws {
        let model = try FastTextFixtures.model("hs-characters.bin")
        let text = String(repeating: "my parcel ", count: 1_700)
        let long = model.predict(text + "password", 4)
        let short = model.predict(String(text.prefix(FastTextModel.longestText)), 4)
        #expect(long.map(\.probability) == short.map(\.probability))
    }
}

@Suite struct FastTextFileTests {
    @Test(arguments: FastTextFixtures.names)
    func `a file that ends early is refused wherever it ends`(name: String) throws {
        let bytes = try FastTextFixtures.bytes(name)
        for length in 0..<bytes.count {
            #expect(throws: FastTextError.self, "\(length) bytes") {
                _ = try FastTextFixtures.model(Array(bytes.prefix(length)))
            }
        }
    }

    @Test(arguments: FastTextFixtures.names, UInt64(0)..<60)
    func `a file with wrong bytes is refused, or answers something`(
        name: String, seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var bytes = try FastTextFixtures.bytes(name)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            // Most of what can be wrong stands at the beginning.
            let end = Bool.random(using: &random) ? 120 : bytes.count
            bytes[Int.random(in: 0..<end, using: &random)] = UInt8.random(
                in: 0...255, using: &random)
        }
        guard let model = try? FastTextFixtures.model(bytes) else { return }
        for text in ["", "my money please", "straße 漢字 🙂 </s> x"] {
            let answer = model.predict(text, 3)
            #expect(answer.count <= 3)
        }
    }

    @Test func `what is wrong is named`() throws {
        func error(_ change: (inout [UInt8]) -> Void) throws -> FastTextError? {
            var bytes = try FastTextFixtures.bytes("softmax.bin")
            change(&bytes)
            do throws(FastTextError) {
                try FastTextFixtures.model(bytes).checkWeights()
                return nil
            } catch {
                return error
            }
        }
        #expect(try error { $0[0] = 0 } == .notFastText)
        #expect(try error { $0[4] = 13 } == .unknownVersion(13))
        #expect(try error { $0[36] = 1 } == .notSupervised)
        #expect(try error { $0[8] = 0 } == .unsuitable("the dimension is 0"))
        #expect(
            try error { $0[8] = 7 } == .unsuitable("the number of columns of the input matrix is 6")
        )
        #expect(try error { $0.removeLast() } == .truncated("the output matrix"))
        let trailing = try error { $0.append(0) }
        #expect(trailing != nil)
        let weight = try error { $0.replaceSubrange(($0.count - 4)..., with: [0, 0, 0xC0, 0x7F]) }
        #expect(weight == .unsuitable("a weight is no number, or beyond all measure"))
    }
}

@Suite struct FastTextClassifierTests {
    @Test func `a model of intents answers by it, from the file that it is in`() throws {
        var settings = IntentClassifier.Settings()
        settings.threshold = 0.4
        settings.showConfidence = 0.3
        let written = IntentModel(
            nil,
            fastText: FastTextClassifier(
                try FastTextFixtures.model("softmax.bin"), settings: settings))
        let bytes = written.encoded()
        let model = try IntentModel(Memory(copying: bytes.span))
        #expect(model.encoded() == bytes)
        #expect(model.intents == ["delivery", "refund", "login", "straße"])
        #expect(model.threshold == 0.4 && model.showConfidence == 0.3 && !model.hasRulesOnly)
        var scratch = IntentModel.Scratch()
        let answer = model.answer("reset the password of my account", scratch: &scratch)
        #expect(answer.intent == "login" && answer.ranking.count == 3)
        #expect(answer.certainty == answer.confidence)
        let unsure = model.answer("please", scratch: &scratch)
        #expect(unsure.intent == "out_of_scope" && unsure.ranking.first?.intent != nil)
    }

    @Test func `while typing an answer is held until another is likely enough`() throws {
        var settings = IntentClassifier.Settings()
        settings.showConfidence = 0.9999
        let model = IntentModel(
            nil,
            fastText: FastTextClassifier(
                try FastTextFixtures.model("softmax.bin"), settings: settings))
        var scratch = IntentModel.Scratch()
        let held = model.answer(
            "where is my parcel", .typing(shown: ShownAnswer("login")), scratch: &scratch)
        #expect(held.intent == "login")
        let all = model.answer("where is my parcel", ranking: 4, scratch: &scratch)
        #expect(held.confidence == all.ranking.first { $0.intent == "login" }?.confidence)
    }

    @Test func `a word is worth what the answer loses without it`() throws {
        let model = IntentModel(
            nil, fastText: FastTextClassifier(try FastTextFixtures.model("softmax.bin")))
        var scratch = IntentModel.Scratch()
        let text = "Where is my PARCEL"
        let found = try #require(model.explain(text, scratch: &scratch))
        let whole = model.answer(text, scratch: &scratch)
        let without = model.answer("Where is my ", ranking: 4, scratch: &scratch)
        #expect(found.label == whole.intent && found.logit == whole.confidence)
        #expect(found.words.map(\.text) == ["where", "is", "my", "parcel"])
        #expect(found.words[3].range == 12..<18)
        let left = without.ranking.first { $0.intent == whole.intent }?.confidence ?? 0
        #expect(found.words[3].value == whole.confidence - left)
        #expect(abs(found.words.reduce(0) { $0 + abs($1.share) } - 1) < 1e-5)
        #expect(found.lines.last?.contains("confidence") == true)
    }

    @Test func `a rule goes before it`() throws {
        let rules = try RuleSet([Rule(name: "r", intent: "talk_to_human", phrases: ["a human"])])
        let model = IntentModel(
            nil, rules: rules,
            fastText: FastTextClassifier(try FastTextFixtures.model("ova.bin")))
        var scratch = IntentModel.Scratch()
        #expect(model.answer("i want a human", scratch: &scratch).intent == "talk_to_human")
        #expect(model.answer("my money", scratch: &scratch).rule == nil)
        #expect(model.intents.suffix(1) == ["talk_to_human"])
    }
}
