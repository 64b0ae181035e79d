import JSON
import Testing

/// `hunch train`, `evaluate` and `predict --explain` on files of several formats.
@Suite struct EvaluateCommandTests {
    private static let project = """
        version: "3.1"
        nlu:
        - intent: greet
          examples: |
            - hello there
            - good morning
            - hello my friend
            - good evening to you
            - hello [Ada](name)
            - hello there
        - intent: leave
          examples: |
            - bye for now
            - see you later
            - good bye then
            - see you tomorrow
            - bye bye
            - i must go now
        """

    private static let document = """
        {"train": [["x", "y"]],
         "test": [["hello you", "greet"], ["bye now", "leave"], ["see you", "leave"]],
         "oos_test": [["ξψω", "oos"]]}
        """

    private func folder() throws -> Folder {
        let folder = try Folder()
        try folder.write(Self.project, to: "nlu.yml")
        try folder.write(Self.document, to: "data.json")
        try folder.write("text,slice\nHELLO you,first\nsee you,second\n", to: "slices.csv")
        return folder
    }

    private func train(_ name: String, in folder: Folder) throws -> JSONValue {
        let output = try Program.run(
            "train", "model", "-n", name, "--data", "nlu.yml", "--json", in: folder)
        return try JSONValue(parsing: output)
    }

    @Test func `a training reports what is odd in its file, and keeps it with the version`() throws
    {
        let folder = try folder()
        let manifest = try train("a", in: folder)
        let report = manifest["details"]?["dataReport"] ?? manifest["dataReport"]
        #expect(report?["duplicates"]?.int == 1)
        #expect(report?["duplicateLines"]?.array?.first?.array?.map(\.int) == [5, 10])
        #expect(folder.text("errors.txt").contains("“hello there” in lines 5 and 10"))
    }

    @Test func `an evaluation has all its parts, as JSON, in lines and as a page`() throws {
        let folder = try folder()
        _ = try train("a", in: folder)
        _ = try train("b", in: folder)
        let words = [
            "evaluate", "model", "-n", "a", "--data", "data.json", "--slices", "slices.csv",
            "--typing", "--against", "b",
        ]
        let json = try JSONValue(
            parsing: try Program.run(words + ["--json", "--html", "page.html"], in: folder))
        // Of a file with splits, the test split is measured on.
        #expect(json["examples"]?.int == 3)
        #expect(json["outOfScope"]?.int == 1)
        #expect(json["slices"]?.array?.compactMap { $0["slice"]?.string } == ["first", "second"])
        #expect(json["against"]?["p"]?.double == 1)
        #expect(json["typing"]?["examples"]?.int == 3)
        #expect(folder.text("page.html").hasSuffix("</html>\n"))
        let lines = try Program.run(words, in: folder)
        #expect(lines.contains("McNemar") && lines.contains("While typing, 3 utterances"))
    }

    @Test func `an explanation is of the answer that is given`() throws {
        let folder = try folder()
        _ = try train("a", in: folder)
        let output = try Program.run(
            "predict", "-n", "a", "--explain", "--json", "hello you", in: folder)
        let answer = try JSONValue(parsing: output)
        let explanation = try #require(answer["explanation"])
        #expect(explanation["intent"] == answer["ranking"]?.array?[0]["intent"])
        let words = explanation["words"]?.array ?? []
        #expect(words.compactMap { $0["word"]?.string } == ["hello", "you"])
        let sum = words.reduce(0) { $0 + ($1["weight"]?.double ?? 0) }
        #expect(abs(sum - (explanation["logit"]?.double ?? .infinity)) < 1e-4)
    }

    @Test func `entities are measured where the examples mark them`() throws {
        let folder = try folder()
        _ = try train("a", in: folder)
        let output = try Program.run(
            "evaluate", "model", "-n", "a", "--data", "nlu.yml", "--json", in: folder)
        let entities = try JSONValue(parsing: output)["entities"]
        #expect(entities?["total"]?["marked"]?.int == 1)
        #expect(entities?["types"]?["name"]?["marked"]?.int == 1)
    }

    @Test func `a broken file is named with its line`() throws {
        let folder = try folder()
        try folder.write("nlu:\n- intent: a\n  examples: |\n    - b\n    c\n", to: "nlu.yml")
        let program = try Program(
            ["train", "model", "-n", "a", "--data", "nlu.yml"], in: folder)
        #expect(try program.exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("nlu.yml, line 5: here must be “- ” and"))
    }
}
