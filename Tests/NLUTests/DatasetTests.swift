import NLU
import Numerics
import Testing

@Suite struct DatasetTests {
    private func read(_ text: String) throws(DatasetError) -> Dataset {
        try Dataset(reading: Array(text.utf8))
    }

    @Test(arguments: UInt64(0)..<50)
    func `what is written as CSV is read`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let end = Bool.random(using: &random) ? "\r\n" : "\n"
        let pieces = ["a", "\"", ",", "\n", "\r\n", "é", " ", "\"\"", "東"]
        let examples = (0..<Int.random(in: 1...8, using: &random)).map { i in
            let text = (0..<6).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            return Example(text: "x" + text, intent: "intent,\(i)")
        }
        func quoted(_ field: String) -> String {
            let isPlain = !field.utf8.contains { [0x0A, 0x0D, 0x22, 0x2C].contains($0) }
            if isPlain, Bool.random(using: &random) { return field }
            return "\""
                + field.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
        }
        let lines = examples.map { quoted($0.text) + "," + quoted($0.intent) }
        let last = Bool.random(using: &random) ? end : ""
        let file = (["text,intent"] + lines).joined(separator: end) + last
        #expect(try read(file).examples == examples)
    }

    @Test func `columns are found by their names, blank lines and the byte order mark passed over`()
        throws
    {
        let dataset = try read("\u{FEFF}id,intent,text\n\n1,greet,hello\r\n\r\n2,leave,bye\n")
        #expect(
            dataset.examples == [
                Example(text: "hello", intent: "greet"), Example(text: "bye", intent: "leave"),
            ])
    }

    @Test func `lines of JSON are read`() throws {
        let dataset = try read(
            """
            {"text": "say \\"hi\\"", "intent": "greet", "more": [1]}

            {"intent": "leave", "text": "by\\u0065"}
            """)
        #expect(
            dataset.examples == [
                Example(text: "say \"hi\"", intent: "greet"),
                Example(text: "bye", intent: "leave"),
            ])
    }

    @Test(
        arguments: [
            ("text,label\nx,y\n", 1, .missingColumn("intent")),
            ("text,intent\na,b\nc\n", 3, .fieldCount(1, expected: 2)),
            ("text,intent\n\"a\n\nb\",x\n\"c\"d,x\n", 5, .textAfterQuote),
            ("text,intent\na,b\n\"c\n\n\n", 3, .unterminatedQuote),
            ("text,intent\n , b\n", 2, .emptyText),
            ("text,intent\na,\n", 2, .emptyIntent),
            ("text,intent\n", 1, .noExamples),
            ("", 1, .noExamples),
            ("{\"text\":\"a\",\"intent\":\"b\"}\n{\"text\":\"a\"}\n", 2, .missingMember("intent")),
            ("{\"text\":1,\"intent\":\"b\"}\n", 1, .missingMember("text")),
        ] as [(String, Int, DatasetError.Reason)])
    func `a mistake is told with its line`(
        file: String, line: Int, reason: DatasetError.Reason
    ) throws {
        let error = #expect(throws: DatasetError.self) { try read(file) }
        #expect(error?.line == line)
        #expect(error?.reason == reason)
    }

    @Test func `bytes that are not UTF-8 and lines that are not JSON are told with their line`() {
        let latin = Array("text,intent\ncaf".utf8) + [0xE9] + Array(",x\n".utf8)
        let encoding = #expect(throws: DatasetError.self) { try Dataset(reading: latin) }
        #expect(encoding?.reason == .notUTF8)
        #expect(encoding?.line == 2)
        let syntax = #expect(throws: DatasetError.self) {
            try read("{\"text\":\"a\",\"intent\":\"b\"}\n{\"text\":\n")
        }
        #expect(syntax?.line == 2)
    }

    @Test func `fields are parted by tabs or semicolons where the header is`() throws {
        let tabs = try read("intent\ttext\nx\tsay \"a\", b\ny\t\"c; \"\"d\"\"\"\n")
        #expect(
            tabs.examples == [
                Example(text: "say \"a\", b", intent: "x"), Example(text: "c; \"d\"", intent: "y"),
            ])
        let quote = try read("text\tintent\n\"a\tx\nb\"\ty\n")
        #expect(quote.examples.map(\.text) == ["\"a", "b\""])
        let semicolons = try read("text;intent\na, b;x\n\"c;d\";y\n")
        #expect(semicolons.examples.map(\.text) == ["a, b", "c;d"])
    }

    @Test func `a document of CLINC is read by its splits`() throws {
        let file = """
            {
              "oos_val": [["v2", "oos"]], "val": [["v1", "x"]],
              "train": [
                ["a", "x"],
                ["b, c", "y"]
              ],
              "oos_train": [["d", "oos"]],
              "note": {"train": 1}, "test": []
            }
            """
        let training = try read(file)
        #expect(training.examples.map(\.text) == ["a", "b, c", "d"])
        #expect(training.lines == [4, 5, 7])
        #expect(training.outOfScopeCount == 1)
        let bytes = Array(file.utf8)
        let validation = try Dataset(reading: bytes, split: .validation)
        #expect(validation.examples.map(\.text) == ["v2", "v1"])
        #expect(Dataset.holds(.validation, in: bytes))
        #expect(!Dataset.holds(.validation, in: Array("text,intent\na,b\n".utf8)))
        let error = #expect(throws: DatasetError.self) {
            try Dataset(reading: Array("\n{\"train\": [[\"a\", \"x\"]]}".utf8), split: .test)
        }
        #expect(error?.reason == .missingSplit("test"))
        #expect(error?.line == 2)
    }

    @Test func `an array of objects or pairs is read`() throws {
        let dataset = try read("[\n {\"text\": \"a\", \"intent\": \"x\"},\n [\"b\", \"y\"]\n]")
        #expect(dataset.examples.map(\.intent) == ["x", "y"])
        #expect(dataset.lines == [2, 3])
    }

    @Test func `lines of fastText are read`() throws {
        let dataset = try read("__label__a/b how are,  you \r\n\n__label__c\tdo \"it\"\n")
        #expect(
            dataset.examples == [
                Example(text: "how are,  you", intent: "a/b"),
                Example(text: "do \"it\"", intent: "c"),
            ])
        #expect(dataset.lines == [1, 3])
    }

    @Test(
        arguments: [
            ("__label__a b\nc\n", 2, .expected("“__label__” and an intent")),
            ("__label__a __label__b c\n", 1, .severalLabels),
            ("__label__a\n", 1, .emptyText),
            ("__label__ a\n", 1, .emptyIntent),
            ("{\"train\": [\n[\"a\"]]}", 2, .expected("a pair of strings, text and intent")),
            ("{\"train\": [[\"a\", \"b\"],\n]}", 2, .notJSON("unexpected ']'")),
            ("{\"utterance\": \"a\"}\n{\"text\": \"b\"}", 1, .missingMember("text")),
        ] as [(String, Int, DatasetError.Reason)])
    func `a mistake of another format is told with its line`(
        file: String, line: Int, reason: DatasetError.Reason
    ) throws {
        let error = #expect(throws: DatasetError.self) { try read(file) }
        #expect(error?.line == line)
        #expect(error?.reason == reason)
    }

    @Test func `lines are those at which records begin`() throws {
        let dataset = try read("\ntext,intent\n\"a\nb\",x\n\nc,y\n")
        #expect(dataset.lines == [3, 6])
    }

    @Test func `later labels stand in the place of earlier ones, and marks and knowledge stay`() {
        let mark = EntitySpan(range: 3..<8, type: "city")
        var knowledge = EntityKnowledge()
        knowledge.lists = [.init(name: "city", strings: ["Paris"])]
        let own = Dataset(
            [
                Example(text: "to Paris", intent: "a", entities: [mark]),
                Example(text: "other", intent: "b"),
            ], lines: [2, 3], knowledge: knowledge)
        let later = Dataset([
            Example(text: "new", intent: "d"), Example(text: "to Paris", intent: "c"),
        ])
        let expected = Dataset(
            [
                Example(text: "to Paris", intent: "c", entities: [mark]),
                Example(text: "other", intent: "b"), Example(text: "new", intent: "d"),
            ], knowledge: knowledge)
        #expect(own.amended(by: later) == expected)
    }
}
