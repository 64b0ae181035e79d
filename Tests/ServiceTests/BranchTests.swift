import JSON
import Registry
import Testing

/// Models that are live on branches of git, beside the one that all others get.
@Suite struct BranchTests: CommandSuite {
    let folder: Folder

    /// A home whose rules say "greeting" to hello on main, "welcome" on feature/x and "hi" on y.
    init() throws {
        folder = try Folder()
        try git("init", "-q", "-b", "main", ".")
        _ = try Program.run("create", "model", "-n", "words", "--kind", "rules", in: folder)
        try folder.write("", to: ".hunch/models/words/tests.jsonl")
        _ = try train("greeting", on: "main")
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        _ = try train("welcome", on: "feature/x")
        _ = try train("hi", on: "y")
    }

    func git(_ words: String...) throws {
        let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        try #require(try folder.shell(["git"] + identity + words) == 0, "git \(words)")
    }

    /// Trains a version on a branch; gives its name.
    private func train(_ intent: String, on branch: String) throws -> String {
        try git("checkout", "-q", "-B", branch)
        let rules: JSONValue = [
            "format": 1,
            "rules": [["name": "one", "intent": .string(intent), "phrase": ["hello"]]],
        ]
        try folder.write(rules.description, to: ".hunch/models/words/rules.json")
        try git("add", ".hunch/models")
        try git("commit", "-q", "-m", intent)
        let trained = try run("train", "model", "-n", "words", "--json")
        return "words@" + (try JSONValue(parsing: trained.trimmed)["version"]?.string ?? "")
    }

    func open(_ peer: Peer, _ document: String = "a/shared") throws {
        _ = try peer.ask(["type": "open", "doc": .string(document)])
    }

    /// What the next results on a document say of its first block that is new.
    private func pushed(_ peer: Peer) throws -> String? {
        try peer.expect("results", kind: "intent")["results"]?.array?.first?["intent"]?.string
    }

    private func asked(_ peer: Peer, model: String? = nil) throws -> String? {
        var question: JSONValue = ["type": "classify", "text": "hello"]
        if let model { question = question.adding("model", .string(model)) }
        return try peer.ask(question)["results"]?.array?.first?["intent"]?.string
    }

    /// How many texts a model for a branch, or without one, has answered.
    private func answers(_ peer: Peer, on branch: String?) throws -> Int {
        let deployments = try peer.ask(["type": "status"])["deployments"]?.array ?? []
        return deployments.first { $0["branch"]?.string == branch }?["answers"]?.int ?? 0
    }

    @Test(arguments: [1, 2])
    func `each who has a document open is answered by the branch it asks for`(shards: Int) throws {
        _ = try run("deploy", "model", "-n", "words@feature/x")
        let server = try TestServer(folder, "--shards", "\(shards)")
        // On the running server as on the files.
        #expect(try run("deploy", "model", "-n", "words@y").contains("for branch 'y', on the run"))
        let branches = [nil, "feature/x", "y"]
        let peers = try branches.map { try Peer(server, user: "Ada", branch: $0) }
        for peer in peers { try open(peer) }
        _ = try peers[0].ask(edit("a/shared", base: 0, sequence: 1, at: 0, "hello there"))
        let intents = ["greeting", "welcome", "hi"]
        for (peer, intent) in zip(peers, intents) {
            #expect(try pushed(peer) == intent)
            #expect(try asked(peer) == intent)
            #expect(try asked(peer, model: "words") == intent)
            // Nobody hears of another branch.
            #expect(!peer.takeAll().contains { $0["type"] == "results" })
        }
        #expect(try asked(peers[0], model: "words@y") == "hi")
        // Who comes later gets what its branch has said already.
        let late = try Peer(server, user: "Bob", branch: "y")
        try open(late)
        #expect(try pushed(late) == "hi")
        #expect(try server.get("/metrics").body.contains(#",branch="feature/x"} 1"#))
    }

    @Test func `a branch reads a document while somebody asks for it, and no longer`() throws {
        _ = try run("deploy", "model", "-n", "words@y")
        let server = try TestServer(folder)
        let ada = try Peer(server, user: "Ada")
        try open(ada)
        _ = try ada.ask(edit("a/shared", base: 0, sequence: 1, at: 0, "hello"))
        #expect(try pushed(ada) == "greeting")
        #expect(try answers(ada, on: "y") == 0)
        let bob = try Peer(server, user: "Bob", branch: "y")
        try open(bob)
        #expect(try pushed(bob) == "hi")
        #expect(try answers(ada, on: "y") == 1)
        _ = try bob.ask(["type": "close", "doc": "a/shared"])
        _ = try ada.ask(edit("a/shared", base: 1, sequence: 2, at: 5, "\nhello"))
        #expect(try pushed(ada) == "greeting")
        #expect(try answers(ada, on: "y") == 1 && answers(ada, on: nil) == 2)
    }

