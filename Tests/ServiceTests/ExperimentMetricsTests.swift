import JSON
import Testing

/// What experiments by session count, and how their reports part it.
@Suite struct ExperimentMetricsTests {
    private func report(_ name: String, _ folder: Folder, _ flags: String...) throws -> JSONValue {
        let text = try Program.run(
            ["show", "experiment", "-n", name, "--json"] + flags, in: folder)
        return try JSONValue(parsing: text.trimmed)
    }

    /// The metrics of arm A, then of arm B.
    private func values(_ report: JSONValue, _ metric: Int) -> [Double?] {
        let result = report["metrics"]?.array?[metric]
        return [
            result?["control"]?.double, result?["treatments"]?.array?.first?["value"]?.double,
        ]
    }

    /// Counts of answers are written down once a second.
    private func settled(
        _ name: String, _ folder: Folder, where condition: (JSONValue) -> Bool
    ) throws -> JSONValue {
        let deadline = Deadline()
        while true {
            let report = try report(name, folder)
            if condition(report) { return report }
            try #require(deadline.millisecondsLeft > 0, "\(report)")
        }
    }

    @Test func `lists, clicks and the time that answers take count by session`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        try folder.write("", to: ".hunch/models/articles/tests.jsonl")
        _ = try Program.run("deploy", "model", "-n", "articles", in: folder)
        let server = try TestServer(folder)
        _ = try Program.run(
            "create", "experiment", "-n", "length", "--unit", "session", "--arms",
            "A,B=articles:limit=2", "--metric", "click/list", "--guardrail",
            "latency/answer", "--slice", "source,visit,hour", in: folder)
        let peers = try (0..<24).map { _ in try Peer(server, user: "Ada") }
        var arms: Set<String> = []
        for (number, peer) in peers.enumerated() {
            let results = try peer.ask([
                "type": "recommend", "source": "editor", "query": "a refund for the delivery",
            ])
            arms.insert(results["arm"]?.string ?? "")
            guard number.isMultiple(of: 2) else { continue }
            let entry = try #require(results["results"]?.array?.first)
            _ = try peer.ask([
                "type": "interact", "recommendation": entry["prediction"] ?? .null,
                "item": entry["items"]?.array?.first?["item"] ?? .null, "action": "click",
            ])
        }
        #expect(arms == ["A", "B"])
        let report = try settled("length", folder) { values($0, 1).allSatisfy { $0 != nil } }
        let units = (report["arms"]?.array ?? []).compactMap { $0["units"]?.double }
        #expect(units.reduce(0, +) == 24)
        let clicks = zip(units, values(report, 0)).reduce(0) { $0 + $1.0 * ($1.1 ?? 0) }
        #expect((clicks - 12).magnitude < 1e-9)
        #expect(report["metrics"]?.array?[1]["better"] == "lower")
        #expect(values(report, 1).allSatisfy { $0.map { $0 > 0 } == true })
        let slices = report["slices"]?.array ?? []
        let names = slices.compactMap { $0["slice"]?.string }
        #expect(names.contains("source=editor") && names.contains("visit=new"), "\(names)")
        #expect(slices.allSatisfy { $0["gap"] == "tooFewUnits" })
        let text = try Program.run(
            "show", "experiment", "-n", "length", "--slice", "weekday", in: folder)
        #expect(text.contains("weekday=") && text.contains("too few units"))
        #expect(!text.contains("visit=") && text.contains(#"articles with {"limit":2}"#))
        // A change leaves all else as it was, and says whom it moves.
        let changed = try Program.run(
            "create", "experiment", "-n", "length", "--shares", "80%,20%", "--layer",
            "lists:0%-50%", in: folder)
        #expect(changed.contains("30.00 % of the units go from one arm to another"))
        let listed = try Program.run("list", "experiments", "--json", in: folder)
        let known: JSONValue? = try JSONValue(parsing: listed.trimmed)
        #expect(known?["slices"]?.array?.count == 3 && known?["layer"]?["slots"] == [0, 5000])
        #expect(known?["metrics"]?["guardrails"]?.array?.count == 1)
    }

    @Test func `answers, those out of scope and what users say of them count by session`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "words", "--kind", "rules", in: folder)
        try folder.write("", to: ".hunch/models/words/tests.jsonl")
        let rules = { (phrase: String) in
            #"{"format":1,"rules":[{"name":"one","intent":"hello","phrase":["\#(phrase)"]}]}"#
        }
        try folder.write(rules("hello"), to: ".hunch/models/words/rules.json")
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        try folder.write(rules("nothing"), to: ".hunch/models/words/rules.json")
        let trained = try Program.run("train", "model", "-n", "words", "--json", in: folder)
        let other = try JSONValue(parsing: trained.trimmed)["version"]?.string ?? ""
        let server = try TestServer(folder)
        _ = try Program.run(
            "create", "experiment", "-n", "words", "--unit", "session", "--arms",
            "A,B=words@\(other)", "--metric", "outOfScope/answer", "--guardrail",
            "wrong/feedback", "--slice", "workspace", in: folder)
        let peers = try (0..<24).map { try Peer(server, user: "user\($0)") }
        for peer in peers { _ = try peer.ask(["type": "open", "doc": "support/shared"]) }
        _ = try peers[0].ask(edit("support/shared", base: 0, sequence: 1, at: 0, "hello\nworld"))
        for peer in peers {
            var first: JSONValue?
            while first == nil {
                let results = try peer.expect("results", kind: "intent")["results"]?.array ?? []
                first = results.first { $0["range"]?.array?.first == 0 }
            }
            _ = try peer.ask([
                "type": "feedback", "prediction": first?["prediction"] ?? .null, "label": "hello",
            ])
        }
        let report = try settled("words", folder) { values($0, 0).allSatisfy { $0 != nil } }
        // In A one of two blocks is known, in B none.
        #expect(values(report, 0) == [0.5, 1])
        let wrong = values(report, 1)
        #expect((wrong[0] ?? 1) < (wrong[1] ?? 0))
        let slice = report["slices"]?.array?.first
        #expect(slice?["slice"] == "workspace=support" && slice?["units"] == 24)
    }
}
