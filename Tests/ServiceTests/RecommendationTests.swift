import JSON
import Journal
import Ranking
import Testing

/// Lists on the wire, in the log, and what becomes of them when permissions change.
@Suite struct RecommendationTests {
    /// A home with one recommender of notes, deployed for all documents.
    static func home(_ members: JSONValue = [:]) throws -> Folder {
        let folder = try Folder()
        var definition: [(key: String, value: JSONValue)] = [
            ("name", "notes"), ("kind", "ranker"), ("corpus", "note"),
            ("sources", ["editor", "sidebar"]), ("items", "items.jsonl"),
            ("fetch", [["by": "text", "limit": 20], ["by": "popularity", "limit": 20]]),
            ("filter", [["by": "dismissed"]]),
            (
                "features",
                [
                    ["name": "textSimilarity", "half": 2], ["name": "popularity"],
                    [
                        "name": "clicks", "kind": "count", "action": "click", "of": "item",
                    ],
                    [
                        "name": "seen", "kind": "count", "action": "impression",
                        "of": "userItem",
                    ],
                ]
            ),
            (
                "score",
                [
                    "weights": [
                        "textSimilarity": 1, "popularity": 0.5, "clicks": 0.1, "seen": -0.01,
                    ]
                ]
            ),
            ("limit", 4),
        ]
        for member in members.object ?? [] {
            definition.removeAll { $0.key == member.key }
            definition.append(member)
        }
        _ = try Program.run("create", "model", "-n", "notes", "--kind", "ranker", in: folder)
        try folder.write(
            JSONValue.object(definition).description, to: ".hunch/models/notes/model.json")
        // Those that came with the project speak of other items.
        try folder.write("", to: ".hunch/models/notes/tests.jsonl")
        let items = (0..<8).map { i in
            #"{"corpus":"note","item":"n\#(i)","fields":{"title":"Note \#(i) on invoices","text":"invoice number \#(i)","visibility":"public"}}"#
        }
        try folder.write(items.joined(separator: "\n"), to: ".hunch/models/notes/items.jsonl")
        _ = try Program.run("deploy", "model", "-n", "notes", in: folder)
        return folder
    }

    private static let access: JSONValue = [
        "access": ["visibility": "visibility", "open": ["public"], "readers": ["owner"]]
    ]

    func ask(_ peer: Peer, _ query: String = "invoice") throws -> JSONValue {
        let results = try peer.ask([
            "type": "recommend", "source": "editor", "query": .string(query),
        ])
        return try #require(results["results"]?.array?.first, "\(results)")
    }

    func ids(_ entry: JSONValue) -> [String] {
        (entry["items"]?.array ?? []).compactMap { $0["item"]?.string }
    }

    func act(
        _ peer: Peer, _ entry: JSONValue, _ action: String, _ item: String? = nil
    ) throws -> JSONValue {
        let members: [(key: String, value: JSONValue)] = [
            ("type", "interact"), ("recommendation", entry["prediction"] ?? .null),
            ("action", .string(action)),
        ]
        return try peer.ask(
            .object(members + (item.map { [(key: "item", value: .string($0))] } ?? [])))
    }

    func change(_ peer: Peer, _ item: String, _ fields: JSONValue) throws {
        let reply = try peer.ask([
            "type": "item", "corpus": "note", "item": .string(item), "fields": fields,
        ])
        #expect(reply["type"] == "ok", "\(reply)")
    }

    /// What the journal of a server holds of the recommender.
    func log(_ folder: Folder) throws -> [RankingEvent] {
        let reader = try JournalReader(
            path: folder.path + "/.hunch/environments/dev/journal.sqlite")
        var log = RankingLog(of: "notes", corpus: "note")
        for kind in RankingLog.Kind.allCases {
            for stored in try reader.records(of: kind.rawValue) {
                try log.add(kind, time: stored.record.time, payload: stored.record.payload)
            }
        }
        return log.events
    }