    @Test func `an unknown branch is refused with the names of those that are live`() throws {
        _ = try run("deploy", "model", "-n", "words@feature/x")
        let server = try TestServer(folder)
        let peer = try Peer(server)
        try peer.send(["type": "hello", "id": 1, "protocol": 1, "branch": "y"])
        let error = try peer.reply(to: 1)
        #expect(error["code"] == "unknown_branch")
        #expect(error["message"]?.string?.contains("live: feature/x") == true)
        try peer.send(["type": "hello", "id": 2, "protocol": 1])
        #expect(try peer.reply(to: 2)["type"] == "welcome")
        #expect(try asked(peer) == "greeting")
    }

    @Test func `a swap on a branch is no matter of the others`() throws {
        _ = try run("deploy", "model", "-n", "words@y")
        let server = try TestServer(folder)
        let (ada, bob) = (
            try Peer(server, user: "Ada"), try Peer(server, user: "Bob", branch: "y")
        )
        for peer in [ada, bob] { try open(peer) }
        _ = try ada.ask(edit("a/shared", base: 0, sequence: 1, at: 0, "hello"))
        #expect(try pushed(ada) == "greeting" && pushed(bob) == "hi")
        _ = try train("cheers", on: "y")
        _ = try run("deploy", "model", "-n", "words@y", "--why", "less stiff")
        #expect(try pushed(bob) == "cheers")
        #expect(try run("rollback", "model", "-n", "words@y", "--why", "too loose").contains("'y'"))
        #expect(try pushed(bob) == "hi")
        _ = try ada.ask(["type": "ping"])
        #expect(!ada.takeAll().contains { $0["type"] == "results" })
        #expect(try asked(ada) == "greeting")
        let history = try run("list", "deployments", "-n", "words@y").split(separator: "\n")
        #expect(history.count == 3 && history.allSatisfy { $0.contains("branch y") })
        #expect(history[0].contains("rollback") && history[0].contains("why too loose"))
        #expect(history[1].contains("why less stiff"))
        // And the other way round.
        _ = try train("good day", on: "main")
        _ = try run("deploy", "model", "-n", "words")
        #expect(try pushed(ada) == "good day")
        _ = try bob.ask(["type": "ping"])
        #expect(!bob.takeAll().contains { $0["type"] == "results" })
    }

