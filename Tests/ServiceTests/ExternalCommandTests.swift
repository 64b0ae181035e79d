import Foundation
import JSON
import Testing

/// What authors do with models that are programs.
@Suite(.enabled(if: Python.isThere, "python3 is not on this machine"))
struct ExternalCommandTests {
    @Test func `a program is measured on a file as any model, and compared`() throws {
        let folder = try Python.home()
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
        let folder = try Python.home()
        let words = ["evaluate", "model", "-n", "words", "--data", "data.csv", "--json"]
        try folder.write("text,intent\nhello there,hello\nnothing at all,hello\n", to: "data.csv")
        let report = try JSONValue(parsing: Program.run(words, in: folder).trimmed)
        #expect(report["accuracy"] == 0.5)
        #expect(folder.text("errors.txt").contains("gave no answer to 1 of 2 texts"))
        try folder.write("text,intent\nnothing at all,hello\nnothing,hello\n", to: "data.csv")
        #expect(try Program(words, in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("the program gives no answer"))
    }

    @Test func `a text that ends the program costs its neighbours nothing`() throws {
        let folder = try Python.home()
        try folder.write(
            "text,intent\ncrash now,crash\nhello there,hello\nbye now,bye\n", to: "data.csv")
        let words = ["evaluate", "model", "-n", "words", "--data", "data.csv", "--json"]
        let report = try JSONValue(parsing: Program.run(words, in: folder).trimmed)
        #expect(abs((report["accuracy"]?.double ?? 0) - 2.0 / 3) < 1e-9, "\(report)")
        #expect(folder.text("errors.txt").contains("gave no answer to 1 of 3 texts"))
    }

    @Test func `commands leave the folder alone in which a server's programs run`() throws {
        // It changes a file of its own, as one that counts its starts.
        let program = Python.obedient.replacingOccurrences(
            of: "print('{\"ready\": true}', flush=True)",
            with: "open('model.py', 'a').write('#')\nprint('{\"ready\": true}', flush=True)")
        let folder = try Python.home(["answers": "intent", "concurrency": 1], program)
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        func intent() throws -> JSONValue? {
            let asked = try peer.ask(["type": "classify", "model": "words", "text": "hello there"])
            return asked["results"]?.array?.first?["intent"]
        }
        #expect(try intent() == "hello")
        let running = Python.processes(in: folder)
        #expect(running.count == 1)
        let said = try Program.run("predict", "-n", "words", "--json", "hello you", in: folder)
        #expect(try JSONValue(parsing: said.trimmed)["intent"] == "hello")
        #expect(Python.processes(in: folder) == running)
        let programs = folder.path + "/.hunch/programs/words"
        let versions = try FileManager.default.contentsOfDirectory(atPath: programs)
        #expect(versions.count == 1)
        let source = folder.text(".hunch/programs/words/\(versions[0])/model.py")
        #expect(source.hasSuffix("#") && !source.hasSuffix("##"))
        #expect(try intent() == "hello")
    }

    @Test func `what a program does wrong is told with what it said`() throws {
        let folder = try Python.home()
        func complaint(_ text: String) throws -> String {
            let before = folder.text("errors.txt").count
            let program = try Program(["predict", "-n", "words", text], in: folder)
            #expect(try program.exitStatus() == 1)
            return String(folder.text("errors.txt").dropFirst(before))
        }
        let wanted = #"an answer is not an "intent" with a "confidence" from 0 to 1: {}"#
        #expect(try complaint("nothing at all").contains(wanted))
        #expect(try complaint("garbage here").contains("no answer to what was asked: what? {"))
        let loud = Python.obedient.replacingOccurrences(
            of: "print('{\"ready\": true}', flush=True)", with: "print('Loading', flush=True)")
        try Python.change(
            folder, ["answers": "intent", "concurrency": 1, "startMillis": 5000], loud)
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        let start = try complaint("hello")
        #expect(start.contains("does not say that it is ready: Loading"))
        // However often it was started.
        #expect(start.components(separatedBy: "Loading").count == 2)
        try Python.change(folder, ["answers": "intent", "timeoutMilis": 5], Python.obedient)
        let refused = try Program(["train", "model", "-n", "words"], in: folder)
        #expect(try refused.exitStatus() == 1)
        #expect(folder.text("errors.txt").contains(#""timeoutMilis" means nothing here"#))
    }

    @Test
    func `a program that ends while it is asked is told of, whatever signals mean at the start`()
        throws
    {
        // It does not listen any more when it says that it is ready.
        let deaf = """
            import os, time
            os.close(0)
            print('{"ready": true}', flush=True)
            time.sleep(1000)

            """
        let folder = try Python.home()
        try Python.change(folder, ["answers": "intent", "startMillis": 2000], deaf)
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        let start = """
            import os, signal, sys
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            os.execv(sys.argv[1], sys.argv[1:])
            """
        let words = ["predict", "-n", "words", "hello there"]
        #expect(try folder.shell(["python3", "-c", start, Program.path] + words) == 1)
    }

    @Test func `a program that cannot start is given up before its time is over`() throws {
        let folder = try Python.home()
        try Python.change(
            folder, ["answers": "intent", "startMillis": 600_000], "import no_such_module\n")
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        #expect(try Program(["predict", "-n", "words", "hello"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("No module named 'no_such_module'"))
    }

    @Test func `the precision on a file is a test of a program as well`() throws {
        let folder = try Python.home()
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
        let folder = try Python.home()
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
            of: "Tests/ServiceTests/ExternalCommandTests.swift", with: "scripts/export-sklearn")
        let project = ".hunch/models/fitted"
        let words = ["python3", export, "fitted.joblib", "texts.txt", project]
        #expect(try folder.shell(words) == 0)
        let definition = try JSONValue(parsing: folder.text(project + "/model.json"))
        #expect(1...16 ~= definition["batch"]?.int ?? 0)
        #expect(definition["timeoutMillis"]?.int ?? 0 >= 200)
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
        #expect(answer["results"]?.array?.first?["intent"] == "delivery")
    }
}
