import Foundation
import JSON
import Testing

/// Models that are programs: what they answer, and what becomes of everybody else when they fail.
@Suite(.enabled(if: Python.isThere, "python3 is not on this machine"))
struct ExternalTests {
    /// The model `words` reads these documents, beside the models of the demo.
    static let document = "words/notes"

    func home(
        _ definition: JSONValue = ["answers": "intent", "concurrency": 1],
        _ program: String = Python.obedient
    ) throws -> Folder {
        try Python.home(definition, program)
    }

    /// The next results of a model whose name begins so.
    func results(_ peer: Peer, of model: String) throws -> JSONValue {
        try peer.first {
            $0["type"] == "results" && $0["model"]?.string?.hasPrefix(model + "@") == true
                && $0["pending"] == nil
        }
    }

    func intents(_ results: JSONValue) -> [String] {
        (results["results"]?.array ?? []).compactMap { $0["intent"]?.string }
    }

    @Test func `what a program says is pushed, asked for and counted like any answer`() throws {
        let server = try TestServer(home())
        let ada = try Writer(server, Self.document)
        try ada.write("hello there\ngoodbye then")
        let results = try results(ada.peer, of: "words")
        #expect(Set(intents(results)) == ["hello", "goodbye"])
        let entry = try #require(results["results"]?.array?.first)
        #expect(entry["settled"] == true && entry["confidence"] == 0.75)
        #expect(entry["ranking"]?.array?.count == 1 && entry["range"] != nil)
        #expect(results["computeMicros"]?.int ?? 0 > 0)
        let asked = try ada.peer.ask(["type": "classify", "model": "words", "text": "welcome all"])
        #expect(intents(asked) == ["welcome"])
        let model = try #require(results["model"]?.string)
        #expect(try server.metric("hunch_program_starts_total{model=\"\(model)\"}") == 1)
        #expect(try server.metric("hunch_answers_total{model=\"\(model)\"}") == 3)
        // The same text again is no news.
        try ada.rewrite("hello there\nwelcome then")
        #expect(try intents(self.results(ada.peer, of: "words")).contains("welcome"))
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(Python.processes(in: server.folder) == [])
    }

