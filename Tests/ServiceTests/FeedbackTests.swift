import Documents
import JSON
import Numerics
import Testing

/// What becomes of users' reports and of unsure answers: the journal, the queue, the metrics.
@Suite struct FeedbackTests {
    private let sure = "where is my parcel"

    /// Opens a document and writes a line; gives the results for it.
    private func write(
        _ text: String, in document: String, _ peer: Peer
    ) throws -> (model: String, entry: JSONValue) {
        _ = try peer.ask(["type": "open", "doc": .string(document)])
        _ = try peer.ask(edit(document, base: 0, sequence: 1, at: 0, text))
        let results = try peer.expect("results", kind: "intent")
        return (try #require(results["model"]?.string), try #require(results["results"]?.array?[0]))
    }

    private func report(
        _ entry: JSONValue, _ label: JSONValue, _ peer: Peer
    ) throws -> JSONValue {
        let prediction = try #require(entry["prediction"])
        return try peer.ask(["type": "feedback", "prediction": prediction, "label": label])
    }

    private func waiting(_ server: TestServer, _ model: String = "support") throws -> [JSONValue] {
        let control = try Peer(server, over: .control, user: "operator")
        return try control.ask(["type": "review", "model": .string(model)])["items"]?.array ?? []
    }

    @Test func `a report waits with the text that was read, the version and its answer`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        let (model, entry) = try write(sure, in: "feedback/notes", peer)
        #expect(try report(entry, "other", peer)["type"] == "ok")
        #expect(try report(entry, "other", peer)["type"] == "ok")
        #expect(try report(entry, "another", peer)["type"] == "ok")
        let items = try waiting(server)
        #expect(items.count == 1)
        #expect(items[0]["text"]?.string == sure && items[0]["model"]?.string == model)
        #expect(items[0]["intent"] == entry["intent"])
        #expect(items[0]["confidence"] == entry["confidence"])
        #expect(items[0]["ranking"] == entry["ranking"])
        let expected: JSONValue = [
            ["label": "other", "count": 2], ["label": "another", "count": 1],
        ]
        #expect(items[0]["reports"] == expected)
    }

    @Test(arguments: [1, 2])
    func `the text is that of the answer's revision, whatever was written since`(
        shards: Int
    ) throws {
        let server = try TestServer(shards: shards)
        let peer = try Peer(server, user: "Ada")
        let document = "feedback/past"
        let (_, first) = try write(sure, in: document, peer)
        // Behind the block, in it, and at last the block is gone.
        let later: [(Int, String)] = [(18, "\nthanks"), (18, " now"), (0, "so: ")]
        for (i, change) in later.enumerated() {
            _ = try peer.ask(
                edit(document, base: i + 1, sequence: i + 2, at: change.0, change.1))
            #expect(try report(first, "other", peer)["type"] == "ok")
        }
        _ = try peer.ask([
            "type": "edit", "doc": .string(document), "base": 4, "seq": 5,
            "ops": [["delete": 26]],
        ])
        #expect(try report(first, "other", peer)["type"] == "ok")
        let item = try #require(try waiting(server).first { $0["text"]?.string == sure })
        #expect(item["reports"]?.array?[0]["count"]?.int == 4)
        // Nor does it matter that nobody has the document open, or which process answered.
        try server.killAndRestart()
        let again = try Peer(server, user: "Ada")
        #expect(try report(first, "other", again)["type"] == "ok")
        #expect(try waiting(server)[0]["reports"]?.array?[0]["count"]?.int == 5)
    }

