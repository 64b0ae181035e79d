import JSON
import Testing

/// Environments as files: `hunch plan` and `hunch apply`.
@Suite struct ApplyCommandTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try Program.run("create", "model", "-n", "r", "--kind", "rules", in: folder)
        _ = try Program.run("train", "model", "-n", "r", in: folder)
        _ = try Program.run("tag", "model", "-n", "r", "champion", in: folder)
        #expect(try folder.shell(["mkdir", "environments"]) == 0)
    }

    private func declare(_ text: String) throws {
        try folder.write(text, to: "environments/dev.json")
    }

    /// A declaration with something of everything.
    private static let whole = """
        {
          "models": [{"name": "r", "version": "newest", "documents": "support/*"}],
          "limits": {"history": 50}, "origins": ["https://app.example"],
          "keys": [{"token": "unspeakable", "role": "operator"}],
          "schedules": {"r": "daily 03:00"}, "port": 7999,
          "experiments": [{
            "name": "x", "arms": [{"name": "A", "share": 0.5}, {"name": "B", "share": 0.5,
            "model": "r@champion"}], "metrics": {"primary": {"name": "m", "kind": "mean", "of": "click"}}
          }]
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
        let applied = try JSONValue(parsing: try run("apply", "--json").trimmed)
        #expect(applied["changes"] == [] && applied["waiting"] == ["limit"])
        #expect(try Program(["plan", "--check"], in: folder).exitStatus() == 1)
        server.terminate()
        _ = try server.exitStatus()
        try server.restart()
        #expect(try run("plan", "--check").contains("is as"))
    }

    /// A declaration of an experiment with these shares.
    private func experiment(_ shares: String, state: String = "running") -> String {
        let shares = shares.split(separator: " ")
        return """
            {"models": [{"name": "r", "version": "champion"}], "experiments": [{
              "name": "x", "state": "\(state)", "arms": [{"name": "A", "share": \(shares[0])},
              {"name": "B", "share": \(shares[1]), "model": "r@challenger"}],
              "metrics": {"primary": {"name": "m", "kind": "mean", "of": "click"}}}]}
            """
    }

    @Test func `a running server begins, changes and ends experiments that are declared`() throws {
        try folder.write(
            #"{"format": 1, "rules": [{"name": "one", "intent": "hello", "phrase": ["hello"]}]}"#,
            to: ".hunch/models/r/rules.json")
        let trained = try JSONValue(parsing: run("train", "model", "-n", "r", "--json").trimmed)
        let other = "r@" + (trained["version"]?.string ?? "")
        _ = try run("tag", "model", "-n", other, "challenger")
        try declare(#"{"models": [{"name": "r", "version": "champion"}]}"#)
        _ = try run("apply")
        let server = try TestServer(folder)
        let peers = try (0..<20).map { try Peer(server, user: "user\($0)") }
        let arms = {
            try peers.map { try $0.ask(["type": "classify", "text": "hello"])["arm"]?.string }
        }
        #expect(try arms().allSatisfy { $0 == nil })

        try declare(experiment("0.3 0.3"))
        #expect(try run("apply").contains("applied to the running server of 'dev'\n"))
        #expect(try run("plan", "--check").contains("is as"))
        let first = try arms()
        #expect(first.contains("B") && first.contains(nil))
        try declare(experiment("0.4 0.6"))
        #expect(try run("plan").contains("~ experiments x"))
        _ = try run("apply")
        #expect(try run("plan", "--check").contains("is as"))
        let second = try arms()
        #expect(!second.contains(nil))
        for (old, new) in zip(first, second) { #expect(old == nil || old == new) }
        let report = try JSONValue(
            parsing: run("show", "experiment", "-n", "x", "--json").trimmed)
        #expect(report["sampleRatio"]?["periods"] == 2 && report["crossed"] == 0)

        // While it runs its model stays.
        try declare(#"{"models": []}"#)
        #expect(try Program(["apply"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("stop the experiment 'x'"))
        #expect(try arms() == second)
        try declare(experiment("0.4 0.6", state: "stopped"))
        _ = try run("apply")
        #expect(try arms().allSatisfy { $0 == nil })
        #expect(try run("plan", "--check").contains("is as"))
        try declare(#"{"experiments": []}"#)
        _ = try run("apply")
        #expect(try run("list", "experiments").hasPrefix("none"))
        // What cannot be run changes nothing.
        try declare(experiment("0.5 0.6"))
        #expect(try Program(["apply"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("at most 1"))
    }

    @Test func `experiments that are declared are checked as those of the command`() throws {
        func declare(_ arm: String, _ event: String, names: [String] = ["x"]) throws {
            let experiments = names.map { name in
                """
                {"name": "\(name)", "arms": [{"name": "A", "share": 0.5}, {"name": "B", "share": 0.5\(arm)}],
                "metrics": {"primary": {"name": "m", "kind": "mean", "of": "\(event)"}}}
                """
            }
            try self.declare(
                """
                {"models": [{"name": "r", "version": "champion"}],
                "experiments": [\(experiments.joined(separator: ", "))]}
                """)
        }
        for (arm, event, reason) in [
            (#", "model": "r@champion""#, "clack", "there is no event 'clack'"),
            ("", "click", "nothing to compare"),
        ] {
            try declare(arm, event)
            for command in ["plan", "apply"] {
                let before = folder.text("errors.txt").count
                #expect(try Program([command], in: folder).exitStatus() == 1)
                let told = String(folder.text("errors.txt").dropFirst(before))
                #expect(told.contains(reason), "\(told)")
            }
        }
        try declare(#", "model": "r@champion""#, "click", names: ["x", "y"])
        _ = try run("apply")
        #expect(folder.text("errors.txt").contains("experiment 'x' runs on r too"))
        #expect(try run("plan", "--check").contains("is as"))
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
