import Foundation
import JSON
import Ranking
import Testing

/// Trees of LightGBM and XGBoost that score for a recommender, from the export of rows to a live list.
@Suite struct TreesCommandTests: CommandSuite {
    let folder: Folder
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/trees")

    /// A recommender of films with a log.
    init() throws {
        folder = try Folder()
        try folder.write(Self.log, to: "log.jsonl")
        _ = try Program.run("import", "events", "log.jsonl", "-n", "films", in: folder)
    }

    private static let log = genreLog(0..<60, seed: 3) { #",{"name":"price","value":\#($0)}"# }

    private func path(_ name: String) -> String { Self.fixtures.appending(path: name).path }

    private func exported() throws -> [JSONValue] {
        try run("export", "training", "-n", "films").split(separator: "\n")
            .map { try JSONValue(parsing: String($0)) }
    }

    /// The scores of an exported list by the trees of a file, as the library gives them.
    private func scores(_ list: JSONValue, _ file: String) throws -> [Double] {
        let columns = list["features"]?.object ?? []
        let bytes = Array(try Data(contentsOf: Self.fixtures.appending(path: file)))
        let ensemble = try TreeFile(bytes).ensemble(of: columns.map(\.key))
        let rows = (list["items"]?.array ?? []).indices.flatMap { row in
            columns.map { $0.value.array?[row].double ?? .nan }
        }
        return LearnedOrder(.trees(ensemble)).scores(rows)
    }

    @Test(arguments: [("lightgbm.txt", "LightGBM"), ("xgboost.json", "XGBoost")])
    func `trees are imported, measured, deployed, and score live lists as their library does`(
        file: String, library: String
    ) throws {
        let imported = try json("import", "model", path(file), "-n", "films")
        let model = try #require(imported["model"]?.string)
        #expect(imported["new"] == true)
        #expect(folder.text("errors.txt").contains("5 trees of \(library) score"))
        #expect(folder.text("errors.txt").contains("no tree asks for"))
        let shown = try json("show", "model", "-n", "films")
        #expect(shown["details"]?["trainedWith"]?.string == library)
        let files = shown["lineage"]?.array?.first?["files"]?.array ?? []
        #expect(files.map { $0["name"]?.string } == ["events.jsonl", "model.json", "trees.model"])
        let measured = try json("evaluate", "model", "-n", "films")
        #expect(measured["model"]?.string == model && measured["learnedFrom"] == true)
        #expect(measured["ndcg@10"]?.double ?? 0 > 0.75, "\(measured)")

        #expect(try run("deploy", "model", "-n", "films").contains("deployed \(model)"))
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "u1")
        let answer = try peer.ask(["type": "recommend", "source": "list"])
        let list = try #require(answer["results"]?.array?.first, "\(answer)")
        let items = (list["items"]?.array ?? []).compactMap { $0["item"]?.string }
        let taken = try peer.ask([
            "type": "interact", "recommendation": list["prediction"] ?? .null,
            "action": "click", "item": .string(items[0]),
        ])
        #expect(taken["type"] == "ok", "\(taken)")
        let logged = try #require(try exported().last { $0["model"]?.string == model })
        #expect(logged["items"]?.array?.compactMap(\.string) == items && items.count == 10)
        let live = (logged["scores"]?.array ?? []).compactMap(\.double)
        #expect(live == (try scores(logged, file)) && Set(live).count > 2)
        let explained = try peer.ask([
            "type": "explain", "recommendation": list["prediction"] ?? .null,
            "item": .string(items[0]),
        ])
        #expect("\(explained)".contains("clickRate"), "\(explained)")
    }

    @Test func `packed again it is the same version, and another file takes its place`() throws {
        let first = try json("import", "model", path("lightgbm.txt"), "-n", "films")["model"]?
            .string
        let definition = try JSONValue(parsing: folder.text(".hunch/models/films/model.json"))
        #expect(definition["score"]?["trees"] == "trees.model")
        #expect(definition["score"]?["weights"]?["clickRate"] == 1)
        let again = try json("train", "model", "-n", "films")
        #expect("films@\(again["version"]?.string ?? "")" == first)
        #expect(
            try refusal("train", "model", "-n", "films", "--scorer", "weights")
                .contains("take \"trees\" out of it to train here"))
        let second = try json("import", "model", path("xgboost.json"), "-n", "films")["model"]?
            .string
        #expect(second != first)
        let difference = try run("diff", "model", first ?? "", second ?? "")
        #expect(difference.contains("LightGBM") && difference.contains("XGBoost"))
        #expect(
            try json("evaluate", "model", "-n", "films", "--against", first ?? "")["ndcg@10"] != nil
        )

        // It travels as other versions do.
        _ = try run("export", "model", "-n", "films", "-o", "films.hunch")
        let elsewhere = try Program.run(
            ["import", "model", "films.hunch", "--home", "elsewhere", "--json"], in: folder)
        #expect(try JSONValue(parsing: elsewhere.trimmed)["model"]?.string == second)
    }

    @Test func `trees that do not fit are refused, and nothing is changed`() throws {
        let definition = folder.text(".hunch/models/films/model.json")
        #expect(
            try refusal("import", "model", path("lightgbm.txt"), code: 2)
                .contains("say which recommender trees score for: -n NAME"))
        #expect(
            try refusal("import", "model", path("lightgbm.txt"), "-n", "none")
                .contains("hunch create model -n none --kind ranker"))
        _ = try run("create", "model", "-n", "words")
        #expect(
            try refusal("import", "model", path("lightgbm.txt"), "-n", "words")
                .contains("'words' is of the kind intents"))
        let text = String(
            decoding: try Data(contentsOf: Self.fixtures.appending(path: "lightgbm.txt")),
            as: UTF8.self)
        try folder.write(
            text.replacingOccurrences(of: " price", with: " cost"), to: "other.txt")
        let told = try refusal("import", "model", "other.txt", "-n", "films")
        #expect(told.contains("other.txt: it asks for “cost”") && told.contains("“genres.rate”"))
        #expect(told.contains("hunch export training -n films"))
        #expect(folder.text(".hunch/models/films/model.json") == definition)
        #expect(
            !FileManager.default.fileExists(
                atPath: folder.path + "/.hunch/models/films/trees.model"))
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/.hunch/registry/films"))
    }
}
