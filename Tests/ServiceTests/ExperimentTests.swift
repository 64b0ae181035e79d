import JSON
import Testing

/// Experiments on live traffic: who gets what, what is logged of it, how it ends.
@Suite struct ExperimentTests {
    func home() throws -> Folder {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        try folder.write("", to: ".hunch/models/articles/tests.jsonl")
        _ = try Program.run("deploy", "model", "-n", "articles", in: folder)
        return folder
    }

    /// Asks as a user; gives the arm, the list's name and its items.
    func ask(
        _ server: TestServer, as user: String
    ) throws -> (peer: Peer, arm: String?, list: JSONValue, items: [String]) {
        let peer = try Peer(server, user: user)
        let results = try peer.ask([
            "type": "recommend", "source": "editor", "query": "a refund for the delivery and login",
        ])
        let entry = try #require(results["results"]?.array?.first)
        let items = (entry["items"]?.array ?? []).compactMap { $0["item"]?.string }
        return (peer, results["arm"]?.string, entry["prediction"] ?? .null, items)
    }

    @Test func `arms are sticky, exposures are logged, a report is read, an arm is shipped`() throws
    {
        let folder = try home()
        let server = try TestServer(folder)
        let begun = try Program.run(
            "create", "experiment", "-n", "length", "--arms", "A,B=articles:limit=2", "--metric",
            "click/list", in: folder)
        #expect(begun.contains("on the running server"))

        var arms: [String: String] = [:]
        for number in 0..<40 {
            let user = "user\(number)"
            let (peer, arm, list, items) = try ask(server, as: user)
            let isShort = items.count == 2
            #expect(arm == (isShort ? "B" : "A") && items.count >= 2, "\(items)")
            arms[user] = arm
            let click: JSONValue = [
                "type": "interact", "recommendation": list, "item": .string(items[0]),
                "action": "click",
            ]
            #expect(try peer.ask(click)["type"] == "ok")
        }
        let count = arms.values.count { $0 == "B" }
        #expect((8...32).contains(count))

        // The same ones after a restart, and however often they ask.
        try server.killAndRestart()
        for number in [3, 17, 29] {
            #expect(try ask(server, as: "user\(number)").arm == arms["user\(number)"])
        }
        // Whoever gives no name is in no experiment by user.
        let unnamed = try Peer(server)
        try unnamed.send(["type": "hello", "protocol": 1])
        _ = try unnamed.expect("welcome")
        let answer = try unnamed.ask([
            "type": "recommend", "source": "editor", "query": "a refund for the delivery and login",
        ])
        #expect(answer["arm"] == nil && answer["results"]?.array?.count == 1)

        let report = try JSONValue(
            parsing: Program.run("show", "experiment", "-n", "length", "--json", in: folder).trimmed
        )
        let told = report.description
        #expect(told.contains("click/list"), "\(told)")
        let exposed = (report["arms"]?.array ?? []).compactMap { $0["units"]?.int }
        #expect(exposed.reduce(0, +) == 40 && exposed.last == count, "\(told)")

        let shipped = try Program.run(
            "stop", "experiment", "-n", "length", "--ship", "B", in: folder)
        #expect(shipped.contains("shipped B"))
        for number in 0..<6 {
            let (_, arm, _, items) = try ask(server, as: "user\(number)")
            #expect(arm == nil && items.count == 2)
        }
        _ = try Program.run("stop", "experiment", "-n", "length", in: folder)
        #expect(try ask(server, as: "user1").items.count > 2)
        #expect(try Program.run("list", "experiments", in: folder).contains("stopped"))

        // Another of that name begins with nobody, also of those who were in the first.
        _ = try Program.run(
            "create", "experiment", "-n", "length", "--arms", "A,B=articles:limit=2", "--metric",
            "click/list", in: folder)
        _ = try ask(server, as: "user1")
        let deadline = Deadline()
        var units = 0
        while units == 0, deadline.millisecondsLeft > 0 {
            let anew = try JSONValue(
                parsing: Program.run("show", "experiment", "-n", "length", "--json", in: folder)
                    .trimmed)
            units = (anew["arms"]?.array ?? []).compactMap { $0["units"]?.int }.reduce(0, +)
        }
        #expect(units == 1)
    }

