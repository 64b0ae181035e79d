import Foundation
import JSON
import Testing

/// Models of fastText on the command line and in a server.
@Suite struct FastTextCommandTests: CommandSuite {
    let folder: Folder
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/fasttext")

    init() throws {
        folder = try Folder()
    }

    private func path(_ name: String) -> String { Self.fixtures.appending(path: name).path }

    /// What fastText said of a text when the fixture was made: the label and its probability.
    private func expected(_ text: String, _ name: String) throws -> (label: String, bits: Int) {
        let file = try Data(contentsOf: Self.fixtures.appending(path: name))
        let cases = try JSONValue(parsing: Array(file))["cases"]?.array ?? []
        let entry = cases.first { $0["text"]?.string == text && $0["count"] == 1 }
        let answer = try #require(entry?["answer"]?.array?.first?.array)
        return (try #require(answer[0].string), try #require(answer[1].int))
    }

    private func bits(_ value: JSONValue?) -> Int? {
        value?.double.map { Int(Float($0).bitPattern) }
    }

    @Test func `a model of fastText is imported, tested, measured and served as it is`() throws {
        let imported = try json(
            "import", "model", path("softmax.bin"), "-n", "ft", "--threshold", "0.3")
        let model = try #require(imported["model"]?.string)
        #expect(imported["new"] == true)
        let text = "my money please"
        let (label, probability) = try expected(text, "softmax.expected.json")
        let said = try json("predict", "-n", "ft", "--top", "4", text)
        #expect(said["intent"]?.string == label && bits(said["confidence"]) == probability)
        #expect(said["ranking"]?.array?.count == 4)

        try folder.write(
            """
            {"text": "reset the password of my account", "intent": "login"}
            {"text": "nothing of that is known", "not": "straße"}

            """, to: ".hunch/models/ft/tests.jsonl")
        #expect(try run("test", "model", "-n", "ft").contains("2 passed"))
        try folder.write("text,intent\nwhere is my parcel,delivery\n", to: "data.csv")
        let report = try json("evaluate", "model", "-n", "ft", "--data", "data.csv", "--typing")
        #expect(report["model"]?.string == model)
        #expect(try run("deploy", "model", "-n", "ft").contains("deployed \(model)"))

        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        let answer = try peer.ask(["type": "classify", "text": .string(text)])
        let entry = try #require(answer["results"]?.array?.first)
        #expect(entry["intent"]?.string == label && bits(entry["confidence"]) == probability)
        let ada = try Writer(server, "demo/notes")
        try ada.write("where is my parcel")
        let pushed = try ada.peer.first {
            $0["type"] == "results" && $0["results"]?.array?.first?["settled"] == true
        }
        #expect(pushed["model"]?.string == model)
        #expect(pushed["results"]?.array?.first?["intent"] == "delivery")
    }

    @Test func `packed again it is the same version, with a rule beside it another`() throws {
        let model = try json("import", "model", path("ova.bin"), "-n", "ft")["model"]?.string
        try folder.write("", to: ".hunch/models/ft/reviewed.csv")
        let again = try json("train", "model", "-n", "ft")
        #expect(folder.text("errors.txt").contains("reviewed.csv is not learned"))
        #expect("ft@\(again["version"]?.string ?? "")" == model)
        let lineage = try json("show", "model", "-n", "ft")["lineage"]?.array
        #expect(lineage?[0]["files"]?.array?.map { $0["name"] } == ["fasttext.bin", "model.json"])
        try FileManager.default.removeItem(atPath: folder.path + "/.hunch/models/ft/reviewed.csv")
        try folder.write(
            #"{"rules": [{"name": "a", "intent": "human", "phrase": "a human"}], "tests": []}"#,
            to: ".hunch/models/ft/rules.json")
        let definition = folder.text(".hunch/models/ft/model.json")
        try folder.write(
            definition.replacingOccurrences(of: "{\n", with: "{\n  \"rules\": \"rules.json\",\n"),
            to: ".hunch/models/ft/model.json")
        #expect("ft@\(try json("train", "model", "-n", "ft")["version"]?.string ?? "")" != model)
        #expect(try json("predict", "-n", "ft", "give me a human")["intent"] == "human")
    }

    @Test func `a newer file takes the place of the one in the project, which keeps its settings`()
        throws
    {
        let first = try json(
            "import", "model", path("softmax.bin"), "-n", "ft", "--threshold", "0.3")
        let second = try json("import", "model", path("ova.bin"), "-n", "ft")
        #expect(second["model"] != first["model"] && second["new"] == true)
        #expect(try json("import", "model", path("ova.bin"), "-n", "ft")["new"] == false)
        let manifest = try json("show", "model", "-n", "ft")
        #expect(manifest["details"]?["threshold"]?.double.map { Float($0) } == 0.3)
        let (label, probability) = try expected("my money please", "ova.expected.json")
        let said = try json("predict", "-n", "ft", "my money please")
        #expect(said["intent"]?.string == label && bits(said["confidence"]) == probability)
        _ = try run("create", "model", "-n", "other")
        #expect(
            try refusal("import", "model", path("ova.bin"), "-n", "other")
                .contains("'other' is there and no model of fastText"))
        #expect(
            try refusal("import", "model", path("ova.bin"), "-n", "ft", "--threshold", "0.5")
                .contains("stands in its model.json"))
    }

    @Test func `what is no model of fastText leaves no project behind`() throws {
        let bytes = try Data(contentsOf: Self.fixtures.appending(path: "softmax.bin"))
        try bytes.prefix(2000).write(to: URL(filePath: folder.path + "/half.bin"))
        #expect(
            try refusal("import", "model", "half.bin", "-n", "ft")
                .contains("half.bin: the model is not whole: it ends within the input matrix"))
        #expect(try refusal("import", "model", path("ova.bin"), code: 2).contains("-n NAME"))
        try folder.write("text,intent\n", to: "data.csv")
        #expect(
            try refusal("import", "model", "data.csv", "-n", "ft")
                .contains("data.csv is no model of fastText"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.hunch/models/ft"))
    }

    @Test func `an import that cannot be published leaves no project behind`() throws {
        try FileManager.default.createDirectory(
            atPath: folder.path + "/.hunch/registry", withIntermediateDirectories: true)
        try folder.write("in the way", to: ".hunch/registry/ft")
        _ = try refusal("import", "model", path("ova.bin"), "-n", "ft")
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.hunch/models/ft"))
        try FileManager.default.removeItem(atPath: folder.path + "/.hunch/registry/ft")
        #expect(try json("import", "model", path("ova.bin"), "-n", "ft")["new"] == true)
    }
}