    /// Opens a document, writes a line, and gives the list that is pushed for it.
    func write(_ text: String, in document: String, _ peer: Peer) throws -> JSONValue {
        _ = try peer.ask(["type": "open", "doc": .string(document)])
        _ = try peer.ask(edit(document, base: 0, sequence: 1, at: 0, text))
        let results = try peer.expect("results", kind: "recommendations")
        return try #require(results["results"]?.array?.first)
    }

    // MARK: Access

    @Test(arguments: [1, 2])
    func `a private item never leaves the server, whenever it became private`(shards: Int) throws {
        let server = try TestServer(Self.home(Self.access), "--shards", "\(shards)")
        let (owner, other) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob"))
        // A list that the document keeps names it for everybody.
        let pushed = try write("invoice number 3", in: "notes/one", owner)
        #expect(ids(pushed).contains("n3"))
        try change(owner, "n3", ["title": "Secret invoice 3", "owner": "Ada"])
        // Asked anew: by its owner, and by somebody else.
        #expect(ids(try ask(owner, "invoice secret 3")).contains("n3"))
        #expect(!ids(try ask(other, "invoice secret 3")).contains("n3"))
        // Kept from before: for the owner it stands, for who comes later it does not.
        for (user, mayRead) in [("Ada", true), ("Bob", false)] {
            let late = try Peer(server, user: user)
            _ = try late.ask(["type": "open", "doc": "notes/one"])
            let results = try late.expect("results", kind: "recommendations")
            let entry = try #require(results["results"]?.array?.first)
            #expect(ids(entry).contains("n3") == mayRead, "\(user)")
        }
        // Nor is anything said of it to somebody who knows its name.
        let reply = try act(other, pushed, "click", "n3")
        #expect(reply["code"] == "unknown_item")
        let explained = try other.ask([
            "type": "explain", "recommendation": pushed["prediction"] ?? .null, "item": "n3",
        ])
        #expect(explained["code"] == "unknown_item")
    }

    @Test(arguments: UInt64(0)..<3)
    func `permissions that change while lists are under way are kept`(seed: UInt64) throws {
        let server = try TestServer(Self.home(Self.access))
        let (owner, other) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob"))
        for round in 0..<20 {
            // Sent together: the list may be made before the change, and go out after it.
            let isPrivate = (UInt64(round) &+ seed) % 3 != 0
            let fields: JSONValue =
                isPrivate
                ? ["title": "invoice 5", "owner": "Ada"]
                : ["title": "invoice 5", "visibility": "public"]
            for _ in 0..<5 {
                try other.send(["type": "recommend", "source": "editor", "query": "invoice 5"])
            }
            try change(owner, "n5", fields)
            // The change is acknowledged: what is sent from here on follows it.
            let before = try ask(other, "invoice 5")
            _ = before
            _ = other.takeAll()
            let after = try ask(other, "invoice 5")
            #expect(ids(after).contains("n5") == !isPrivate)
        }
    }

