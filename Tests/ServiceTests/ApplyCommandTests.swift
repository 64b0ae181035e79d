import JSON
import Testing

/// Environments as files: `hunch plan` and `hunch apply`.
@Suite struct ApplyCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try Program.run("create", "model", "-n", "r", "--kind", "rules", in: folder)
        _ = try Program.run("train", "model", "-n", "r", in: folder)
        #expect(try folder.shell(["mkdir", "environments"]) == 0)
    }

    private func declare(_ text: String) throws {
        try folder.write(text, to: "environments/dev.json")
    }

    private func run(_ words: String...) throws -> String {
        try Program.run(words, in: folder)
    }

    /// A declaration with something of everything.
    private static let whole = """
        {
          "models": [{"name": "r", "version": "newest", "documents": "support/*"}],
          "limits": {"history": 50}, "origins": ["https://app.example"],
          "keys": [{"token": "unspeakable", "role": "operator"}],
          "schedules": {"r": "daily 03:00"}, "port": 7999,
          "experiments": [{"name": "x"}]
        }
        """

    @Test func `apply makes what plan shows, and then nothing differs`() throws {
        try declare(Self.whole)
        let plan = try run("plan")
        #expect(plan.contains("+ model r on support/*") && plan.contains("+ limit history: 50"))
        #expect(plan.contains("+ schedule r: daily 03:00") && !plan.contains("unspeakable"))
        #expect(try Program(["plan", "--check"], in: folder).exitStatus() == 1)
        #expect(!folder.text("errors.txt").contains("unspeakable"))
        let applied = try run("apply")
        #expect(applied.contains("no server runs") && !applied.contains("unspeakable"))
        #expect(try run("plan", "--check").contains("is as environments/dev.json says"))
        let file = folder.text(".hunch/environments/dev/environment.json")
        #expect(try run("apply").contains("nothing to change"))
        #expect(folder.text(".hunch/environments/dev/environment.json") == file)
        #expect(try run("list", "deployments").contains("by "))
        let edits = try run("list", "edits", "--json")
        #expect(try JSONValue(parsing: edits.trimmed)["changes"]?.array?.count == 7)
        #expect(!edits.contains("unspeakable"))
    }

    @Test func `a running server switches at once, and what needs a restart is named`() throws {
        try declare(#"{"models": [], "limits": {"history": 50}}"#)
        _ = try run("apply")
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        try declare(#"{"models": [{"name": "r", "version": "newest", "documents": "a/*"}]}"#)
        #expect(try run("apply").contains("applied to the running server"))
        let status = try peer.ask(["type": "status"])
        #expect(status["deployments"]?.array?.first?["documents"] == ["a/*"])
        #expect(try run("plan", "--check").contains("is as"))
        try declare(#"{"models": [], "limits": {"history": 60}, "origins": []}"#)
        #expect(try run("apply").contains("restart it for: limit"))
        #expect(try peer.ask(["type": "status"])["deployments"] == [])
        #expect(try run("list", "deployments").contains("removed"))
        #expect(try JSONValue(parsing: try run("apply", "--json").trimmed)["changes"] == [])
    }

    @Test func `what cannot be loaded changes nothing`() throws {
        try declare(Self.whole)
        _ = try run("apply")
        let server = try TestServer(folder)
        let before = folder.text(".hunch/environments/dev/environment.json")
        let version = try #require(
            try JSONValue(parsing: before)["models"]?.array?[0]["version"]?.string)
        _ = try run("tag", "model", "-n", "r@\(version)", "champion")
        try declare(#"{"models": [{"name": "r", "version": "champion"}], "limits": {}}"#)
        #expect(try run("plan").contains("- limit history: 50"))
        try folder.write("spoilt", to: ".hunch/registry/r/\(version)/artifact")
        #expect(try Program(["apply"], in: folder).exitStatus() == 1)
        #expect(folder.text(".hunch/environments/dev/environment.json") == before)
        #expect(try server.get("/v2/health/ready").status == 200)
    }

    @Test(arguments: [
        (#"{"keys": [{"token": "$NO_SUCH_VARIABLE", "role": "editor"}]}"#, "NO_SUCH_VARIABLE"),
        (#"{"models": [{"name": "r", "version": "challenger"}]}"#, "hunch list versions -n r"),
        (#"{"model": []}"#, "there is no setting 'model'"), ("[]", "an object"),
    ])
    func `a declaration that means nothing is refused`(text: String, reason: String) throws {
        try declare(text)
        #expect(try Program(["plan"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains(reason))
    }
}
