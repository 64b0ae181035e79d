// What the log holds of lists, and what a recommender knows by it.

import JSON
import Journal
import Ranking
import Testing

extension RecommendationTests {
    @Test func `a replay of the server's log gives the features as scored, bit for bit`() throws {
        let folder = try Self.home(["explore": ["by": "epsilon", "epsilon": 0.5]])
        let server = try TestServer(folder)
        let peers = [try Peer(server, user: "Ada"), try Peer(server, user: "Bob")]
        for round in 0..<12 {
            let peer = peers[round % 2]
            let entry = try ask(peer, round % 3 == 2 ? "" : "invoice number \(round % 8)")
            let items = ids(entry)
            try #require(!items.isEmpty)
            let propensity = entry["items"]?.array?.last?["propensity"]?.double ?? 0
            #expect(propensity > 0 && propensity <= 1)
            _ = try act(peer, entry, ["click", "accept", "dismiss"][round % 3], items[0])
            if round == 5 { try change(peer, "n9", ["title": "A new invoice"]) }
            if round == 7 {
                _ = try peer.ask(["type": "item", "corpus": "note", "item": "n1", "removed": true])
            }
        }
        // Pushed lists, of which one is seen only after something else has happened.
        let pushed = try write("invoice number 2", in: "notes/log", peers[0])
        let between = try ask(peers[1])
        _ = try act(peers[1], between, "click", ids(between)[0])
        #expect(try act(peers[0], pushed, "impression")["type"] == "ok")
        #expect(try act(peers[0], pushed, "impression")["type"] == "ok")
        #expect(try act(peers[0], pushed, "click", ids(pushed)[0])["type"] == "ok")

        let events = try log(folder)
        let logged = events.compactMap { event in
            if case .impression(let impression) = event { impression } else { nil }
        }
        #expect(logged.count == 14 && logged.allSatisfy { $0.model?.hasPrefix("notes@") == true })
        let last = try #require(logged.first { $0.seen != nil })
        #expect(last.request == pushed["prediction"]?.string && last.scope == "notes/log")
        #expect(last.items == ids(pushed) && last.query == "invoice number 2")
        #expect(logged.allSatisfy { $0.propensities.count == $0.items.count })

        let items = try Item.parse(
            lines: Array(folder.text(".hunch/models/notes/items.jsonl").utf8))
        let definition = try RecommenderDefinition(
            JSONValue(parsing: folder.text(".hunch/models/notes/model.json")))
        let played = FeatureReplay.replay(
            items.map { RankingEvent.item($0, time: 0) } + events, features: definition.declared)
        var compared = 0
        for (event, replayed) in zip(events, played.dropFirst(items.count)) {
            guard case .impression(let scored) = event, case .impression(let again) = replayed
            else { continue }
            let width = definition.featureNames.count
            for row in scored.items.indices {
                let own = scored.features[row * width..<(row + 1) * width].suffix(2)
                #expect(Array(own) == Array(again.features[row * 2..<(row + 1) * 2]))
                compared += 1
            }
        }
        #expect(compared >= 40)
        let joined = TrainingJoin().joined(events)
        #expect(joined.counts.unjoined == 0 && joined.counts.joined >= 9)
    }

    @Test func `after a restart a recommender knows what it knew`() throws {
        let server = try TestServer(Self.home())
        let peer = try Peer(server, user: "Ada")
        for round in 0..<6 { _ = try act(peer, try ask(peer), "click", "n\(round % 3)") }
        let before = try ask(peer)
        // Saved with all that came before it.
        _ = try write("another line", in: "notes/saved", peer)
        try server.killAndRestart()
        let again = try Peer(server, user: "Ada")
        let after = try ask(again)
        #expect(before["prediction"] != after["prediction"])
        // A list of the earlier run is explained out of the log, one of this run out of memory.
        for list in [before, after] {
            let item = try #require(list["items"]?.array?.first)
            let explained = try again.ask([
                "type": "explain", "recommendation": list["prediction"] ?? .null,
                "item": item["item"] ?? .null,
            ])
            #expect(explained["type"] == "explanation", "\(explained)")
            let parts = explained["contributions"]?.array ?? []
            let sum = parts.reduce(explained["bias"]?.double ?? 0) {
                $0 + ($1["weight"]?.double ?? 0)
            }
            #expect(abs(sum - (item["score"]?.double ?? 0)) < 1e-5)
            let clicks = parts.first { $0["feature"] == "clicks" }
            #expect(clicks?["value"]?.double == 2)
        }
    }

    @Test func `a mistake about a list does not keep it out of the log`() throws {
        let folder = try Self.home()
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        let pushed = try write("invoice number 1", in: "notes/mistake", peer)
        #expect(try act(peer, pushed, "click", "zzz")["code"] == "unknown_item")
        // An item that there is, but not in this list.
        let other = (0..<8).map { "n\($0)" }.first { !ids(pushed).contains($0) } ?? ""
        #expect(try act(peer, pushed, "click", other)["code"] == "unknown_item")
        for _ in 0..<3 { _ = try act(peer, pushed, "click", ids(pushed)[0]) }
        let joined = TrainingJoin().joined(try log(folder))
        #expect(joined.counts.impressions == 1 && joined.counts.responses == 1)
        #expect(joined.groups.first?.labels.reduce(0, +) == 1)
    }
}