    @Test(arguments: UInt64(0)..<3)
    func `whatever is edited later, a report finds what its answer had read`(seed: UInt64) throws {
        let server = try TestServer()
        var random = SplitMix64(seed: seed)
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "any/edits"])
        var texts = [Text()]
        for revision in 1...30 {
            let operation = Self.change(of: texts[revision - 1], using: &random)
            texts.append(texts[revision - 1])
            texts[revision].apply(operation)
            _ = try peer.ask([
                "type": "edit", "doc": "any/edits", "base": .number(Double(revision - 1)),
                "seq": .number(Double(revision)), "ops": operation.json,
            ])
        }
        var expected: [String: Set<String>] = [:]
        var reports = 0
        for results in peer.takeAll() where results["kind"] == "intent" {
            let revision = try #require(results["revision"]?.int)
            for entry in results["results"]?.array ?? [] {
                let range = (entry["range"]?.array ?? []).compactMap(\.int)
                try #require(range.count == 2)
                let units = Array(texts[revision].string.utf16)[range[0]..<range[1]]
                reports += 1
                let label = "said \(reports)"
                let text = Self.normal(String(decoding: units, as: UTF16.self))
                expected[text, default: []].insert(label)
                #expect(try report(entry, .string(label), peer)["type"] == "ok", "\(entry)")
            }
        }
        var found: [String: Set<String>] = [:]
        for item in try waiting(server) {
            let labels = (item["reports"]?.array ?? []).compactMap { $0["label"]?.string }
            if !labels.isEmpty { found[Self.normal(item["text"]?.string ?? "")] = Set(labels) }
        }
        #expect(found == expected && !found.isEmpty)
    }

    /// Letters and line feeds that come, and stretches that go.
    private static func change(of text: Text, using random: inout SplitMix64) -> Operation {
        let start = Int.random(in: 0...text.length, using: &random)
        let end = min(start + Int.random(in: 1...9, using: &random), text.length)
        if end > start, Int.random(in: 0..<3, using: &random) == 0 {
            return Operation(replacing: start..<end, with: "")
        }
        let phrases = ["where is my parcel", "\n", "thanks\n", " so", "a"]
        let phrase = phrases[Int.random(in: phrases.indices, using: &random)]
        return Operation(replacing: start..<start, with: phrase)
    }

    /// Texts that differ by case and spaces only are one to the queue.
    private static func normal(_ text: String) -> String {
        text.lowercased().split(separator: " ").joined(separator: " ")
    }

    @Test func `an answer that cannot be found is refused, and nothing is kept`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        let (model, entry) = try write(sure, in: "feedback/none", peer)
        let block = try #require(entry["block"]?.string)
        let names = [
            "feedback/none#\(block).2.\(model)", "feedback/none#b4000.1.\(model)",
            "feedback/none#\(block).1.support@000000000000", "feedback/never#\(block).1.\(model)",
            "#0.17.\(model)", "#9.0.\(model)", "feedback/none#\(block).-1.\(model)",
        ]
        for name in names {
            let answer = try report(["prediction": .string(name)], "other", peer)
            #expect(answer["code"] == "unknown_prediction", "\(name): \(answer)")
        }
        #expect(try waiting(server).isEmpty)
    }

    @Test func `a question is reported like a block`() throws {
        let server = try TestServer()
        let peer = try Peer(server, over: .tcp, user: "Ada")
        let results = try peer.ask(["type": "classify", "text": .string(sure)])
        let entry = try #require(results["results"]?.array?[0])
        #expect(try report(entry, "other", peer)["type"] == "ok")
        #expect(try waiting(server).map { $0["text"]?.string } == [sure])
    }

    @Test func `the share of answers reported to be wrong is measured by version`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        var model = ""
        for i in 0..<4 {
            let results = try peer.ask([
                "type": "classify", "text": .string("where is my parcel \(i)"),
            ])
            model = results["model"]?.string ?? ""
            let entry = try #require(results["results"]?.array?[0])
            let label = i == 0 ? "other" : entry["intent"] ?? ""
            if i < 2 { #expect(try report(entry, label, peer)["type"] == "ok") }
        }
        let label = "{model=\"\(model)\"}"
        #expect(try server.metric("hunch_answers_total\(label)") == 4)
        #expect(try server.metric("hunch_reported_error_rate\(label)") == 0.25)
        for verdict in ["right", "wrong"] {
            let name = "hunch_feedback_total{model=\"\(model)\",verdict=\"\(verdict)\"}"
            #expect(try server.metric(name) == 1)
        }
        let control = try Peer(server, over: .control, user: "operator")
        let deployment = try control.ask(["type": "status"])["deployments"]?.array?[0]
        #expect(deployment?["answers"]?.int == 4 && deployment?["reportedWrong"]?.int == 1)
    }

    // MARK: Unsure answers

    @Test func `an unsure answer waits once, however often and however spelt it comes`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        let texts = ["qwertz uiop", "Qwertz  Uiop", "qwertz uiop", "QWERTZ uiop", "qwertz uiop "]
        for text in texts {
            let answer = try peer.ask(["type": "classify", "text": .string(text)])
            let confidence = answer["results"]?.array?[0]["confidence"]?.double ?? 1
            try #require(confidence < 0.5, "the demo knows what \(text) means")
        }
        _ = try peer.ask(["type": "classify", "text": .string(sure)])
        let items = try waiting(server)
        #expect(items.count == 1)
        // Five comings are known to within a factor of two.
        #expect(items[0]["times"]?.int == 4 && items[0]["reports"] == [])
        #expect(try waiting(server, "another").isEmpty)
    }

    @Test func `of a text that is typed the end waits, once, and not what led to it`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "typed/notes"])
        let text = "qwertz uiop"
        for (i, letter) in text.enumerated() {
            _ = try peer.ask(
                edit("typed/notes", base: i, sequence: i + 1, at: i, String(letter)))
        }
        let deadline = Deadline()
        var items: [JSONValue] = []
        while !items.contains(where: { $0["text"]?.string == text }) {
            try #require(deadline.millisecondsLeft > 0, "\(items)")
            items = try waiting(server)
        }
        #expect(items.count == 1 && items[0]["times"]?.int == 1)
    }

    @Test func `the environment says which answers are unsure, and how many are kept`() throws {
        let folder = try Demo.copy()
        try folder.setEnvironment("review", to: ["confidence": 1, "kept": 3])
        let server = try TestServer(folder)
        let ask = { (range: Range<Int>) in
            let peer = try Peer(server, user: "Ada")
            for i in range {
                _ = try peer.ask(["type": "classify", "text": .string("where is my parcel \(i)")])
            }
        }
        try ask(0..<5)
        #expect(try waiting(server).count == 5)
        // The oldest are dropped with the first that a server keeps, and with every so-manieth.
        try server.killAndRestart()
        try ask(5..<6)
        let texts = Set(try waiting(server).compactMap { $0["text"]?.string })
        #expect(texts == Set((3..<6).map { "where is my parcel \($0)" }))

        let other = try Demo.copy()
        try other.setEnvironment("review", to: ["kept": 0])
        let silent = try TestServer(other)
        let asking = try Peer(silent, user: "Ada")
        _ = try asking.ask(["type": "classify", "text": "qwertz uiop"])
        #expect(try waiting(silent).isEmpty)
    }
}