    @Test func `who asks for a branch that is withdrawn is told, and answered as all others`()
        throws
    {
        _ = try run("deploy", "model", "-n", "words@y")
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["deploy"]])
        let bob = try Peer(server, user: "Bob", branch: "y")
        try open(bob)
        _ = try bob.ask(edit("a/shared", base: 0, sequence: 1, at: 0, "hello"))
        #expect(try pushed(bob) == "hi")
        #expect(try run("withdraw", "model", "-n", "words@y").contains("on the running server"))
        #expect(try bob.expect("error")["code"] == "unknown_branch")
        #expect(try pushed(bob) == "greeting" && asked(bob) == "greeting")
        let event = try control.expect("event")
        #expect(event["branch"] == "y" && event["removed"] == true)
        // Should it come back, it is what was asked for.
        _ = try run("deploy", "model", "-n", "words@y")
        #expect(try pushed(bob) == "hi" && asked(bob) == "hi")
        #expect(try refusal("withdraw", "model", "-n", "words", code: 2).contains("NAME@BRANCH"))
        #expect(try refusal("withdraw", "model", "-n", "words@z").contains("is not deployed"))
    }

    @Test func `branches outlive a restart, and a plan after apply is empty`() throws {
        #expect(try folder.shell(["mkdir", "environments"]) == 0)
        let declaration = """
            {"models": [{"name": "words", "version": "main"},
                        {"name": "words", "version": "y", "branch": "y", "documents": "a/*"}]}
            """
        try folder.write(declaration, to: "environments/dev.json")
        let server = try TestServer(folder)
        #expect(try run("plan").contains("+ model words@y on a/*"))
        _ = try run("apply")
        #expect(try run("plan", "--check").contains("is as"))
        try server.killAndRestart()
        #expect(try run("plan", "--check").contains("is as"))
        let bob = try Peer(server, user: "Bob", branch: "y")
        try open(bob)
        try open(bob, "b/other")
        for document in ["a/shared", "b/other"] {
            _ = try bob.ask(edit(document, base: 0, sequence: 1, at: 0, "hello"))
        }
        // The branch reads only what it was declared for.
        let results = try ["a/shared", "b/other"].map { document in
            try bob.first { $0["type"] == "results" && $0["doc"]?.string == document }
        }
        let intents = results.map { $0["results"]?.array?.first?["intent"]?.string }
        #expect(intents == ["hi", "greeting"])
    }

    @Test func `staging and production refuse a branch and say what to do`() throws {
        _ = try run("create", "env", "-n", "staging")
        let complaint = try refusal("deploy", "model", "-n", "words@y", "--env", "staging")
        #expect(complaint.contains("merge it into 'main'") && complaint.contains("--env dev"))
        #expect(!folder.text(".hunch/environments/staging/environment.json").contains("words"))
        let server = try TestServer(folder, "--env", "staging")
        let control = try Peer(server, over: .control, user: "operator")
        let refused = try control.ask(["type": "deploy", "model": "words", "branch": "y"])
        #expect(refused["code"] == "deploy_failed")
        #expect(refused["message"]?.string?.contains("merge it into 'main'") == true)
    }

    @Test func `the list of environments tells where servers run and what is live`() throws {
        _ = try run("deploy", "model", "-n", "words@y")
        _ = try run("create", "env", "-n", "anna", "--from", "dev")
        let server = try TestServer(folder)
        let rows = try run("list", "envs", "--json").split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        #expect(rows.map { $0["env"] } == ["anna", "dev"])
        #expect(rows.map { $0["server"] } == ["none", "running"])
        #expect(rows[0]["port"] == 7778 && rows[1]["port"]?.int == server.port)
        #expect(rows.allSatisfy { $0["models"]?.array?.map { $0["branch"] } == [.null, "y"] })
        #expect(try run("list", "envs").contains("for branch 'y'"))
    }

    @Test func `recommenders are live on branches too, and learn from each other`() throws {
        let folder = try RecommendationTests.home()
        let model = ".hunch/models/notes/model.json"
        let long = try JSONValue(parsing: folder.text(model)).object ?? []
        let short = long.filter { $0.key != "limit" } + [(key: "limit", value: 2)]
        try folder.write(JSONValue.object(short).description, to: model)
        let trained = try Program.run("train", "model", "-n", "notes", "--json", in: folder)
        let version = try JSONValue(parsing: trained.trimmed)["version"]?.string ?? ""
        try Registry(home: folder.path + "/.hunch").record(
            Lineage(
                time: 1, by: "ada", tool: "hunch",
                revision: .init(
                    commit: "c", branch: "short", isClean: true), files: [], definition: [:]),
            of: ModelReference(name: "notes", version: version))
        let server = try TestServer(folder)
        _ = try Program.run("deploy", "model", "-n", "notes@short", in: folder)
        let branches = [nil, "short"]
        let peers = try branches.map { try Peer(server, user: "Ada", branch: $0) }
        for peer in peers { try open(peer) }
        _ = try peers[0].ask(edit("a/shared", base: 0, sequence: 1, at: 0, "invoice"))
        for (peer, count) in zip(peers, [4, 2]) {
            let list = try peer.expect("results", kind: "recommendations")["results"]?.array?.first
            #expect(list?["items"]?.array?.count == count)
            let asked = try peer.ask(["type": "recommend", "source": "sidebar", "query": "invoice"])
            let entry = asked["results"]?.array?.first
            #expect(entry?["items"]?.array?.count == count)
            let chosen = try peer.ask([
                "type": "interact", "recommendation": entry?["prediction"] ?? .null,
                "item": entry?["items"]?.array?.last?["item"] ?? .null, "action": "click",
            ])
            #expect(chosen["type"] == "ok")
        }
        // What people did with the lists of one is known to the other, as after a restart.
        func first() throws -> [String?] {
            try branches.map { branch in
                let peer = try Peer(server, user: "Eve", branch: branch)
                let asked = try peer.ask(["type": "recommend", "source": "editor"])
                return asked["results"]?.array?.first?["items"]?.array?.first?["item"]?.string
            }
        }
        let before = try first()
        #expect(before[0] != nil && before[0] == before[1])
        try server.killAndRestart()
        #expect(try first() == before)
    }
}