    @Test func `what changes while another version is loaded holds for it too`() throws {
        let folder = try Self.home(Self.access)
        let server = try TestServer(folder)
        let (owner, other) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob"))
        let definition = folder.text(".hunch/models/notes/model.json")
        for round in 0..<6 {
            let changed = definition.replacing(#""limit":4"#, with: #""limit":\#(5 + round % 2)"#)
            try #require(changed != definition)
            try folder.write(changed, to: ".hunch/models/notes/model.json")
            _ = try Program.run("train", "model", "-n", "notes", in: folder)
            let deploying = try Program(["deploy", "model", "-n", "notes"], in: folder)
            // The item goes to and fro as long as that takes; then it is as it was said last.
            var isPrivate = false
            for _ in 0..<40 {
                isPrivate.toggle()
                let visibility: JSONValue = isPrivate ? ["owner": "Ada"] : ["visibility": "public"]
                try change(owner, "n6", visibility.adding("title", "invoice 6"))
            }
            #expect(try deploying.exitStatus() == 0)
            let list = try ask(other, "invoice 6")
            #expect(list["items"]?.array?.count ?? 0 > 4, "\(list)")
            #expect(!ids(list).contains("n6") == isPrivate)
            #expect(ids(try ask(owner, "invoice 6")).contains("n6"))
        }
    }

    @Test func `what is taken away is taken off the screens of those who saw it`() throws {
        let server = try TestServer(Self.home(Self.access))
        let (owner, other) = (try Peer(server, user: "Ada"), try Peer(server, user: "Bob"))
        _ = try other.ask(["type": "open", "doc": "notes/screen"])
        let pushed = try write("invoice number 3", in: "notes/screen", owner)
        let seen = try other.expect("results", kind: "recommendations")
        #expect(ids(try #require(seen["results"]?.array?.first)) == ids(pushed))
        for item in ids(pushed) {
            try change(owner, item, ["title": "invoice 3", "owner": "Cleo"])
        }
        _ = try owner.ask(edit("notes/screen", base: 1, sequence: 2, at: 16, " again"))
        let after = try other.expect("results", kind: "recommendations")
        let left = ids(try #require(after["results"]?.array?.first))
        #expect(Set(left).isDisjoint(with: ids(pushed)))
    }

    // MARK: Interactions

    @Test func `a dismissal is undone, and actions are those that the definition knows`() throws {
        let folder = try Self.home(["metrics": ["copies": "copy / impression"]])
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        let pushed = try write("invoice number 4", in: "notes/undo", peer)
        #expect(try act(peer, pushed, "dismiss", "n4")["type"] == "ok")
        func inDocument() throws -> [String] {
            let results = try peer.ask([
                "type": "recommend", "source": "editor", "doc": "notes/undo",
                "query": "invoice number 4",
            ])
            return ids(try #require(results["results"]?.array?.first))
        }
        #expect(try !inDocument().contains("n4"))
        #expect(try act(peer, pushed, "undo", "n4")["type"] == "ok")
        #expect(try inDocument().contains("n4"))
        // A list that was asked for in a document belongs there, too.
        let asked = try peer.ask([
            "type": "recommend", "source": "editor", "doc": "notes/undo", "query": "invoice 4",
        ])
        let list = try #require(asked["results"]?.array?.first)
        #expect(try act(peer, list, "dismiss", "n4")["type"] == "ok")
        #expect(try !inDocument().contains("n4"))
        #expect(try act(peer, list, "undo", "n4")["type"] == "ok")
        #expect(try act(peer, pushed, "copy", "n4")["type"] == "ok")
        let refused = try act(peer, pushed, "stare", "n4")
        #expect(refused["code"] == "bad_field")
        #expect(refused["message"]?.string?.contains("copy") == true)
        let missing = try act(peer, pushed, "click")
        #expect(missing["type"] == "error")
        let line = try server.get("/metrics").body.split(separator: "\n").first {
            $0.hasPrefix("hunch_online_metric") && $0.contains(#"metric="copies""#)
        }
        #expect(line?.contains(#"source="editor""#) == true)
        #expect(line.flatMap { Double($0.split(separator: " ").last ?? "") } ?? 0 > 0)
    }

    @Test func `a stage without time is skipped, and the answer and the log say so`() throws {
        let folder = try Self.home(["budgets": ["fetchMillis": 0.001]])
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["degraded"]])
        let peer = try Peer(server, user: "Ada")
        var degraded: [String] = []
        for _ in 0..<50 where degraded.isEmpty {
            let entry = try ask(peer, String(repeating: "invoice number ", count: 40))
            degraded = (entry["degraded"]?.array ?? []).compactMap(\.string)
        }
        #expect(degraded.contains { $0.hasPrefix("fetch/") })
        let event = try control.expect("event")
        #expect(event["event"] == "degraded" && event["reason"] == "it was not done in time")
        let metrics = try server.get("/metrics").body
        #expect(metrics.contains("hunch_degraded_total{"))
        #expect(metrics.contains("hunch_stage_seconds_bucket{"))
    }
}
