import Documents
import JSON
import Numerics
import Testing

@Suite struct ResultsTests {
    @Test(arguments: UInt64(0)..<4)
    func `every edit is covered by one message a model, and what was pushed is what stands`(
        seed: UInt64
    ) throws {
        let server = try TestServer(shards: seed == 3 ? 2 : 1)
        var random = SplitMix64(seed: seed)
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "covered/edits"])
        var text = Text()
        let count = 60
        for revision in 1...count {
            let operation = Self.change(of: text, using: &random)
            text.apply(operation)
            let ack = try peer.ask([
                "type": "edit", "doc": "covered/edits", "base": .number(Double(revision - 1)),
                "seq": .number(Double(revision)), "ops": operation.json,
            ])
            try #require(ack["revision"]?.int == revision, "\(ack)")
        }
        var results = Results()
        var covering = ["intent": [Int](), "recommendations": []]
        while !results.isSettled(count) {
            let message = try peer.expect("results")
            let edits = try results.take(message)
            // Nothing is said twice: each message without `pending` covers an edit that none before did,
            // or says what has come to rest, or what is wanted next now that the intent is known.
            let news = message["results"]?.array ?? []
            let isLater =
                !news.isEmpty
                && (message["kind"] == "recommendations"
                    || news.allSatisfy { $0["settled"] == true })
            #expect(message["pending"] != nil || !edits.isEmpty || isLater, "\(message)")
            covering[message["kind"]?.string ?? ""]? += Array(edits)
        }
        #expect(covering == ["intent": Array(1...count), "recommendations": Array(1...count)])
        // What the last intents lead to comes before the recommender answers anything later: the first
        // question may overtake it on its way there.
        for _ in 0..<2 { _ = try peer.ask(["type": "recommend", "source": "editor"]) }
        for message in peer.takeAll() where message["doc"] != nil && message["type"] == "results" {
            try results.take(message)
        }
        try check(results, on: server, text, through: count)
    }

    /// Whoever comes late is told the same.
    private func check(
        _ results: Results, on server: TestServer, _ text: Text, through revision: Int
    ) throws {
        let late = try Peer(server, user: "Bob")
        let opened = try late.ask(["type": "open", "doc": "covered/edits"])
        #expect(opened["text"]?.string == text.string)
        _ = try late.ask(["type": "ping"])
        var told = Results()
        for message in late.takeAll() where message["type"] == "results" { try told.take(message) }
        #expect(told.answers == results.answers)
        let blocks = results.answers.keys.filter { $0.hasPrefix("intent ") }
        let lines = text.string.split(separator: "\n").filter { !$0.allSatisfy { $0 == " " } }
        #expect(blocks.count == lines.count)
    }

    /// Typing, pasting more lines than are read at once, deleting, making blank.
    private static func change(
        of text: Text, using random: inout SplitMix64
    ) -> Operation {
        let phrases = ["reset my password ", "where is my parcel\n", "thanks\n", "a", "  ", "\n"]
        let start = Int.random(in: 0...text.length, using: &random)
        let end = min(start + Int.random(in: 0...60, using: &random), text.length)
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            let lines = (0..<80).map { "line \($0) about an invoice\n" }.joined()
            return Operation(replacing: start..<start, with: lines)
        case 1, 2:
            guard end > start else { fallthrough }
            return Operation(replacing: start..<end, with: "")
        default:
            let phrase = phrases[Int.random(in: phrases.indices, using: &random)]
            return Operation(replacing: start..<start, with: phrase)
        }
    }

    @Test func `utterances typed one a block get the intents of the classifier offline`() throws {
        let server = try TestServer()
        let folder = server.folder
        try folder.write(try Demo.examples(), to: "examples.csv")
        _ = try Program.run(
            "evaluate", "model", "-n", "support", "--data", "examples.csv", "--predictions",
            "predictions.jsonl", in: folder)
        let predictions = try folder.text("predictions.jsonl").split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "offline/online"])
        var end = 0
        for (i, prediction) in predictions.enumerated() {
            let text = try #require(prediction["text"]?.string) + "\n"
            let ack = try peer.ask(
                edit("offline/online", base: i, sequence: i + 1, at: end, text))
            try #require(ack["type"] == "ack", "\(ack)")
            end += text.utf16.count
        }
        let results = try Results(of: peer, through: predictions.count)
        for (i, prediction) in predictions.enumerated() {
            let answer = try #require(results.answers["intent b\(i + 1)"]?.array)
            #expect(answer[0] == prediction["predicted"])
            #expect(
                answer[1].double.map(Float.init) == prediction["confidence"]?.double.map(Float.init)
            )
        }
    }

    @Test func `an utterance typed key by key shows little and ends as its whole text`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "typed/keys"])
        let text = "where is the invoice of my last order"
        for (i, key) in text.enumerated() {
            let ack = try peer.ask(
                edit("typed/keys", base: i, sequence: i + 1, at: i, String(key)))
            try #require(ack["type"] == "ack", "\(ack)")
        }
        var shown: [String] = []
        var last: JSONValue?
        while last?["settled"] != true || last?["range"]?.array?[1].int != text.count {
            let message = try peer.expect("results", kind: "intent")
            guard let entry = message["results"]?.array?.first else { continue }
            last = entry
            let intent = try #require(entry["intent"]?.string)
            if shown.last != intent { shown.append(intent) }
        }
        #expect(shown.first == "out_of_scope")
        #expect(shown.count <= 4, "\(shown)")
        let whole = try peer.ask(["type": "classify", "text": .string(text)])["results"]?.array?[0]
        for member in ["intent", "confidence", "ranking", "settled"] {
            #expect(last?[member] == whole?[member])
        }
    }

    @Test func `recommendations are pushed when the list changes, and else counted`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "pushed/lists"])
        var lists: [JSONValue] = []
        let texts = ["how do I reset my password", "?", " where is the invoice of my last order"]
        var end = 0
        for (i, text) in texts.enumerated() {
            _ = try peer.ask(edit("pushed/lists", base: i, sequence: i + 1, at: end, text))
            end += text.utf16.count
            lists.append(try peer.expect("results", kind: "recommendations"))
        }
        #expect(lists.map { $0["revision"]?.int } == [1, 2, 3])
        #expect(lists.map { $0["results"]?.array?.count } == [1, 0, 1])
        #expect(lists.map { $0["unchanged"]?.int } == [0, 1, 0])
        let items = lists.map { $0["results"]?.array?.first?["items"] }
        #expect(items[0] != items[2])
        #expect(items[0]?.array?.isEmpty == false)
    }
}
