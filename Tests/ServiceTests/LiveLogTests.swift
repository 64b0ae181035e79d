import Foundation
import JSON
import Journal
import Numerics
import Ranking
import Testing

/// Commands on the lists that a server has shown: its journal stays open beside them.
@Suite struct LiveLogTests {
    /// The features of the demo's articles and the weights of its formula, in their order.
    private static let weights = [0.35, 0.5, 0.25, 0.35, 0.3, 0.03, 0, 0, 0]
    private static let model = "articles@00000000"

    /// Lists of the formula's best four of eight, from each of which the newest article is taken.
    private func records(_ lists: Range<Int>) -> [JournalRecord] {
        var random = SplitMix64(seed: UInt64(lists.lowerBound) + 1)
        return lists.flatMap { list -> [JournalRecord] in
            let time = 1_700_000_000 + list * 10
            let candidates = (0..<8).map { item in
                (
                    item: "a\(item)",
                    row: Self.weights.map { _ in Double.random(in: 0...1, using: &random) }
                )
            }
            let score = { (row: [Double]) in zip(row, Self.weights).reduce(0) { $0 + $1.0 * $1.1 } }
            let sorted = candidates.sorted { score($0.row) > score($1.row) }
            // The last place is explored: any of those that have none may come there.
            let drawn = Int.random(in: 3..<8, using: &random)
            let shown = sorted.prefix(3) + [sorted[drawn]]
            let others = (3..<8).filter { $0 != drawn }.map { sorted[$0] }
            let request = "#0.\(list).\(Self.model)"
            var impression = Impression(
                request: request, time: Double(time), user: "ada", source: "editor",
                query: "a refund", items: shown.map(\.item), features: shown.flatMap(\.row),
                scores: shown.map { score($0.row) }, propensities: [1, 1, 1, 0.2], model: Self.model
            )
            impression.runnersUp = others.map {
                .init(item: $0.item, score: score($0.row), features: $0.row)
            }
            let newest = shown.max { $0.row[5] < $1.row[5] }?.item ?? ""
            let click: JSONValue = [
                "recommendation": .string(request), "item": .string(newest), "action": "click",
                "user": "ada",
            ]
            return [
                JournalRecord(
                    kind: "impression", time: time * 1_000_000,
                    payload: RankingEvent.impression(impression).json.serialized()),
                JournalRecord(
                    kind: "interaction", time: time * 1_000_000 + 2_000_000,
                    payload: click.serialized()),
            ]
        }
    }

    private func journal(in folder: Folder) throws -> Journal {
        let place = folder.path + "/.hunch/environments/dev"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        return try Journal(path: place + "/journal.sqlite")
    }

    private func write(_ records: [JournalRecord], to journal: Journal) {
        let written = DispatchSemaphore(value: 0)
        let last = UInt64(records.count)
        let producer = journal.register(
            onCommit: { if $0.through == last { written.signal() } }, onRelief: {})
        for record in records { _ = journal.append(.record(record), from: producer) }
        written.wait()
    }

    @Test func `a few dozen clicks of one taste give a version that beats the formula`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        let journal = try journal(in: folder)
        write(records(0..<40), to: journal)
        let trained = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        let manifest = try JSONValue(parsing: trained.trimmed)
        let details = manifest["details"]
        #expect(details?["scorer"]?.string == "weights" && details?["lists"]?.int == 40)
        #expect(details?["weights"]?["difference"]?["low"]?.double ?? 0 > 0)
        let learned = details?["learned"]
        #expect(learned?["recency"]?.double ?? 0 > 0.3)

