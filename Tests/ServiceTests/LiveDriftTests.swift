import JSON
import Numerics
import Testing

/// Live answers against those of training, with a server and its commands.
@Suite struct LiveDriftTests {
    private static let intents: [(name: String, frames: [String], things: [String])] = [
        ("alarm", ["wake me", "set the alarm", "ring the bell"], ["at six", "at noon", "early"]),
        ("weather", ["will it rain", "is there snow", "how warm is it"], ["in Rome", "at sea"]),
        ("music", ["play a song", "put on some jazz", "turn it louder"], ["for me", "by Bach"]),
    ]

    private static let fillers = [
        "please", "now", "today", "again", "kindly", "tomorrow", "then", "soon", "maybe", "quickly",
    ]

    /// A text that training could have had.
    private func text(_ random: inout SplitMix64) -> (text: String, intent: String) {
        let intent = Self.intents[Int.random(in: 0..<3, using: &random)]
        let words = [
            Self.fillers[Int.random(in: 0..<10, using: &random)],
            intent.frames[Int.random(in: 0..<intent.frames.count, using: &random)],
            intent.things[Int.random(in: 0..<intent.things.count, using: &random)],
            Self.fillers[Int.random(in: 0..<10, using: &random)],
        ]
        return (words.joined(separator: " "), intent.name)
    }

    /// A home with a classifier that is deployed.
    private func home() throws -> Folder {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "desk", "--kind", "intents", in: folder)
        try folder.write("", to: ".hunch/models/desk/tests.jsonl")
        var random = SplitMix64(seed: 7)
        let lines = (0..<400).map { _ in
            let (text, intent) = text(&random)
            return "\(text),\(intent)"
        }
        try folder.write(
            "text,intent\n" + lines.joined(separator: "\n") + "\n",
            to: ".hunch/models/desk/intents.csv")
        _ = try Program.run("train", "model", "-n", "desk", in: folder)
        _ = try Program.run("deploy", "model", "-n", "desk", in: folder)
        return folder
    }

    private func show(_ folder: Folder, _ model: String) throws -> JSONValue {
        try JSONValue(
            parsing: Program.run("show", "drift", "-n", model, "--json", in: folder))
    }

    private func verdicts(_ report: JSONValue) -> [String: String] {
        let features = report["windows"]?.array?.first?["features"]?.array ?? []
        return Dictionary(
            uniqueKeysWithValues: features.map {
                ($0["name"]?.string ?? "", $0["verdict"]?.string ?? "")
            })
    }

    @Test func `what is asked as in training is steady, what is strange is drift, with an event`()
        throws
    {
        let folder = try home()
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["drift"]])
        let peer = try Peer(server, user: "Ada")
        var random = SplitMix64(seed: 8)
        for _ in 0..<300 {
            _ = try peer.ask(["type": "classify", "text": .string(text(&random).text)])
        }
        let steady = try show(folder, "desk")
        #expect(steady["reference"] == ["source": "heldOut", "answers": 400])
        #expect(steady["windows"]?.array?.first?["answers"] == 300)
        #expect(
            verdicts(steady) == [
                "intent": "steady", "characters": "steady", "confidence": "steady",
                "unknownWords": "steady",
            ])
        for number in 0..<300 {
            let strange = "zyx\(number) qrst\(number) uvw"
            _ = try peer.ask(["type": "classify", "text": .string(strange)])
        }
        let drifted = try Program.run("show", "drift", "-n", "desk", in: folder)
        #expect(drifted.contains("against 400 answers to what training held out"))
        #expect(drifted.contains("last hour, 600 answers") && drifted.contains("DRIFTED"))
        let event = try control.expect("event")
        #expect(event["event"] == "drift" && event["change"] == "begun")
        #expect(event["reason"]?.string?.hasPrefix("PSI") == true)
        #expect(verdicts(try show(folder, "desk"))["unknownWords"] == "drifted")
        let model = try #require(drifted.split(separator: ":").first)
        let labels = #"{model="\#(model)",feature="unknownWords",window="hour"}"#
        #expect(try server.metric("hunch_drift" + labels) == 1)
        let index = "hunch_drift_psi" + labels.replacing("unknownWords", with: "intent")
        #expect(try (server.metric(index) ?? 0) > 0.1)
    }

    @Test func `what a version reads anew is not counted, what somebody writes is`() throws {
        let folder = try home()
        let server = try TestServer(folder)
        let ada = try Writer(server, "desk/notes")
        var random = SplitMix64(seed: 9)
        let lines = (0..<150).map { _ in text(&random).text }
        try ada.write(lines.joined(separator: "\n"))
        let first = try show(folder, "desk")
        #expect(first["windows"]?.array?.first?["answers"] == 150)

        let data = ".hunch/models/desk/intents.csv"
        try folder.write(folder.text(data) + "play it again,music\n", to: data)
        let trained = try Program.run("train", "model", "-n", "desk", "--json", in: folder)
        let version = try #require(try JSONValue(parsing: trained.trimmed)["version"]?.string)
        let name = "desk@\(version)"
        let canary = ["deploy", "model", "-n", name, "--canary", "100%", "--hold", "1h"]
        _ = try Program.run(canary, in: folder)
        var answered: Set<String> = []
        while answered.count < 150 {
            let results = try ada.peer.first { $0["model"]?.string == name }
            answered.formUnion((results["results"]?.array ?? []).compactMap { $0["block"]?.string })
        }
        #expect(try show(folder, name)["windows"]?.array?.first?["answers"] == 0)
        try ada.edit([["insert": "play a song by Bach\n"]])
        _ = try ada.peer.first { $0["model"]?.string == name && $0["pending"] == nil }
        #expect(try show(folder, name)["windows"]?.array?.first?["answers"] == 1)
    }

    @Test func `a version without a reference makes one of its first answers`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "words", "--kind", "rules", in: folder)
        try folder.write("", to: ".hunch/models/words/tests.jsonl")
        try folder.write(
            #"{"format": 1, "rules": [{"name": "a", "intent": "greeting", "phrase": ["hello"]}]}"#,
            to: ".hunch/models/words/rules.json")
        _ = try Program.run("train", "model", "-n", "words", in: folder)
        _ = try Program.run("deploy", "model", "-n", "words", in: folder)
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        for _ in 0..<30 { _ = try peer.ask(["type": "classify", "text": "hello there"]) }
        let text = try Program.run("show", "drift", "-n", "words", in: folder)
        #expect(text.contains("training left no reference; 30 answers so far make one"))
        let report = try show(folder, "words")
        #expect(report["reference"]?["source"] == "none yet")
        #expect(report["windows"]?.array?.isEmpty == true)
    }

    @Test func `a model that is not in use is refused, and one that is not counted says so`() throws
    {
        let server = try TestServer()
        let control = try Peer(server, over: .control, user: "operator")
        let refused = try control.ask(["type": "drift", "model": "nothing"])
        #expect(refused["code"] == "unknown_model")
        let tags = try control.ask(["type": "drift", "model": "topics"])
        #expect(tags["versions"]?.array?.first?["reference"] == nil)
    }
}