    @Test(arguments: ["crash", "hang", "garbage", "few", "half", "stranger", "flood", "silence"])
    func `a program that fails loses its own answer, and nobody else's`(failure: String) throws {
        let definition: JSONValue = [
            "answers": "intent", "concurrency": 1,
            "timeoutMillis": failure == "hang" || failure == "silence" ? 50 : 2000,
        ]
        let server = try TestServer(home(definition))
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        #expect(try intents(results(ada.peer, of: "words")) == ["hello"])
        _ = try results(ada.peer, of: "support")

        try ada.rewrite("\(failure) I want my money back, refund the order")
        #expect(try results(ada.peer, of: "support")["results"]?.array?.count == 1)
        let failed = try results(ada.peer, of: "words")
        #expect(failed["results"] == [])
        let name = try #require(failed["model"]?.string)
        #expect(try server.metric("hunch_program_unanswered_total{model=\"\(name)\"}") == 1)

        try ada.rewrite("thanks for that")
        #expect(try intents(results(ada.peer, of: "words")) == ["thanks"])
        let isRestarted = failure != "few"
        #expect(
            try server.metric("hunch_program_starts_total{model=\"\(name)\"}")
                == (isRestarted ? 2 : 1))
        let watcher = try Peer(server, over: .control, user: "operator")
        _ = try watcher.ask(["type": "watch", "events": ["program"], "since": 0])
        let event = try watcher.first { $0["reason"] != nil }
        #expect(event["model"]?.string == name)
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(Python.processes(in: server.folder) == [])
    }

    @Test(arguments: ["crash", "silence", "few"])
    func `a text that fails its batch costs nobody else an answer`(failure: String) throws {
        let definition: JSONValue = [
            "answers": "intent", "concurrency": 1,
            "timeoutMillis": failure == "silence" ? 50 : 2000,
        ]
        // It fails wherever in the batch the text stands.
        let program = Python.obedient.replacingOccurrences(
            of: "word = batch[\"texts\"][0].split()[0]",
            with:
                "word = ([w for t in batch[\"texts\"] for w in t.split() if w == \"\(failure)\"] + [\"\"])[0]"
        )
        let server = try TestServer(home(definition, program))
        let ada = try Writer(server, Self.document)
        try ada.write("hello there\n\(failure) this\ngoodbye then\nthanks all")
        let results = try results(ada.peer, of: "words")
        #expect(Set(intents(results)) == ["hello", "goodbye", "thanks"])
        let name = try #require(results["model"]?.string)
        #expect(try server.metric("hunch_program_unanswered_total{model=\"\(name)\"}") == 1)
    }

    @Test func `one bad answer of a batch is one answer less`() throws {
        let server = try TestServer(home())
        let ada = try Writer(server, Self.document)
        try ada.write("hello there\nnothing at all\ngoodbye then")
        #expect(Set(try intents(results(ada.peer, of: "words"))) == ["hello", "goodbye"])
        let refused = try ada.peer.ask([
            "type": "classify", "model": "words", "text": "nothing at all",
        ])
        #expect(refused["type"] == "error" && refused["code"] == "overloaded")
        #expect(refused["retryAfterMs"]?.int ?? 0 > 0)
    }

    @Test func `past its bound the queue refuses, and what waits outlives a failure`() throws {
        let server = try TestServer(
            home(["answers": "intent", "concurrency": 1, "queue": 1, "timeoutMillis": 1000]))
        let peer = try Peer(server, user: "Ada")
        func ask(_ text: String) throws {
            try peer.send([
                "type": "classify", "model": "words", "id": .string(text), "text": .string(text),
            ])
        }
        try ask("ready now")
        #expect(try intents(peer.reply(to: "ready now")) == ["ready"])
        try ["silence please", "patience then", "none left"].forEach(ask)
        let replies = try (0..<3).map { _ in try peer.first { $0["id"] != nil } }
        #expect(replies.map { $0["id"] } == ["none left", "silence please", "patience then"])
        #expect(replies[0]["code"] == "overloaded" && replies[1]["code"] == "overloaded")
        #expect(intents(replies[2]) == ["patience"])
    }

    @Test func `what people say of a program's answers is kept and counted`() throws {
        let server = try TestServer(home())
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        let pushed = try results(ada.peer, of: "words")
        let prediction = try #require(pushed["results"]?.array?.first?["prediction"])
        let said = try ada.peer.ask([
            "type": "feedback", "prediction": prediction, "label": "greeting",
        ])
        #expect(said["type"] == "ok")
        let model = try #require(pushed["model"]?.string)
        let counter = "hunch_feedback_total{model=\"\(model)\",verdict=\"wrong\"}"
        #expect(try server.metric(counter) == 1)
    }

    @Test func `of tags only those leave the server that model.json lists`() throws {
        let tagger = """
            import json, sys
            print('{"ready": true}', flush=True)
            for line in sys.stdin:
                batch = json.loads(line)
                tags = [{"tag": t, "confidence": c} for t, c in (("b", 0.5), ("a", 0.9), ("secret", 1))]
                print(json.dumps({"id": batch["id"], "answers": [{"tags": tags}] * len(batch["texts"])}), flush=True)

            """
        let server = try TestServer(home(["answers": "tags", "tags": ["a", "b"]], tagger))
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        let pushed = try results(ada.peer, of: "words")
        let asked = try ada.peer.ask(["type": "classify", "model": "words", "text": "hello"])
        for results in [pushed, asked] {
            let tags = results["results"]?.array?.first?["tags"]?.array ?? []
            #expect(tags.map { $0["tag"] } == ["a", "b"])
            #expect(!results.description.contains("secret"))
        }
    }

    @Test func `who comes while a program computes is told where blocks lie in its text`() throws {
        // The program waits for a file before it answers a text with "wait" in it.
        let patient = """
            import json, os, sys, time
            gate = os.getcwd().split("/.hunch/")[0] + "/go"
            print('{"ready": true}', flush=True)
            for line in sys.stdin:
                batch = json.loads(line)
                while "wait" in line and not os.path.exists(gate): time.sleep(0.001)
                answers = [{"intent": text.split()[0], "confidence": 0.75} for text in batch["texts"]]
                print(json.dumps({"id": batch["id"], "answers": answers}), flush=True)

            """
        let folder = try home(
            ["answers": "intent", "concurrency": 1, "timeoutMillis": 60_000], patient)
        let server = try TestServer(folder)
        let ada = try Writer(server, Self.document)
        try ada.write("hello there\ngoodbye then")
        _ = try results(ada.peer, of: "words")
        try ada.edit([["retain": 11], ["insert": " wait"]])
        try ada.edit([["insert": "oh well\n"]])

        let bob = try Peer(server, user: "Bob")
        let opened = try bob.ask(["type": "open", "doc": .string(Self.document)])
        let text = Array(try #require(opened["text"]?.string).utf16)
        var newest = try opened.count("revision")
        var (told, open) = (Set<String>(), 1)
        while told.count < 3 || open > 0 {
            let results = try bob.first {
                $0["type"] == "results" && $0["model"]?.string?.hasPrefix("words@") == true
            }
            let revision = try results.count("revision")
            #expect(revision >= newest)
            newest = revision
            for entry in results["results"]?.array ?? [] {
                let range = try #require(entry["range"]?.array).compactMap(\.int)
                let line = String(decoding: text[range[0]..<range[1]], as: UTF16.self)
                let intent = try #require(entry["intent"]?.string)
                #expect(line.hasPrefix(intent) && !line.contains("\n"))
                told.insert(intent)
            }
            if told.count >= 2 { try folder.write("", to: "go") }
            open = results["pending"]?.int ?? 0
        }
        #expect(told == ["hello", "goodbye", "oh"])
    }
}