        // Equal logs give equal versions; the log goes on, and the version says how far it has learned.
        let again = try Program.run("train", "model", "-n", "articles", "--json", in: folder)
        #expect(try JSONValue(parsing: again.trimmed)["version"] == manifest["version"])
        let path = try #require(
            FileManager.default.subpaths(atPath: folder.path)?.first { $0.hasSuffix("/artifact") })
        let artifact = try RecommenderArtifact(
            [UInt8](Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + path))))
        let epoch = try journal.epoch()
        #expect(artifact.mark == LogMark(epoch: epoch, record: 80))
        #expect(artifact.lastRecord(ofEpoch: epoch) == 80)
        #expect(artifact.lastRecord(ofEpoch: epoch &+ 1) == 0)
    }

    @Test func `versions are measured on what was shown since they learned, in one table`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        let journal = try journal(in: folder)
        write(records(0..<40), to: journal)
        func version(_ arguments: String...) throws -> String {
            let train = ["train", "model", "-n", "articles", "--json"] + arguments
            let manifest = try JSONValue(parsing: Program.run(train, in: folder).trimmed)
            return "articles@\(manifest["version"]?.string ?? "")"
        }
        func evaluated(_ arguments: String...) throws -> JSONValue {
            let evaluate = ["evaluate", "model", "-n"] + arguments + ["--json"]
            return try JSONValue(parsing: Program.run(evaluate, in: folder).trimmed)
        }
        let (formula, learned) = (try version("--scorer", "formula"), try version())
        // All was learned from: the last fifth, and what was held out in training.
        let known = try evaluated(learned)
        #expect(known["learnedFrom"]?.bool == true && known["examples"]?.int == 8)
        #expect(known["heldOut"]?["low"]?.double ?? 0 > 0)

        write(records(40..<70), to: journal)
        let report = try evaluated(
            learned, "--against", formula, "--against", learned, "--slices", "intent,source,user")
        #expect(report["learnedFrom"]?.bool == false && report["examples"]?.int == 30)
        #expect(report["scorer"]?.string == "weights")
        #expect(report["againstFormula"]?["low"]?.double ?? 0 > 0)
        let against = report["against"]?.array ?? []
        #expect(against.map { $0["model"]?.string } == [formula, learned])
        #expect(against.first?["difference"] == report["againstFormula"])
        #expect(against.last?["difference"]?["mean"]?.double == 0)
        #expect(against.first?["ndcg@10"] == report["formula"]?["ndcg@10"])
        let slices = report["slices"]?.array?.map { $0["slice"]?.string }
        #expect(slices == ["intent=none", "source=editor", "user=known"])
        #expect(report["features"]?.array?.first?["name"]?.string == "recency")
        let estimates = report["counterfactual"]
        #expect(estimates?["decisions"]?.int == 30)
        // So few decisions tell little: that there are intervals is enough here.
        for name in ["ips", "snips", "doublyRobust"] {
            let low = estimates?[name]?["low"]?.double ?? .nan
            #expect(low < estimates?[name]?["high"]?.double ?? .nan)
        }
        #expect(report["formula"]?["counterfactual"]?["decisions"]?.int == 30)
        let text = try Program.run("evaluate", "model", "-n", learned, in: folder)
        #expect(text.contains("on 30 answered lists (40 more were learned from)"))
        #expect(text.contains("clicks of an explored place, 30 of them"))
        try journal.close(within: .seconds(60))
    }

    @Test func `the live log is exported with features as they were logged`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        let journal = try journal(in: folder)
        let records = records(0..<3)
        write(records, to: journal)
        let exported = try Program.run("export", "training", "-n", "articles", in: folder)
        let lists = try exported.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lists.map { $0["labels"]?.array?.compactMap(\.double).reduce(0, +) } == [1, 1, 1])
        let logged = try JSONValue(parsing: records[0].payload)["features"]?.array
        let recency = lists[0]["features"]?["recency"]?.array
        #expect(recency == (0..<4).compactMap { logged?[$0 * 9 + 5] })
        #expect(
            folder.text("errors.txt").contains(
                "3 lists, 0 of them repeated; 3 responses: 3 joined, 0 repeated, 0 late, 0 unjoined"
            ))
        try journal.close(within: .seconds(60))
    }
}
