import JSON
import Journal
import Ranking
import Testing

@testable import Service

/// What holds at the bounds of the live recommender.
@Suite struct RecommendationLimitsTests {
    @Test func `who asks faster than it is answered gets every answer, in order`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        // Some times as many as may be owed to a connection at one time.
        let count = 3 * Connection.mostOwed + 1
        for number in 0..<count {
            try peer.send([
                "type": "recommend", "id": .number(Double(number)), "source": "editor",
                "query": "refund", "limit": 1,
            ])
        }
        for number in 0..<count {
            #expect(try peer.expect("results")["id"]?.int == number)
        }
        // It is read again after that.
        #expect(try peer.ask(["type": "ping"])["type"] == "pong")
    }

    @Test(arguments: [0, 1])
    func `of lists that are not sampled the log says only what was shown`(share: Int) throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "articles", "--kind", "ranker", in: folder)
        let path = ".hunch/models/articles/model.json"
        let members = try #require(try JSONValue(parsing: folder.text(path)).object)
        let rule: JSONValue = ["share": .number(Double(share))]
        try folder.write(
            JSONValue.object(members + [(key: "log", value: rule)]).description, to: path)
        _ = try Program.run("deploy", "model", "-n", "articles", in: folder)
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        let answer = try peer.ask(["type": "recommend", "source": "editor", "query": "a refund"])
        let list = try #require(answer["results"]?.array?.first)
        // Saved with what came before it.
        let click: JSONValue = [
            "type": "interact", "recommendation": list["prediction"] ?? .null, "action": "click",
            "item": list["items"]?.array?.first?["item"] ?? .null,
        ]
        #expect(try peer.ask(click)["type"] == "ok")
        let journal = try JournalReader(
            path: folder.path + "/.hunch/environments/dev/journal.sqlite")
        let records = try journal.records(of: "impression")
        let logged = try JSONValue(parsing: try #require(records.first).record.payload)
        #expect(logged["items"]?.array?.count == list["items"]?.array?.count)
        #expect((logged["features"] != nil) == (share == 1))
        #expect((logged["scores"] != nil) == (share == 1))
    }
}
