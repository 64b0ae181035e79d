import Drift
import JSON
import Ranking
import Testing

@testable import Service

/// The features of lists that were seen, against those of the log.
@Suite struct ListDriftTests {
    @Test func `every place of a list has its turn to be counted`() {
        var places = [0, 0, 0, 0]
        var values: [FeatureValue] = []
        for number in 0..<2000 {
            let list = Impression(
                request: "list \(number)", time: 0, user: nil, source: Source(rawValue: "editor"),
                items: ["a", "b", "c", "d"], features: [0, 9, 1, 9, 2, 9, 3, 9])
            #expect(list.write([0, 1], to: &values) && values.last == .number(9))
            if case .number(let place) = values[0] { places[Int(place)] += 1 }
        }
        #expect(places.allSatisfy { (420...580).contains($0) }, "\(places)")
        let bare = Impression(
            request: "x", time: 0, user: nil, source: Source(rawValue: "editor"), items: ["a"])
        #expect(!bare.write([0], to: &values))
    }

    @Test func `what moves with the log is not compared, nor sums with it`() throws {
        let definition = try RecommenderDefinition(
            JSONValue(
                parsing: """
                    {"name": "notes", "kind": "ranker", "corpus": "note", "sources": ["editor"],
                     "fetch": [{"by": "recency", "limit": 9}],
                     "features": [
                       {"name": "rate", "kind": "rate", "of": "item", "action": "click",
                        "per": "impression", "strength": 10, "prior": 0.1},
                       {"name": "drawn", "kind": "rate", "of": "item", "action": "click",
                        "per": "impression", "strength": 10},
                       {"name": "apart", "kind": "rate", "of": "item", "action": "click",
                        "per": "impression", "strength": 10, "relative": true},
                       {"name": "clicks", "kind": "count", "of": "item", "action": "click"},
                       {"name": "week", "kind": "count", "of": "item", "action": "click", "windowDays": 7},
                       {"name": "sum", "kind": "sum", "weights": {"clicks": 1}}],
                     "score": {"weights": {"rate": 1}}}
                    """))
        #expect(definition.countedFeatures == [.number("rate"), .number("apart"), .number("week")])
    }

    @Test func `a recommender is held against the end of its log, and lists that are seen count`()
        throws
    {
        let folder = try Folder()
        try folder.write(log(1200), to: "log.jsonl")
        _ = try Program.run("import", "events", "log.jsonl", "-n", "films", in: folder)
        _ = try Program.run("train", "model", "-n", "films", in: folder)
        _ = try Program.run("deploy", "model", "-n", "films", in: folder)
        let model = try JSONValue(parsing: folder.text(".hunch/models/films/model.json"))
        let source = try #require(model["sources"]?.array?.first)
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "u1")
        for _ in 0..<20 {
            let reply = try peer.ask(["type": "recommend", "source": source])
            #expect(reply["type"] == "results", "\(reply)")
        }
        let report = try JSONValue(
            parsing: Program.run("show", "drift", "-n", "films", "--json", in: folder))
        #expect(report["reference"] == ["source": "log", "answers": 240])
        let features = report["windows"]?.array?.first?["features"]?.array ?? []
        #expect(features.first?["verdict"] == "tooFew")
        #expect(report["windows"]?.array?.first?["answers"] == 20)
        let names = features.compactMap { $0["name"]?.string }
        #expect(names.contains("clickRate.relative") && !names.contains("clickRate"))
    }

    /// Metarank's events: a list of three of five items at each time, of which the first is clicked.
    private func log(_ lists: Int) -> String {
        var lines = (0..<5).map { item in
            #"{"event":"item","id":"e\#(item)","item":"i\#(item)","timestamp":"1000","fields":[{"name":"size","value":\#(item)}]}"#
        }
        for list in 0..<lists {
            let ids = (0..<3).map { #"{"id":"i\#((list + $0) % 5)"}"# }.joined(separator: ",")
            let time = 2000 + list * 1000
            lines.append(
                #"{"event":"ranking","id":"r\#(list)","user":"u\#(list % 9)","timestamp":"\#(time)","items":[\#(ids)]}"#
            )
            lines.append(
                #"{"event":"interaction","id":"c\#(list)","type":"click","ranking":"r\#(list)","item":"i\#(list % 5)","user":"u\#(list % 9)","timestamp":"\#(time)"}"#
            )
        }
        return lines.joined(separator: "\n")
    }
}
