import JSON
import Testing

/// `hunch review`, on a running server and on the journal of a stopped one.
@Suite struct ReviewCommandTests {
    private struct Listed {
        let item: String
        let text: String
        let json: JSONValue
    }

    private func list(_ folder: Folder, _ arguments: String...) throws -> [Listed] {
        let words = ["review", "-n", "support", "--json"] + arguments
        let output = try Program.run(words, in: folder)
        return try output.split(separator: "\n").map { line in
            let json = try JSONValue(parsing: String(line))
            return Listed(
                item: try #require(json["item"]?.string), text: try #require(json["text"]?.string),
                json: json)
        }
    }

    /// Has the demo model asked what it does not know, and told of one mistake.
    private func ask(_ server: TestServer) throws {
        let peer = try Peer(server, user: "Ada")
        for text in ["qwertz uiop", "asdf, \"jkl\"", "yxcv bnm"] {
            _ = try peer.ask(["type": "classify", "text": .string(text)])
        }
        let answer = try peer.ask(["type": "classify", "text": "where is my parcel"])
        let prediction = try #require(answer["results"]?.array?[0]["prediction"])
        _ = try peer.ask(["type": "feedback", "prediction": prediction, "label": "lost_parcel"])
    }

    @Test(arguments: [true, false])
    func `what is labelled or dropped does not come again, and is added to the data`(
        isRunning: Bool
    ) throws {
        let folder = try Demo.copy()
        _ = try Program.run("create", "model", "-n", "support", in: folder)
        let server = try TestServer(folder)
        try ask(server)
        if !isRunning {
            server.terminate()
            try #require(try server.exitStatus() == 0)
        }
        let all = try list(folder)
        // What was reported comes first.
        #expect(all.map(\.text).first == "where is my parcel")
        #expect(
            Set(all.map(\.text))
                == ["where is my parcel", "qwertz uiop", "asdf, \"jkl\"", "yxcv bnm"])
        #expect(all[0].json["reports"]?.array?.first?["label"] == "lost_parcel")
        #expect(try list(folder, "--limit", "2").map(\.item) == all.prefix(2).map(\.item))

        let item = { text in try #require(all.first { $0.text == text }).item }
        _ = try Program.run(
            "review", "-n", "support", "--label", "\(all[0].item)=lost_parcel",
            "--label", "\(try item("asdf, \"jkl\""))=nonsense", "--drop",
            try item("qwertz uiop"), "--add", "--export", "labelled.csv", in: folder)
        #expect(try list(folder).map(\.text) == ["yxcv bnm"])
        let expected = """
            text,intent
            where is my parcel,lost_parcel
            "asdf, ""jkl""\",nonsense

            """
        #expect(folder.text("labelled.csv") == expected)
        #expect(folder.text(".hunch/models/support/reviewed.csv") == expected)

        // Adding again adds nothing, and leaves alone what the author wrote.
        try folder.write(expected + "my own,line\n", to: ".hunch/models/support/reviewed.csv")
        _ = try Program.run("review", "-n", "support", "--add", in: folder)
        #expect(folder.text(".hunch/models/support/reviewed.csv") == expected + "my own,line\n")
    }

    @Test func `an item that does not wait is an error, and nothing of the same line is done`()
        throws
    {
        let server = try TestServer()
        try ask(server)
        let first = try list(server.folder)[0].item
        let program = try Program(
            [
                "review", "-n", "support", "--label", "\(first)=x", "--label",
                "0123456789abcdef=y",
            ], in: server.folder)
        #expect(try program.exitStatus() == 1)
        #expect(server.errors.contains("no text '0123456789abcdef' of support waits"))
        #expect(try list(server.folder).count == 4)
        let wrong = try Program(["review", "-n", "support", "--label", "x"], in: server.folder)
        #expect(try wrong.exitStatus() == 2)
    }

    @Test func `what users have typed does not steer the terminal`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "classify", "text": "\u{1B}[31mqwertz\nuiop"])
        _ = try peer.ask(["type": "classify", "text": "  "])
        let output = try Program.run("review", "-n", "support", in: server.folder)
        #expect(output.contains("\\u{1b}[31mqwertz\\u{a}uiop\n"))
        #expect(!output.contains("\u{1B}"))
        #expect(output.split(separator: "\n").count == 2)
    }

    @Test func `training reads what was added, in the place of what the data say`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "plants", in: folder)
        let data = (0..<5).flatMap { ["rose \($0),flower", "fern \($0),leaf"] }
        try folder.write(
            (["text,intent"] + data).joined(separator: "\n"), to: ".hunch/models/plants/intents.csv"
        )
        let train = { () throws -> JSONValue in
            let words = ["train", "model", "-n", "plants", "--json"]
            return try JSONValue(parsing: try Program.run(words, in: folder).trimmed)
        }
        let before = try train()
        try folder.write(
            "text,intent\nrose 0,leaf\noak,tree\n", to: ".hunch/models/plants/reviewed.csv")
        let after = try train()
        let examples = { (manifest: JSONValue) in manifest["details"]?["examples"]?.int }
        #expect(examples(before) == 10 && examples(after) == 11)
        #expect(after["details"]?["intents"] == ["flower", "leaf", "tree"])
        #expect(before["version"] != after["version"])
    }

    @Test func `where nothing was ever served nothing waits`() throws {
        let folder = try Folder()
        let unknown = try Program(["review", "-n", "support"], in: folder)
        #expect(try unknown.exitStatus() == 1)
        _ = try Program.run("create", "model", "-n", "support", in: folder)
        #expect(try list(folder).isEmpty)
    }
}
