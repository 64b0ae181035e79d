import JSON
import Testing

@Suite struct RankerCommandTests {
    private func events(_ lists: Range<Int>, items: Bool) -> String {
        genreLog(lists, seed: UInt64(lists.lowerBound), items: items)
    }

    @Test
    func `three commands lead from a log to a deployed ranker that is measured on later lists`()
        throws
    {
        let folder = try Folder()
        try folder.write(events(0..<150, items: true), to: "log.jsonl")
        let imported = try Program.run("import", "events", "log.jsonl", "-n", "films", in: folder)
        #expect(imported.contains("imported 12 items, 150 lists"))
        let again = try Program.run(
            "import", "events", "log.jsonl", "-n", "films", "--json", in: folder)
        let counts = try JSONValue(parsing: again.trimmed)
        #expect(counts["items"] == 12 && counts["lists"] == 150 && counts["model"] == "films")
        let trained = try Program.run("train", "model", "-n", "films", "--json", in: folder)
        let details = try JSONValue(parsing: trained.trimmed)["details"]
        #expect(details?["unjoined"]?.int == 0 && details?["events"]?.int ?? 0 > 162)
        #expect(details?["scorer"]?.string == "weights")
        let deployed = try Program.run("deploy", "model", "-n", "films", in: folder)
        #expect(deployed.contains("deployed films@"))

        // A later log: what was learned from is known by its requests, and left out.
        try folder.write(events(150..<200, items: false), to: "later.jsonl")
        _ = try Program.run("import", "events", "later.jsonl", "-n", "later", in: folder)
        let data = ".hunch/models/later/events.jsonl"
        let evaluated = try Program.run(
            "evaluate", "model", "-n", "films", "--data", data, "--json", in: folder)
        let report = try JSONValue(parsing: evaluated.trimmed)
        #expect(report["known"]?.int == 0 && report["examples"]?.int ?? 0 > 40)
        #expect(report["ndcg@10"]?.double ?? 0 > 0.9)
        #expect(report["againstFormula"]?["low"]?.double ?? 0 > 0)
    }

    @Test func `training rows are exported as they stood at their lists`() throws {
        let folder = try Folder()
        try folder.write(events(0..<20, items: true), to: "log.jsonl")
        _ = try Program.run("import", "events", "log.jsonl", "-n", "films", in: folder)
        let exported = try Program.run("export", "training", "-n", "films", in: folder)
        let lists = try exported.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lists.count == 20)
        let told = try Program.run(
            "export", "training", "-n", "films", "--out", "rows.jsonl", "--json", in: folder)
        let counts = try JSONValue(parsing: told.trimmed)
        #expect(counts["lists"] == 20 && counts["unjoined"] == 0)
        #expect(folder.text("rows.jsonl") == exported)
        let shown = lists.map { $0["features"]?["shown"]?.array?.compactMap(\.int) ?? [] }
        #expect(shown[0] == [0, 0, 0, 0, 0] && shown[19] != [0, 0, 0, 0, 0])
    }
}
