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

    @Test func `duplicates and conflicts are counted`() throws {
        let dataset = try read("text,intent\na,x\na,x\na,y\nb,y\nb,y\nb,y\nc,oos\n")
        #expect(dataset.duplicateCount == 3)
        #expect(dataset.conflicts == ["a"])
        #expect(dataset.intentCounts.map(\.intent) == ["x", "y"])
        #expect(dataset.intentCounts.map(\.count) == [2, 4])
        #expect(dataset.outOfScopeCount == 1)
    }
}
