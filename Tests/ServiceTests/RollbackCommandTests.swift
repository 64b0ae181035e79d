import JSON
import Testing

/// Going back and on between environments.
@Suite struct RollbackCommandTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try Program.run("create", "model", "-n", "r", "--kind", "rules", in: folder)
    }

    /// Trains a version that answers `intent` to a greeting; gives its name.
    private func train(_ intent: String) throws -> String {
        try folder.write(
            #"{"rules":[{"name":"a","intent":"\#(intent)","phrase":"hello"}]}"#,
            to: ".hunch/models/r/rules.json")
        try folder.write(
            #"{"text": "hello", "not": "nothing"}"#, to: ".hunch/models/r/tests.jsonl")
        let manifest = try run("train", "model", "-n", "r", "--json")
        return "r@" + (try #require(try JSONValue(parsing: manifest.trimmed)["version"]?.string))
    }

    private func live(_ environment: String = "dev") throws -> [String] {
        let text = folder.text(".hunch/environments/\(environment)/environment.json")
        let models = try JSONValue(parsing: text)["models"]?.array ?? []
        return models.map { "r@" + ($0["version"]?.string ?? "") }
    }

    @Test func `a rollback on the files goes back a version at a time, and says where`() throws {
        let versions = try ["one", "two", "three"].map(train)
        for version in versions { _ = try run("deploy", "model", "-n", version) }
        #expect(
            try run("rollback", "model", "-n", "r").contains(
                "\(versions[1]) in 'dev', in the files"))
        #expect(try live() == [versions[1]])
        let again = try run("rollback", "model", "-n", "r", "--json")
        let report = try JSONValue(parsing: again.trimmed)
        #expect(report["model"]?.string == versions[0] && report["live"] == false)
        #expect(report["previous"]?.string == versions[1])
        #expect(try refusal("rollback", "model", "-n", "r").contains("hunch list versions -n r"))
        #expect(
            try refusal("rollback", "model", "-n", "other").contains("is not deployed to 'dev'"))
        let history = try run("list", "deployments").split(separator: "\n")
        #expect(history.map { $0.contains("rollback") } == [true, true, false, false, false])
        #expect(history.allSatisfy { !$0.contains("command line") })
    }

    @Test func `a version that is deployed again is gone back from, on the files and a server`()
        throws
    {
        let versions = try ["one", "two"].map(train)
        for i in [0, 1, 0] { _ = try run("deploy", "model", "-n", versions[i]) }
        _ = try run("rollback", "model", "-n", "r")
        #expect(try live() == [versions[1]])
        let server = try TestServer(folder)
        _ = try run("rollback", "model", "-n", "r")
        #expect(try live() == [versions[0]])
        #expect(try refusal("rollback", "model", "-n", "r").contains("nothing of r was live"))
        for i in [1, 0] { _ = try run("deploy", "model", "-n", versions[i]) }
        _ = try run("rollback", "model", "-n", "r")
        #expect(try live() == [versions[1]])
        withExtendedLifetime(server) {}
    }

    @Test func `what stays live on other documents is told from what was replaced`() throws {
        let versions = try ["one", "two"].map(train)
        _ = try run("deploy", "model", "-n", versions[0])
        let words = ["deploy", "model", "-n", versions[1], "--documents"]
        #expect(try Program(words + [""], in: folder).exitStatus() == 2)
        #expect(try live() == [versions[0]])
        let report = try Program.run(words + ["support/*"], in: folder)
        #expect(report.contains("beside it: \(versions[0]) stays live on *"))
        #expect(!report.contains("before it") && !report.contains("to go back"))
        let next = try run("deploy", "model", "-n", versions[0], "--documents", "support/*")
        #expect(next.contains("before it: \(versions[1])") && !next.contains("beside it"))
    }

    @Test func `a rollback names the versions that were deleted in between`() throws {
        let versions = try ["one", "two", "three"].map(train)
        for version in versions { _ = try run("deploy", "model", "-n", version) }
        _ = try run("delete", "model", "-n", versions[1])
        let report = try run("rollback", "model", "-n", "r")
        #expect(report.contains("\(versions[1]) was deleted; back to \(versions[0])"))
        #expect(try live() == [versions[0]])
        _ = try run("deploy", "model", "-n", versions[2])
        _ = try run("delete", "model", "-n", versions[0])
        #expect(
            try refusal("rollback", "model", "-n", "r").contains("\(versions[0]) was deleted"))
    }

    @Test func `a rollback on a running server switches under open connections`() throws {
        let versions = try ["one", "two"].map(train)
        _ = try run("deploy", "model", "-n", versions[0])
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        func answer() throws -> JSONValue { try peer.ask(["type": "classify", "text": "hello"]) }
        _ = try run("deploy", "model", "-n", versions[1])
        #expect(try answer()["model"]?.string == versions[1])
        let report = try run("rollback", "model", "-n", "r")
        #expect(
            report.contains("on the running server") && report.contains("before it: \(versions[1])")
        )
        #expect(try answer()["model"]?.string == versions[0])
        #expect(try live() == [versions[0]])
        let history = try run("list", "deployments", "--json").split(separator: "\n")
        let people = try history.map { try JSONValue(parsing: String($0))["by"]?.string }
        #expect(Set(people).count == 1 && people[0] != "operator", "by whom, live and on files")
    }

    @Test func `a rollback asks no gate, neither on the files nor of a server`() throws {
        let versions = try ["one", "two"].map(train)
        for version in versions { _ = try run("deploy", "model", "-n", version) }
        try folder.write(
            #"{"text": "hello", "intent": "two"}"#, to: ".hunch/models/r/tests.jsonl")
        #expect(try refusal("test", "model", "-n", versions[0]).contains("fails 1 of 1"))
        _ = try run("rollback", "model", "-n", "r")
        #expect(try live() == [versions[0]])
        _ = try run("deploy", "model", "-n", versions[1])
        let server = try TestServer(folder)
        #expect(try run("rollback", "model", "-n", "r").contains("on the running server"))
        #expect(try live() == [versions[0]])
        withExtendedLifetime(server) {}
    }

    @Test func `production takes a version of a clean main branch from staging, and no other`()
        throws
    {
        for name in ["staging", "production"] { _ = try run("create", "env", "-n", name) }
        let version = try train("one")
        #expect(
            try refusal("deploy", "model", "-n", "r", "--env", "staging").contains("branch 'main'"))
        for words in [
            ["init", "-q", "-b", "main"], ["add", ".hunch/models"], ["commit", "-q", "-m", "r"],
        ] {
            let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
            #expect(try folder.shell(["git"] + identity + words) == 0)
        }
        #expect(try train("one") == version, "the same version, now from a commit")
        _ = try run("deploy", "model", "-n", "r", "--env", "staging")
        let promoted = try run(
            "promote", "model", "-n", "r", "--from", "staging", "--to", "production")
        #expect(promoted.contains("promoted \(version) from 'staging' to 'production'"))
        #expect(try live("production") == [version])

        let draft = try train("two")
        _ = try run("deploy", "model", "-n", draft, "--env", "staging", "--force", "a fire")
        let complaint = try refusal(
            "promote", "model", "-n", "r", "--from", "staging", "--to", "production")
        #expect(complaint.contains("clean tree of branch 'main'"))
        #expect(try live("production") == [version])
        _ = try run(
            "promote", "model", "-n", "r", "--from", "staging", "--to", "production", "--force",
            "the fire spreads")
        let history = try run("list", "deployments", "--env", "production")
        #expect(history.contains("forced the fire spreads"))
        _ = try run("rollback", "model", "-n", "r", "--env", "production")
        #expect(try live("production") == [version])
    }

    @Test
    func
        `a promotion reads the documents that the model reads there, or reads where it comes from`()
        throws
    {
        _ = try train("one")
        _ = try run("deploy", "model", "-n", "r", "--documents", "support/*")
        _ = try run("create", "env", "-n", "anna")
        _ = try run("promote", "model", "-n", "r", "--from", "dev", "--to", "anna")
        func documents() throws -> [JSONValue?] {
            let text = folder.text(".hunch/environments/anna/environment.json")
            return try #require(try JSONValue(parsing: text)["models"]?.array).map {
                $0["documents"]
            }
        }
        #expect(try documents() == ["support/*"])
        let next = try train("two")
        _ = try run("deploy", "model", "-n", next, "--documents", "sales/*")
        _ = try run("deploy", "model", "-n", next)
        _ = try run("promote", "model", "-n", "r", "--from", "dev", "--to", "anna")
        #expect(try documents() == ["support/*"] && live("anna") == [next])
        #expect(
            try refusal("promote", "model", "-n", "r", "--from", "dev", "--to", "dev", code: 2)
                .contains("the same"))
        #expect(
            try refusal("promote", "model", "-n", "x", "--from", "dev", "--to", "anna").contains(
                "hunch deploy"))
    }
}