    @Test func `an arm names its version for good, which is kept and has passed the gates`() throws
    {
        let folder = try home()
        let definition = folder.text(".hunch/models/articles/model.json")
        try folder.write(
            definition.replacing(#""limit": 4"#, with: #""limit": 3"#),
            to: ".hunch/models/articles/model.json")
        let trained = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        let version = try JSONValue(parsing: trained.trimmed)["version"]?.string ?? ""
        _ = try Program.run("tag", "model", "-n", "articles@\(version)", "short", in: folder)
        _ = try Program.run(
            "create", "experiment", "-n", "x", "--arms", "A,B=articles@short", "--metric", "click",
            in: folder)
        let file = folder.text(".hunch/environments/dev/environment.json")
        #expect(file.contains("articles@\(version)") && !file.contains("articles@short"))
        // What staging would not deploy it does not try on its users either.
        _ = try Program.run("create", "env", "-n", "staging", in: folder)
        for words in [
            ["delete", "model", "-n", "articles@\(version)"],
            [
                "create", "experiment", "-n", "x", "--arms", "A,B=articles@\(version)", "--metric",
                "click", "--env", "staging",
            ],
        ] {
            let program = try Program(words, in: folder)
            #expect(try program.exitStatus() == 1, "\(words)")
        }
        #expect(folder.text("errors.txt").contains("clean tree"))
    }

    @Test func `a version that is deployed, or gone back to, takes the place of a shipped arm`()
        throws
    {
        let folder = try home()
        let server = try TestServer(folder)
        let path = ".hunch/models/articles/model.json"
        func ship() throws {
            let words = ["A,B=articles:limit=2", "--metric", "click"]
            _ = try Program.run(
                ["create", "experiment", "-n", "length", "--arms"] + words, in: folder)
            _ = try Program.run("stop", "experiment", "-n", "length", "--ship", "B", in: folder)
            #expect(try ask(server, as: "Ada").items.count == 2)
        }
        try ship()
        // A rollback ends what was shipped, and no more: what is deployed goes on.
        let back = try Program.run("rollback", "model", "-n", "articles", in: folder)
        #expect(back.contains("what 'length' shipped"))
        #expect(try ask(server, as: "Ada").items.count == 4)
        try ship()
        try folder.write(
            folder.text(path).replacing(#""limit": 4"#, with: #""limit": 3"#), to: path)
        _ = try Program.run("train", "model", "-n", "articles", in: folder)
        let deployed = try Program.run("deploy", "model", "-n", "articles", in: folder)
        #expect(deployed.contains("'length' shipped"))
        #expect(try ask(server, as: "Ada").items.count == 3)
        #expect(try Program.run("list", "experiments", in: folder).contains("stopped"))
        #expect(folder.text(".hunch/environments/dev/experiments.jsonl").contains("stopped"))
        // One that runs comes before one that was shipped.
        try ship()
        _ = try Program.run(
            [
                "create", "experiment", "-n", "more", "--arms",
                "A=articles:limit=1,B=articles:limit=1",
            ]
                + ["--metric", "click"], in: folder)
        #expect(try ask(server, as: "Ada").items.count == 1)
    }

    @Test func `a change leaves an experiment ended, unless it says who takes part`() throws {
        let folder = try home()
        func change(_ words: String...) throws -> JSONValue {
            let words = ["create", "experiment", "-n", "x", "--json"] + words
            return try JSONValue(parsing: Program.run(words, in: folder).trimmed)
        }
        _ = try change("--arms", "A,B=articles:limit=2", "--metric", "click/impression")
        _ = try Program.run("stop", "experiment", "-n", "x", "--ship", "B", in: folder)
        let sliced = try change("--slice", "hour")
        #expect(sliced["state"] == "shipped" && sliced["shipped"] == "B")
        // A metric takes the place of one of another kind.
        let measured = try change("--metric", "conversion of click")
        #expect(measured["state"] == "shipped")
        #expect(measured["metrics"]?["primary"]?["kind"] == "conversion")
        #expect(try change("--metric", "click/list")["metrics"]?["primary"]?["per"] == "list")
        #expect(try change("--shares", "20%,20%")["state"] == "running")
    }

    /// What a command that fails says.
    func refusal(_ words: [String], _ folder: Folder, code: Int32 = 1) throws -> String {
        let before = folder.text("errors.txt").count
        #expect(try Program(words, in: folder).exitStatus() == code, "\(words)")
        return String(folder.text("errors.txt").dropFirst(before))
    }

    @Test func `one that runs takes no other arms, and counts only what is logged`() throws {
        let folder = try home()
        let create = ["create", "experiment", "-n", "x"]
        let arms = ["--arms", "A,B=articles:limit=2"]
        for metric in [
            ["--metric", "clack/lust"], ["--metric", "bogus"],
            ["--metric", "click", "--guardrail", "bogus/answer"],
        ] {
            let told = try refusal(create + arms + metric, folder, code: 2)
            #expect(told.contains("there is no event") && told.contains("impression"), "\(told)")
        }
        let layer = ["--metric", "click", "--layer", "ui:50%-20%"]
        #expect(try refusal(create + arms + layer, folder, code: 2).contains("20%-50%"))
        let all = ["--metric", "click/list", "--guardrail", "latency/answer", "--slice", "hour"]
        _ = try Program.run(create + arms + all, in: folder)
        let changed = try Program.run(create + ["--traffic", "50%"], in: folder)
        #expect(changed.contains("'x' changed in 'dev'"))
        let again = try refusal(create + arms + ["--metric", "click"], folder)
        #expect(again.contains("hunch stop experiment -n x"))
        let known = try Program.run("list", "experiments", "--json", in: folder)
        #expect(known.contains("latency") && known.contains("hour"))
    }

    @Test func `one that was stopped pins no version, and is deleted, by a server or without`()
        throws
    {
        let folder = try home()
        let path = ".hunch/models/articles/model.json"
        try folder.write(
            folder.text(path).replacing(#""limit": 4"#, with: #""limit": 3"#), to: path)
        let trained = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        let version = try JSONValue(parsing: trained.trimmed)["version"]?.string ?? ""
        let words = ["--arms", "A,B=articles@\(version)", "--metric", "click"]
        for name in ["x", "y"] {
            _ = try Program.run(["create", "experiment", "-n", name] + words, in: folder)
        }
        // Who is in the one is not in the other: that is told of.
        #expect(folder.text("errors.txt").contains("experiment 'x' runs on articles too"))
        let deletion = ["delete", "experiment", "-n"]
        #expect(try refusal(deletion + ["x"], folder).contains("hunch stop experiment -n x"))
        for name in ["x", "y"] {
            _ = try Program.run("stop", "experiment", "-n", name, in: folder)
        }
        _ = try Program.run("delete", "model", "-n", "articles@\(version)", in: folder)
        _ = try Program.run("stop", "experiment", "-n", "x", in: folder)
        _ = try Program.run(deletion + ["y"], in: folder)
        let server = try TestServer(folder)
        let told = try refusal(deletion + ["y"], folder)
        #expect(told.contains("no experiment 'y'") && !told.contains("version"), "\(told)")
        let deleted = try Program.run(deletion + ["x"], in: folder)
        #expect(deleted.contains("on the running server"))
        #expect(try Program.run("list", "experiments", in: folder).hasPrefix("none"))
        #expect(try ask(server, as: "Ada").arm == nil)
    }

    @Test func `the actions that a recommender of an arm counts are counted here, too`() throws {
        let folder = try home()
        let path = ".hunch/models/articles/model.json"
        let create = ["create", "experiment", "-n", "x", "--metric", "copy/list", "--arms"]
        #expect(try refusal(create + ["A,B=articles:limit=2"], folder, code: 2).contains("'copy'"))
        try folder.write(
            folder.text(path).replacing("dismiss / impression", with: "copy / impression"), to: path
        )
        let trained = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        let version = try JSONValue(parsing: trained.trimmed)["version"]?.string ?? ""
        _ = try Program.run(create + ["A,B=articles@\(version)"], in: folder)
    }

    @Test func `settings are tried of recommenders only`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "desk", "--kind", "rules", in: folder)
        _ = try Program.run("deploy", "model", "-n", "desk", in: folder)
        let words = ["--arms", "A,B=desk:limit=2", "--metric", "click"]
        let told = try refusal(["create", "experiment", "-n", "x"] + words, folder)
        #expect(told.contains("recommenders") && told.contains("rules"), "\(told)")
    }

    @Test(arguments: [false, true])
    func `an experiment that cannot be run is refused, and nothing changes`(isLive: Bool) throws {
        let folder = try home()
        _ = try Program.run("create", "model", "-n", "other", "--kind", "ranker", in: folder)
        let trained = try Program.run("train", "model", "-n", "other", "--json", in: folder)
        let other = "other@" + (try JSONValue(parsing: trained.trimmed)["version"]?.string ?? "")
        let server = isLive ? try TestServer(folder) : nil
        // Which settings a recommender can have knows only who loads it.
        let settings = isLive ? [("A,B=articles:limit=0", "limit")] : []
        for (arms, complaint) in [
            ("A,B=nobody@abc", "nobody"), ("A,B", "compare"), ("A,B=\(other)", "not deployed"),
            ("A,B=articles:limit=2,C=\(other)", "several models"),
        ] + settings {
            let words = ["create", "experiment", "-n", "x", "--arms", arms, "--metric", "click"]
            let told = try refusal(words, folder)
            #expect(told.contains(complaint), "\(told)")
        }
        for arms in ["A,=", "A,=articles@1", "A,B="] {
            let words = ["create", "experiment", "-n", "x", "--arms", arms, "--metric", "click"]
            #expect(try refusal(words, folder, code: 2).contains("is no arm"))
        }
        if let server { #expect(try ask(server, as: "Ada").arm == nil) }
        #expect(try Program.run("list", "experiments", in: folder).hasPrefix("none"))
    }
}
