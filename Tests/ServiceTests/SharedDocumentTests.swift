import JSON
import Reactor
import Testing

/// Experiments on people who have one document open: each sees what its own arm says.
@Suite struct SharedDocumentTests {
    /// A home whose rules say "greeting" to hello, and the name of a version that says "welcome".
    private func home() throws -> (folder: Folder, other: String) {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "words", "--kind", "rules", in: folder)
        try folder.write("", to: ".hunch/models/words/tests.jsonl")
        _ = try train("greeting", folder)
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        return (folder, try train("welcome", folder))
    }

    private func train(_ intent: String, _ folder: Folder) throws -> String {
        let rules: JSONValue = [
            "format": 1,
            "rules": [["name": "one", "intent": .string(intent), "phrase": ["hello"]]],
        ]
        try folder.write(rules.description, to: ".hunch/models/words/rules.json")
        let trained = try Program.run("train", "model", "-n", "words", "--json", in: folder)
        return "words@" + (try JSONValue(parsing: trained.trimmed)["version"]?.string ?? "")
    }

    /// What the next results say: the arm, and the intent of their first entry.
    private func answer(to peer: Peer) throws -> (arm: String?, intent: String?) {
        let results = try peer.expect("results", kind: "intent")
        return (results["arm"]?.string, results["results"]?.array?.first?["intent"]?.string)
    }

    /// How many units each arm has, once there are `total`: what is logged unasked is on disk a moment later.
    private func units(_ experiment: String, _ folder: Folder, of total: Int) throws -> [Int] {
        let deadline = Deadline()
        while true {
            let report = try JSONValue(
                parsing: Program.run("show", "experiment", "-n", experiment, "--json", in: folder)
                    .trimmed)
            let units = (report["arms"]?.array ?? []).compactMap { $0["units"]?.int }
            if units.reduce(0, +) >= total || deadline.millisecondsLeft == 0 { return units }
        }
    }

    private static let intents = ["A": "greeting", "B": "welcome"]

    @Test(arguments: ["user", "session"])
    func `each who has a document open is answered by its arm`(unit: String) throws {
        let (folder, other) = try home()
        let server = try TestServer(folder)
        _ = try Program.run(
            "create", "experiment", "-n", "words", "--unit", unit, "--arms", "A,B=\(other)",
            "--metric", "click", in: folder)
        let peers = try (0..<20).map { try Peer(server, user: "user\($0)") }
        for peer in peers { _ = try peer.ask(["type": "open", "doc": "a/shared"]) }
        #expect(try units("words", folder, of: 0) == [0, 0])
        _ = try peers[0].ask(edit("a/shared", base: 0, sequence: 1, at: 0, "hello there"))
        var arms: [String?] = []
        for peer in peers {
            let (arm, intent) = try answer(to: peer)
            #expect(intent != nil && intent == Self.intents[arm ?? ""])
            let asked = try peer.ask(["type": "classify", "text": "hello"])
            if unit == "user" { #expect(asked["arm"]?.string == arm) }
            arms.append(arm)
        }
        let counts = ["A", "B"].map { name in arms.count { $0 == name } }
        #expect(counts[0] > 0 && counts[1] > 0 && counts[0] + counts[1] == 20)
        #expect(try units("words", folder, of: counts.reduce(0, +)) == counts)
        // Nobody hears of another arm.
        for peer in peers {
            #expect(!peer.takeAll().contains { $0["type"] == "results" })
        }
    }

    @Test func `who comes later sees what its arm has said, and a version without readers rests`()
        throws
    {
        let (folder, other) = try home()
        let server = try TestServer(folder)
        _ = try Program.run(
            "create", "experiment", "-n", "words", "--arms", "A,B=\(other)", "--metric", "click",
            in: folder)
        // Whose arm is which is learned elsewhere.
        var users: [String: [String]] = [:]
        for number in 0..<16 {
            let peer = try Peer(server, user: "user\(number)")
            let arm = try peer.ask(["type": "classify", "text": "hello"])["arm"]?.string ?? ""
            users[arm, default: []].append("user\(number)")
        }
        let control = try Peer(server, user: try #require(users["A"]?.first))
        _ = try control.ask(["type": "open", "doc": "a/later"])
        _ = try control.ask(edit("a/later", base: 0, sequence: 1, at: 0, "hello"))
        #expect(try answer(to: control) == ("A", "greeting"))
        let before = try answers(of: other, control)
        let treated = try Peer(server, user: try #require(users["B"]?.first))
        _ = try treated.ask(["type": "open", "doc": "a/later"])
        #expect(try answer(to: treated) == ("B", "welcome"))
        #expect(try answers(of: other, control) == before + 1)
        _ = try treated.ask(["type": "close", "doc": "a/later"])
        _ = try control.ask(edit("a/later", base: 1, sequence: 2, at: 5, "\nhello"))
        #expect(try answer(to: control) == ("A", "greeting"))
        #expect(try answers(of: other, control) == before + 1)
        // Who comes from the control's arm again finds all of it.
        let third = try Peer(server, user: try #require(users["A"]?.last))
        _ = try third.ask(["type": "open", "doc": "a/later"])
        let all = try third.expect("results", kind: "intent")
        #expect(all["arm"] == "A" && all["results"]?.array?.count == 2)
    }

    @Test func `lists are pushed as each one's arm makes them, and what is done with them counts`()
        throws
    {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        try folder.write("", to: ".hunch/models/articles/tests.jsonl")
        _ = try Program.run("deploy", "model", "-n", "articles", in: folder)
        let server = try TestServer(folder)
        _ = try Program.run(
            "create", "experiment", "-n", "length", "--arms", "A,B=articles:limit=2", "--metric",
            "click/list", in: folder)
        let peers = try (0..<12).map { try Peer(server, user: "user\($0)") }
        for peer in peers { _ = try peer.ask(["type": "open", "doc": "a/lists"]) }
        let text = "a refund for the delivery and login"
        _ = try peers[0].ask(edit("a/lists", base: 0, sequence: 1, at: 0, text))
        var counts: [String: Int] = [:]
        for peer in peers {
            let results = try peer.expect("results", kind: "recommendations")
            let entry = try #require(results["results"]?.array?.first)
            let items = entry["items"]?.array ?? []
            let arm = results["arm"]?.string ?? ""
            counts[arm, default: 0] += 1
            #expect(arm == (items.count == 2 ? "B" : "A") && items.count >= 2)
            #expect(results["model"]?.string?.contains("~length.B") == (arm == "B"))
            let click: JSONValue = [
                "type": "interact", "recommendation": entry["prediction"] ?? .null,
                "item": items.first?["item"] ?? .null, "action": "click",
            ]
            #expect(try peer.ask(click)["type"] == "ok")
            #expect(try peer.ask(click)["type"] == "ok")
        }
        let expected = [counts["A"] ?? 0, counts["B"] ?? 0]
        #expect(expected[0] > 0 && expected[1] > 0 && expected[0] + expected[1] == 12)
        #expect(try units("length", folder, of: 12) == expected)
        // Each has seen its list once, and has clicked on it once.
        let shown = try Program.run("show", "experiment", "-n", "length", "--json", in: folder)
        let metric = try JSONValue(parsing: shown.trimmed)["metrics"]?.array?.first
        #expect(metric?["control"] == 1, "\(shown)")
        #expect(metric?["treatments"]?.array?.first?["value"] == 1)
    }

    @Test func `lists that were there before an experiment expose nobody, the next ones all`()
        throws
    {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        try folder.write("", to: ".hunch/models/articles/tests.jsonl")
        _ = try Program.run("deploy", "model", "-n", "articles", in: folder)
        let server = try TestServer(folder)
        let peers = try (0..<12).map { try Peer(server, user: "user\($0)") }
        for peer in peers { _ = try peer.ask(["type": "open", "doc": "a/lists"]) }
        let text = "a refund for the delivery"
        _ = try peers[0].ask(edit("a/lists", base: 0, sequence: 1, at: 0, text))
        for peer in peers { _ = try peer.expect("results", kind: "recommendations") }
        _ = try Program.run(
            "create", "experiment", "-n", "length", "--arms", "A,B=articles:limit=2", "--metric",
            "click/list", in: folder)
        // Whoever comes now finds them, too.
        let late = try Peer(server, user: "user0")
        _ = try late.ask(["type": "open", "doc": "a/lists"])
        #expect(try units("length", folder, of: 0) == [0, 0])
        _ = try peers[0].ask(edit("a/lists", base: 1, sequence: 2, at: text.count, " and login"))
        let counts = try units("length", folder, of: 12)
        #expect(counts.allSatisfy { $0 > 0 } && counts.reduce(0, +) == 12)
    }

    @Test func `an experiment begins at its time for those who have a document open`() throws {
        let (folder, other) = try home()
        let server = try TestServer(folder)
        let peers = try (0..<10).map { try Peer(server, user: "user\($0)") }
        for peer in peers { _ = try peer.ask(["type": "open", "doc": "a/open"]) }
        _ = try peers[0].ask(edit("a/open", base: 0, sequence: 1, at: 0, "hello"))
        for peer in peers { #expect(try answer(to: peer) == (nil, "greeting")) }
        let start = Double(wallClockMicroseconds()) / 1e6 + 0.5
        let definition: JSONValue = [
            "name": "words", "start": .number(start),
            "arms": [
                ["name": "A", "share": 0],
                ["name": "B", "share": 1, "model": .string(other)],
            ],
            "metrics": ["primary": ["name": "m", "kind": "mean", "of": "click"]],
        ]
        try folder.write(definition.description, to: "words.json")
        _ = try Program.run("create", "experiment", "-f", "words.json", in: folder)
        for peer in peers { #expect(try answer(to: peer) == ("B", "welcome")) }
    }

    /// How many texts a version has answered.
    private func answers(of version: String, _ peer: Peer) throws -> Int {
        let status = try peer.ask(["type": "status"])
        let deployment = status["deployments"]?.array?.first { $0["model"]?.string == version }
        return deployment?["answers"]?.int ?? 0
    }

    @Test func `an experiment that begins and ends reaches those who have a document open`() throws
    {
        let (folder, other) = try home()
        let server = try TestServer(folder)
        let peers = try (0..<10).map { try Peer(server, user: "user\($0)") }
        for peer in peers { _ = try peer.ask(["type": "open", "doc": "a/open"]) }
        _ = try peers[0].ask(edit("a/open", base: 0, sequence: 1, at: 0, "hello"))
        for peer in peers { #expect(try answer(to: peer) == (nil, "greeting")) }
        _ = try Program.run(
            "create", "experiment", "-n", "words", "--arms", "A,B=\(other)", "--metric", "click",
            in: folder)
        var treated: [Peer] = []
        for peer in peers {
            let arm = try peer.ask(["type": "classify", "text": "hello"])["arm"]?.string
            guard arm == "B" else { continue }
            #expect(try answer(to: peer) == ("B", "welcome"))
            treated.append(peer)
        }
        #expect(!treated.isEmpty && treated.count < 10)
        // Those of the control see what they saw, and are counted all the same.
        let counted = try units("words", folder, of: 10)
        #expect(counted == [10 - treated.count, treated.count])
        _ = try Program.run("stop", "experiment", "-n", "words", in: folder)
        for peer in treated { #expect(try answer(to: peer) == (nil, "greeting")) }
    }
}
