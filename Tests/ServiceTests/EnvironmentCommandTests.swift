import JSON
import Testing

@Suite struct EnvironmentCommandTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
        _ = try Program.run("create", "model", "-n", "r", "--kind", "rules", in: folder)
        _ = try Program.run("deploy", "model", "-n", "r", in: folder)
    }

    private func environment(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: folder.text(".hunch/environments/\(name)/environment.json"))
    }

    @Test func `an environment begins as another is, with ports and tokens of its own`() throws {
        try folder.setEnvironment("keys", to: [["token": "secret", "role": "operator"]])
        try folder.setEnvironment("limits", to: ["history": 7])
        _ = try run("create", "env", "-n", "anna", "--from", "dev")
        _ = try run("create", "env", "-n", "bob", "--from", "anna")
        let (dev, anna, bob) = (
            try environment("dev"), try environment("anna"), try environment("bob")
        )
        #expect(anna["models"] == dev["models"] && anna["limits"] == dev["limits"])
        #expect(anna["port"] == 7778 && bob["port"] == 7779)
        let tokens = [dev, anna, bob].map { $0["keys"]?.array?[0]["token"]?.string }
        #expect(Set(tokens).count == 3 && tokens[0] == "secret")
        #expect(anna["keys"]?.array?[0]["role"] == "operator")
        #expect(try refusal("create", "env", "-n", "anna").contains("is there already"))
    }

    @Test func `what an environment tries or does by itself is not begun in another`() throws {
        try folder.setEnvironment("schedules", to: ["r": "every 28d"])
        let version = try environment("dev")["models"]?.array?[0]["version"]?.string ?? ""
        _ = try run(
            "create", "experiment", "-n", "x", "--arms", "A,B=r@\(version)", "--metric", "click")
        #expect(try environment("dev")["experiments"]?.array?.count == 1)
        _ = try run("create", "env", "-n", "anna", "--from", "dev")
        let anna = try environment("anna")
        #expect(anna["experiments"]?.array?.isEmpty != false && anna["schedules"]?["r"] == nil)
        #expect(try anna["models"] == environment("dev")["models"])
    }

    @Test func `nothing that is done in one environment is seen in another`() throws {
        _ = try run("create", "env", "-n", "anna", "--from", "dev")
        let before = try environment("anna")
        let rules = #"{"rules":[{"name":"a","intent":"b","phrase":"c"}]}"#
        try folder.write(rules, to: ".hunch/models/r/rules.json")
        try folder.write("", to: ".hunch/models/r/tests.jsonl")
        _ = try run("train", "model", "-n", "r")
        _ = try run("deploy", "model", "-n", "r", "--documents", "x/*")
        #expect(try environment("anna") == before)
        #expect(try run("list", "deployments", "--env", "anna").split(separator: "\n").count == 1)
        #expect(try run("list", "deployments").split(separator: "\n").count == 2)
        let both = try ["dev", "anna"].map { try TestServer(folder, "--env", $0) }
        let peer = try Peer(both[0], user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "my/notes"])
        _ = try peer.ask(edit("my/notes", base: 0, sequence: 1, at: 0, "real person"))
        let other = try Peer(both[1], user: "Bob")
        let opened = try other.ask(["type": "open", "doc": "my/notes"])
        #expect(opened["revision"] == 0, "the document of the same name is another: \(opened)")
    }

    @Test func `an environment is not deleted under its server`() throws {
        let server = try TestServer(folder)
        #expect(try refusal("delete", "env", "-n", "dev").contains("stop it first"))
        #expect(try server.get("/v2/health/ready").status == 200)
        server.terminate()
        #expect(try server.exitStatus() == 0)
        _ = try run("delete", "env", "-n", "dev")
        #expect(try run("list", "envs").isEmpty)
        #expect(try refusal("delete", "env", "-n", "dev").contains("hunch create env -n dev"))
    }

    @Test func `a load test finds the server by its environment, unless it is told where`() throws {
        _ = try run("create", "env", "-n", "anna", "--from", "dev")
        let server = try TestServer(folder, "--env", "anna")
        let load = [
            "load", "--connections", "2", "--documents", "1", "--rate", "20", "--duration", "1",
        ]
        let report = try Program.run(load + ["--env", "anna", "--json"], in: folder)
        #expect(try JSONValue(parsing: report.trimmed)["flawless"] == true)
        // The file of settings goes before what the environment says, the flag before the file.
        try folder.write(#"{"env": "anna"}"#, to: "hunch.json")
        _ = try Program.run(load, in: folder)
        try folder.write(#"{"env": "anna", "port": 1}"#, to: "hunch.json")
        #expect(try Program(load, in: folder).exitStatus() == 1)
        _ = try Program.run(load + ["--port", "\(server.port)"], in: folder)
        try folder.write("{}", to: "hunch.json")
        #expect(try Program(load + ["--env", "nobody"], in: folder).exitStatus() == 2)
    }

    @Test func `a file that cannot be read is told of, and stands in nobody's way`() throws {
        _ = try run("create", "env", "-n", "broken")
        let file = ".hunch/environments/broken/environment.json"
        try folder.write(#"{"modles": []}"#, to: file)
        let told = { [folder] in folder.text("errors.txt").contains("'modles'") }
        let envs = try run("list", "envs")
        #expect(envs.hasPrefix("dev") && !envs.contains("broken") && told())
        #expect(try run("list", "versions", "-n", "r").contains("dev"))
        #expect(try run("show", "model", "-n", "r").contains("dev"))
        _ = try run("create", "env", "-n", "fine")
        #expect(try refusal("gc").contains("nothing is deleted"))
        #expect(try refusal("serve", "--env", "broken").contains("'modles'"))
        try folder.write(#"{"modles": [], "protected": true}"#, to: file)
        #expect(try refusal("delete", "env", "-n", "broken").contains("protected"))
        try folder.write("{", to: file)
        _ = try run("delete", "env", "-n", "broken")
        _ = try run("gc")
    }

    @Test func `an environment that nobody created is no place to deploy to`() throws {
        let complaint = try refusal("deploy", "model", "-n", "r", "--env", "prodution")
        #expect(complaint.contains("hunch create env -n prodution"))
        #expect(try refusal("serve", "--env", "prodution").contains("hunch create env"))
        #expect(try run("list", "envs").split(separator: "\n").count == 1)
    }

    @Test func `production begins without models and says how they come in`() throws {
        let created = try run("create", "env", "-n", "production", "--from", "dev")
        #expect(created.contains("hunch promote model -n r --from dev --to production"))
        #expect(try environment("production")["models"] == [])
        #expect(try environment("production")["protected"] == true)
    }

    @Test func `the history tells what was live at a time`() throws {
        let now = try run("list", "deployments", "--at", "2999-01-01T12:00Z", "--json")
        #expect(try JSONValue(parsing: now.trimmed)["documents"] == "*")
        #expect(try run("list", "deployments", "--at", "2001-01-01").contains("nothing was live"))
        let words = ["list", "deployments", "--at", "yesterday"]
        #expect(try Program(words, in: folder).exitStatus() == 2)
    }
}
