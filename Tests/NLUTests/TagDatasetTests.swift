import Testing

@testable import NLU

@Suite struct TagDatasetTests {
    private func read(_ text: String) throws(DatasetError) -> [TaggedExample] {
        try TagDataset(reading: Array(text.utf8)).examples
    }

    @Test func `separated values and JSON lines give the same`() throws {
        let expected = [
            TaggedExample(text: "one, two", tags: ["a", "b"]),
            TaggedExample(text: "none", tags: []),
            TaggedExample(text: "three", tags: ["b"]),
        ]
        #expect(try read("id,tags,text\n1,a|b,\"one, two\"\n2,,none\n3, b ;b,three\n") == expected)
        #expect(
            try read(
                """
                {"text": "one, two", "tags": ["a", "b", "a"]}

                {"text": "none", "tags": []}
                {"text": "three", "tags": ["b"], "id": 3}
                """) == expected)
    }

    @Test(
        arguments: [
            ("text,intent\na,b", 1, .missingColumn("tags")), ("text,tags\n ,a", 2, .emptyText),
            ("text,tags\n", 1, .noExamples),
            ("\n{\"text\": \"a\"}", 2, .expected("a list of strings “tags”")),
            ("{\"tags\": []}", 1, .missingMember("text")),
            ("{\"text\": \"a\", \"tags\": [1]}", 1, .expected("a list of strings “tags”")),
        ] as [(String, Int, DatasetError.Reason)])
    func `a mistake is named with its line`(text: String, line: Int, reason: DatasetError.Reason) {
        #expect(throws: DatasetError(line: line, reason: reason)) { try read(text) }
    }

    @Test func `tags are counted by name`() throws {
        let dataset = try TagDataset(reading: Array("text,tags\nx,b|a\ny,b\n".utf8))
        #expect(dataset.tagCounts.map(\.tag) == ["a", "b"])
        #expect(dataset.tagCounts.map(\.count) == [1, 2])
    }

    @Test func `a text stands in each of its slices once`() throws {
        let slices = try Slices(reading: Array("slice,text\ns,x\nt,x\ns,x\nt,y\n".utf8))
        #expect(slices.names == ["s", "t"])
        #expect(slices.slices(of: "x") == [0, 1] && slices.slices(of: "y") == [1])
        #expect(slices.slices(of: "z") == [])
    }
}
