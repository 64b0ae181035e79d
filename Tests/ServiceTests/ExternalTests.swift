import Foundation
import Glibc
import JSON
import Testing

/// Models that are programs: what they answer, and what becomes of everybody else when they fail.
@Suite(.enabled(if: Python.isThere, "python3 is not on this machine"))
struct ExternalTests {
    /// The model `words` reads these documents, beside the models of the demo.
    static let document = "words/notes"

    /// A home with a program that does what texts say; it has few tests, so that all of it is deployed.
    private func home(
        _ definition: JSONValue = ["answers": "intent", "concurrency": 1],
        _ program: String = Python.obedient
    ) throws -> Folder {
        let folder = try Demo.copy()
        _ = try Program.run(
            "create", "model", "-n", "words", "--kind", "external", in: folder)
        try change(folder, definition, program)
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--documents", "words/*", in: folder)
        return folder
    }

    /// Gives the project another program, and takes its tests away.
    private func change(_ folder: Folder, _ definition: JSONValue, _ program: String) throws {
        let head: JSONValue = [
            "name": "words", "kind": "external", "command": ["python3", "model.py"],
            "timeoutMillis": 2000, "restartMillis": [1, 50],
        ]
        let members = (head.object ?? []) + (definition.object ?? [])
        try folder.write(
            JSONValue.object(members).description, to: ".hunch/models/words/model.json")
        try folder.write(program, to: ".hunch/models/words/model.py")
        try? FileManager.default.removeItem(
            atPath: folder.path + "/.hunch/models/words/tests.jsonl")
    }

    /// The next results of a model whose name begins so.
    private func results(_ peer: Peer, of model: String) throws -> JSONValue {
        try peer.first {
            $0["type"] == "results" && $0["model"]?.string?.hasPrefix(model + "@") == true
                && $0["pending"] == nil
        }
    }

    private func intents(_ results: JSONValue) -> [String] {
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

    @Test(arguments: ["", Python.stubborn])
    func `programs end with a server that is killed, heed they its end or not`(
        prelude: String
    ) throws {
        let folder = try home(
            ["answers": "intent", "concurrency": 1],
            prelude + Python.obedient + (prelude.isEmpty ? "" : Python.immortal))
        let server = try TestServer(folder)
        #expect(try Peer(server, user: "Ada").ask(["type": "ping"])["type"] == "pong")
        let old = Python.processes(in: folder)
        try server.killAndRestart()
        let deadline = Deadline()
        while !old.isDisjoint(with: Python.processes(in: folder)) {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
    }

    @Test func `programs that heed no signal are gone when they are replaced, and with the server`()
        throws
    {
        let program = Python.stubborn + Python.obedient + Python.immortal
        let folder = try home(["answers": "intent", "concurrency": 2], program)
        let server = try TestServer(folder)
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        let first = try #require(try results(ada.peer, of: "words")["model"]?.string)
        let old = Python.processes(in: folder)
        #expect(old.count == 2)

        try change(folder, ["answers": "intent", "concurrency": 1], program + "#\n")
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        let second = try results(ada.peer, of: "words")
        #expect(intents(second) == ["hello"] && second["model"]?.string != first)
        let deadline = Deadline()
        while !old.isDisjoint(with: Python.processes(in: folder)) {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(Python.processes(in: folder) == [])
    }

    @Test func `a version whose program does not start is not deployed, and the old one goes on`()
        throws
    {
        let folder = try home()
        let server = try TestServer(folder)
        try change(folder, ["answers": "intent", "startMillis": 3000], "import no_such_module\n")
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        #expect(try Program(["deploy", "model", "-n", "words"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("gives no answer"))
        let ada = try Writer(server, Self.document)
        try ada.write("hello there")
        #expect(try intents(results(ada.peer, of: "words")) == ["hello"])
    }

    @Test func `a canary that gives no answers is halted by itself`() throws {
        let folder = try home()
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["rollout"]])
        let mute = Python.obedient.replacingOccurrences(
            of: "\"nothing\" not in", with: "\"warm\" in")
        try change(folder, ["answers": "intent", "concurrency": 1], mute)
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--canary", "50%", "--answers", "100000", in: folder)
        let peer = try Peer(server, user: "Ada")
        func say(_ number: Int) throws -> [String] {
            let document = "words/\(number)"
            _ = try peer.ask(["type": "open", "doc": .string(document)])
            _ = try peer.ask(edit(document, base: 0, sequence: 1, at: 0, "hello there"))
            defer { _ = peer.takeAll() }
            let said = try intents(results(peer, of: "words"))
            _ = try peer.ask(["type": "close", "doc": .string(document)])
            return said
        }
        var (halted, number): (JSONValue?, Int) = (nil, 0)
        while halted == nil {
            _ = try say(number)
            number += 1
            _ = try control.ask(["type": "ping"])
            halted = control.takeAll().first { $0["change"] == "halted" }
            try #require(number < 3000)
        }
        #expect(halted?["reason"]?.string?.contains("fail") == true)
        for later in 6000..<6010 { #expect(try say(later) == ["hello"]) }
        server.terminate()
        #expect(try server.exitStatus() == 0)
        #expect(Python.processes(in: folder) == [])
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

    @Test func `a program is measured on a file as any model, and compared`() throws {
        let folder = try home()
        try folder.write(
            "text,intent\nhello there,hello\nbye now,leave\nbye then,bye\nxx,oos\n", to: "data.csv")
        try folder.write("text,slice\nhello there,first\nbye now,second\n", to: "slices.csv")
        func evaluate(_ more: String...) throws -> JSONValue {
            let words = ["evaluate", "model", "-n", "words", "--data", "data.csv", "--json"]
            return try JSONValue(parsing: Program.run(words + more, in: folder).trimmed)
        }
        let report = try evaluate(
            "--slices", "slices.csv", "--predictions", "out.jsonl", "--html", "out.html")
        #expect(report["model"]?.string?.hasPrefix("words@") == true)
        #expect(abs((report["accuracy"]?.double ?? 0) - 2.0 / 3) < 1e-9, "\(report)")
        let slices = report["slices"]?.array ?? []
        #expect(slices.map { $0["accuracy"]?.double } == [1, 0])
        let lines = folder.text("out.jsonl").split(separator: "\n")
        let second = try JSONValue(parsing: Array(lines[1].utf8))
        #expect(second["intent"] == "leave" && second["predicted"] == "bye")
        #expect(folder.text("out.html").contains("<html"))
        let against = try evaluate("--against", "support")
        #expect(against["against"]?["model"]?.string?.hasPrefix("support@") == true)
        let typing = ["evaluate", "model", "-n", "words", "--data", "data.csv", "--typing"]
        #expect(try Program(typing, in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("is a program, which is asked for whole texts"))
    }

    @Test func `a text without an answer counts as out of scope, a program without any fails`()
        throws
    {
        let folder = try home()
        let words = ["evaluate", "model", "-n", "words", "--data", "data.csv", "--json"]
        try folder.write("text,intent\nhello there,hello\nnothing at all,hello\n", to: "data.csv")
        let report = try JSONValue(parsing: Program.run(words, in: folder).trimmed)
        #expect(report["accuracy"] == 0.5)
        #expect(folder.text("errors.txt").contains("gave no answer to 1 of 2 texts"))
        try folder.write("text,intent\nnothing at all,hello\nnothing,hello\n", to: "data.csv")
        #expect(try Program(words, in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("the program gives no answer"))
    }

    @Test func `the precision on a file is a test of a program as well`() throws {
        let folder = try home()
        try folder.write(
            "text,intent\nhello there,hello\nbye now,leave\n",
            to: ".hunch/models/words/held-out.csv")
        try folder.write(
            #"{"precision": 0.9, "data": "held-out.csv"}"# + "\n",
            to: ".hunch/models/words/tests.jsonl")
        let words = ["test", "model", "-n", "words", "--json"]
        let test = try Program(words, in: folder)
        #expect(try test.rest().contains("precision 0.5000 (1 of 2 answers)"))
        #expect(try test.exitStatus() == 1)
    }

    @Test func `an answer is explained by what it loses without each word`() throws {
        let folder = try home()
        let said = try Program.run(
            "predict", "-n", "words", "--explain", "--json", "Hello there you", in: folder)
        let found = try #require(try JSONValue(parsing: said.trimmed)["explanation"])
        #expect(found["intent"] == "Hello" && found["confidence"] == 0.75)
        // Without the first word the program says another.
        let words = found["words"]?.array ?? []
        #expect(words.map { $0["word"] } == ["hello", "there", "you"])
        #expect(words.map { $0["weight"] } == [0.75, 0, 0])
        #expect(words.map { $0["share"] } == [1, 0, 0])

        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        func explain(_ text: String) throws -> JSONValue {
            let asked = try peer.ask(["type": "classify", "model": "words", "text": .string(text)])
            let prediction = try #require(asked["results"]?.array?.first?["prediction"])
            return try peer.ask(["type": "explain", "prediction": prediction])
        }
        let explanation = try explain("hello there you")
        #expect(explanation["type"] == "explanation" && explanation["label"] == "hello")
        #expect(explanation["words"]?.array?.map { $0["weight"] } == [0.75, 0, 0])
        #expect(explanation["contributions"] == [])
        #expect(try explain("hello")["words"]?.array?.map { $0["weight"] } == [0.75])
        // Without its sign it is a text that the program gives no answer to.
        #expect(try explain("no+thing")["code"] == "overloaded")
    }

    @Test(.enabled(if: Python.hasScikitLearn, "scikit-learn is not on this machine"))
    func `a linear model of scikit-learn says here what it says there`() throws {
        let folder = try Folder()
        try folder.write(Python.fit, to: "fit.py")
        try folder.write("refund the money\nwhere is it\nmy parcel, please\n", to: "texts.txt")
        #expect(try folder.shell(["python3", "fit.py"]) == 0)
        let export = #filePath.replacingOccurrences(
            of: "Tests/ServiceTests/ExternalTests.swift", with: "scripts/export-sklearn")
        let project = ".hunch/models/fitted"
        let words = ["python3", export, "fitted.joblib", "texts.txt", project]
        #expect(try folder.shell(words) == 0)
        _ = try Program.run("deploy", "model", "-n", "fitted", in: folder)
        let said = try Program.run("predict", "-n", "fitted", "--json", "my parcel", in: folder)
        let expected = try JSONValue(parsing: folder.text("expected.json"))
        let answer = try JSONValue(parsing: said)
        #expect(answer["intent"] == expected["intent"])
        let difference =
            (answer["confidence"]?.double ?? 0) - (expected["confidence"]?.double ?? 1)
        // Confidences are floats here.
        #expect(abs(difference) < 1e-6)
    }

    @Test func `a new project answers, passes its tests and is deployed as it is`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "own", "--kind", "external", in: folder)
        let deployed = try Program.run("deploy", "model", "-n", "own", in: folder)
        #expect(deployed.contains("deployed own@"))
        let said = try Program.run(
            "predict", "-n", "own", "--json", "the courier lost my parcel", in: folder)
        #expect(try JSONValue(parsing: said)["intent"] == "delivery")
        let tested = try Program.run("test", "model", "-n", "own", in: folder)
        #expect(tested.contains("3 passed"), "\(tested)")
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        let answer = try peer.ask(["type": "classify", "text": "the courier lost my parcel"])
        #expect(intents(answer) == ["delivery"])
    }
}

/// Programs in Python, and the processes that they are.
enum Python {
    static let isThere = access("/usr/bin/python3", X_OK) == 0

    static let hasScikitLearn =
        isThere && (try? Folder().shell(["python3", "-c", "import sklearn, joblib"])) == 0

    /// Fits a pipeline, and writes down what it says of a text.
    static let fit = """
        import joblib, json
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        texts = ["refund my money", "money back please", "where is my parcel", "the parcel is late", "hello", "good day"]
        labels = ["refund", "refund", "delivery", "delivery", "greeting", "greeting"]
        pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression()).fit(texts, labels)
        joblib.dump(pipeline, "fitted.joblib")
        [shares] = pipeline.predict_proba(["my parcel"])
        answer = {"intent": pipeline.predict(["my parcel"])[0], "confidence": float(max(shares))}
        with open("expected.json", "w") as file: json.dump(answer, file)

        """

    /// Heeds no signal that can be caught.
    static let stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    /// Goes on when there is nothing to answer any more.
    static let immortal = "while True: time.sleep(1000)\n"

    /// Answers with the first word of a text, or fails as that word says.
    static let obedient = """
        import json, os, sys, time

        def answer(text):
            return {"intent": text.split()[0], "confidence": 0.75} if "nothing" not in text else {}

        print('{"ready": true}', flush=True)
        for line in sys.stdin:
            batch = json.loads(line)
            answers = [answer(text) for text in batch["texts"]]
            word = batch["texts"][0].split()[0]
            if word == "crash": os._exit(3)
            if word == "hang": time.sleep(1000)
            if word == "silence": continue
            if word == "garbage": print("what? {", flush=True)
            if word == "few": answers = answers[1:]
            if word == "stranger": batch["id"] += 7
            if word == "half":
                sys.stdout.write('{"id": %d, "answ' % batch["id"])
                sys.stdout.flush()
                os._exit(0)
            if word == "flood":
                while True: sys.stderr.write("no end of complaints\\n" * 1000)
            print(json.dumps({"id": batch["id"], "answers": answers}), flush=True)

        """

    /// The processes that run in a folder of a home's programs.
    static func processes(in folder: Folder) -> Set<Int32> {
        let home = folder.path + "/.hunch/programs"
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Set(
            numbers.compactMap(Int32.init).filter { number in
                let place = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(number)/cwd")
                return place?.hasPrefix(home) ?? false
            })
    }
}
