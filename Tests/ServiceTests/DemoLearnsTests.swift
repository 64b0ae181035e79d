import JSON
import Testing

/// The demo learns from those who use it: a few dozen clicks, three commands.
@Suite struct DemoLearnsTests {
    /// Lines of support notes, each said in words of its own.
    private func lines(_ folder: Folder) -> [String] {
        let examples = folder.text(".hunch/models/support/intents.csv").split(separator: "\n")
        return examples.dropFirst().enumerated().compactMap { i, line in
            let parts = line.split(separator: ",")
            guard i % 3 == 0, parts.count == 2, parts[1] != "out_of_scope" else { return nil }
            return String(parts[0])
        }
    }

    /// When each article was published.
    private func dates(_ folder: Folder) throws -> [String: Double] {
        var dates: [String: Double] = [:]
        for line in folder.text(".hunch/models/articles/articles.jsonl").split(separator: "\n") {
            let item = try JSONValue(parsing: String(line))
            dates[item["item"]?.string ?? ""] = item["fields"]?["published"]?.double ?? 0
        }
        return dates
    }

    /// Writes lines until so many lists of several articles were seen; the newest of each is useful.
    private func use(
        _ peer: Peer, _ document: String, _ lines: ArraySlice<String>, _ dates: [String: Double],
        until count: Int
    ) throws -> (lists: Int, models: Set<String>) {
        _ = try peer.ask(["type": "open", "doc": .string(document)])
        var (seen, length, models) = (0, 0, Set<String>())
        for (i, line) in lines.enumerated() where seen < count {
            let text = line + "\n"
            _ = try peer.ask(edit(document, base: i, sequence: i + 1, at: length, text))
            length += text.utf16.count
            var results = try peer.expect("results", kind: "recommendations")
            while results["revision"]?.int ?? 0 < i + 1 {
                results = try peer.expect("results", kind: "recommendations")
            }
            let entries = results["results"]?.array ?? []
            guard let list = entries.first(where: { $0["items"]?.array?.count ?? 0 > 1 }) else {
                continue
            }
            let ids = (list["items"]?.array ?? []).compactMap { $0["item"]?.string }
            let newest = ids.max { dates[$0] ?? 0 < dates[$1] ?? 0 } ?? ""
            for (action, item) in [("impression", nil), ("accept", newest)] {
                let members: [(key: String, value: JSONValue)] = [
                    ("type", "interact"), ("recommendation", list["prediction"] ?? .null),
                    ("action", .string(action)),
                ]
                let named = item.map { [(key: "item", value: JSONValue.string($0))] } ?? []
                #expect(try peer.ask(.object(members + named))["type"] == "ok")
            }
            seen += 1
            models.insert(results["model"]?.string ?? "")
        }
        return (seen, models)
    }

    @Test func `a few dozen clicks in the demo make a version that beats the formula`() throws {
        let folder = try Folder()
        let server = try TestServer(folder, "--demo")
        let peer = try Peer(server, user: "Ada")
        let (lines, dates) = (lines(folder), try dates(folder))
        let half = lines.count / 2
        let first = try use(peer, "demo/first", lines[..<half], dates, until: 48)
        try #require(first.lists == 48, "\(first)")

        let trained = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        let details = try JSONValue(parsing: trained.trimmed)["details"]
        #expect(details?["scorer"]?.string != "formula", "\(trained)")
        // The tests of the project want what fits the words best; this team wants what is new.
        let deployed = try Program.run(
            "deploy", "model", "-n", "articles", "--force", "the team wants what is new",
            in: folder)
        #expect(deployed.contains("deployed articles@"))

        let second = try use(peer, "demo/second", lines[half...], dates, until: 30)
        #expect(second.lists >= 20 && second.models.isDisjoint(with: first.models))
        let evaluated = try Program.run(
            "evaluate", "model", "-n", "articles", "--json", in: folder)
        let report = try JSONValue(parsing: evaluated.trimmed)
        #expect(report["againstFormula"]?["low"]?.double ?? 0 > 0, "\(report)")

        // Both versions are seen side by side.
        let metrics = try server.get("/metrics").body.split(separator: "\n").filter {
            $0.hasPrefix("hunch_online_metric") && $0.contains(#"metric="dcg""#)
        }
        for model in first.models.union(second.models) {
            #expect(metrics.contains { $0.contains(model) })
        }
    }

    @Test func `a retraining compares rankers on the lists that came last`() throws {
        let folder = try Folder()
        let server = try TestServer(folder, "--demo")
        let peer = try Peer(server, user: "Ada")
        let (lines, dates) = (lines(folder), try dates(folder))
        let used = try use(peer, "demo/first", lines[...], dates, until: 60)
        try #require(used.lists == 60, "\(used)")
        // What fits the words best is not what this team wants.
        try folder.write("", to: ".hunch/models/articles/tests.jsonl")

        let run = try JSONValue(
            parsing: Program.run("retrain", "model", "-n", "articles", "--json", in: folder).trimmed
        )
        #expect(run["status"] == "done", "\(run)")
        let outputs = (run["steps"]?.array ?? []).reduce(into: [String: JSONValue]()) {
            $0[$1["step"]?.string ?? ""] = $1["output"]
        }
        #expect(outputs["evaluate"]?["worse"] == false, "\(run)")
        #expect(outputs["evaluate"]?["compared"]?.string?.contains("12 lists") == true, "\(run)")
        let deployed = try #require(outputs["deploy"]?["model"]?.string)
        #expect(!used.models.contains(deployed))

        // The server that ran all the while answers by it.
        _ = try peer.ask(["type": "open", "doc": "demo/then"])
        _ = try peer.ask(edit("demo/then", base: 0, sequence: 1, at: 0, lines[0]))
        var results = try peer.expect("results", kind: "recommendations")
        while results["doc"] != "demo/then" {
            results = try peer.expect("results", kind: "recommendations")
        }
        #expect(results["model"]?.string == deployed)
    }
}
