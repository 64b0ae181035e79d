import JSON
import Testing

@Suite struct TagsTests {
    /// A home with a tag model of the demo's data.
    static func home() throws -> Folder {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "topics", "--kind", "tags", in: folder)
        _ = try Program.run("deploy", "model", "-n", "topics", in: folder)
        return folder
    }

    /// All tags of a message, of blocks and of the document.
    private func tags(_ results: JSONValue) -> Set<String> {
        Set(
            (results["results"]?.array ?? []).flatMap { $0["tags"]?.array ?? [] }
                .compactMap { $0["tag"]?.string })
    }

    static let text =
        "I was charged twice for the annual plan, the parcel is stuck at customs"

    @Test func `what is not on the list never leaves the server, though the model says it`() throws
    {
        let server = try TestServer(Self.home())
        let ada = try Peer(server, user: "Ada")
        let control = try Peer(server, over: .control, user: "operator")
        _ = try ada.ask(["type": "open", "doc": "a/notes"])
        _ = try ada.ask(edit("a/notes", base: 0, sequence: 1, at: 0, Self.text))
        let results = try ada.expect("results")
        #expect(tags(results) == ["money", "delivery"])
        let prediction = try #require(results["results"]?.array?.first?["prediction"])
        let report: JSONValue = [
            "type": "feedback", "prediction": prediction, "label": ["money"],
        ]
        #expect(try ada.ask(report)["type"] == "ok")

        // The list shrinks, the model stays: the block is read anew, and the tag is gone.
        let deployed = try control.ask([
            "type": "deploy", "model": "topics", "tags": ["delivery"],
        ])
        #expect(deployed["type"] == "deployed" && deployed["previous"] == deployed["model"])
        #expect(tags(try ada.expect("results")) == ["delivery"])

        try checkSilence(of: server, ada)
        // The list outlives the server, and so does its silence.
        server.terminate()
        #expect(try server.exitStatus() == 0)
        try server.restart()
        try checkSilence(of: server, try Peer(server, user: "Eve"))
        #expect(!server.folder.text("errors.txt").contains("money"))
    }

    /// Asks in every way for what the model thinks, and looks for the tag in all that is sent.
    private func checkSilence(of server: TestServer, _ peer: Peer) throws {
        let reader = try Peer(server, user: "Bob")
        let control = try Peer(server, over: .control, user: "operator")
        var sent: [JSONValue] = []
        sent.append(try control.ask(["type": "watch", "since": 0]))
        sent.append(try control.ask(["type": "status"]))
        let reply = try peer.ask(["type": "classify", "text": .string(Self.text)])
        #expect(tags(reply) == ["delivery"])
        let prediction = try #require(reply["results"]?.array?.first?["prediction"])
        let reason = try peer.ask(["type": "explain", "prediction": prediction])
        #expect(reason["label"] == "delivery")
        let hidden = try peer.ask(["type": "explain", "prediction": prediction, "tag": "money"])
        #expect(hidden["code"] == "unknown_tag")
        let said = try peer.ask([
            "type": "feedback", "prediction": prediction, "label": ["money", "delivery"],
        ])
        #expect(said["code"] == "unknown_tag")
        sent += [reason, hidden, said]
        sent.append(
            try peer.ask(["type": "feedback", "prediction": prediction, "label": ["delivery"]]))
        sent.append(try control.ask(["type": "review", "model": "topics"]))
        sent.append(reply)
        sent.append(try reader.ask(["type": "open", "doc": "a/notes"]))
        let known = try reader.expect("results")
        #expect(tags(known) == ["delivery"])
        let revision = try #require(known["revision"]?.int)
        let more = edit("a/notes", base: revision, sequence: 1, at: 0, "Please refund that. ")
        sent.append(try reader.ask(more))
        sent += [known, try reader.expect("results")]
        // The event of that reading, and all before it.
        while true {
            let event = try control.expect("event")
            sent.append(event)
            if event["event"] == "tags", event["doc"] == "a/notes" { break }
        }
        sent.append(try control.ask(["type": "ping"]))
        sent += reader.takeAll() + peer.takeAll() + control.takeAll()
        #expect(sent.contains { $0["event"] == "tags" })
        for message in sent { #expect(!message.description.contains("money")) }
    }

    @Test func `a list of tags that the model does not know is refused, with those it knows`()
        throws
    {
        let folder = try Self.home()
        let command = ["deploy", "model", "-n", "topics", "--tags", "delivery,parcels"]
        let known = "'money', 'delivery', 'account', 'product', 'urgent'"
        let before = folder.text(".hunch/environments/dev/environment.json")
        #expect(try Program(command, in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("does not know 'parcels'; it knows \(known)"))
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        let refused = try control.ask([
            "type": "deploy", "model": "topics", "tags": ["delivery", "parcels"],
        ])
        #expect(refused["code"] == "deploy_failed")
        #expect(refused["message"]?.string?.contains("'parcels'; it knows \(known)") == true)
        #expect(folder.text(".hunch/environments/dev/environment.json") == before)
        let reply = try control.ask(["type": "classify", "text": .string(Self.text)])
        #expect(tags(reply) == ["money", "delivery"])
    }

    @Test func `a document has the tags of its blocks, and says when they change`() throws {
        let server = try TestServer(Self.home())
        let ada = try Peer(server, user: "Ada")
        _ = try ada.ask(["type": "open", "doc": "a/notes"])
        var revision = 0
        func type(_ ops: JSONValue...) throws -> [JSONValue] {
            revision += 1
            _ = try ada.ask([
                "type": "edit", "doc": "a/notes", "base": .number(Double(revision - 1)),
                "seq": .number(Double(revision)), "ops": .array(ops),
            ])
            return try ada.expectEntries()
        }
        func whole(_ entries: [JSONValue]) -> Set<String>? {
            entries.first { $0["block"] == nil }.map { tags(["results": [$0]]) }
        }
        let lines = [
            "Lunch is at noon on Monday\n", "Please refund order 4711, please send the invoice\n",
            "My parcel has not arrived, tracking has not moved: where is my delivery? The courier "
                + "has lost the parcel, so that the delivery is late\n",
        ]
        #expect(whole(try type(["insert": .string(lines[0])])) == nil)
        let first = try type(["insert": .string(lines[1])])
        #expect(whole(first) == ["money"])
        let both = try type(["insert": .string(lines[2])])
        #expect(whole(both) == ["delivery"])
        let reader = try Peer(server, user: "Bob")
        _ = try reader.ask(["type": "open", "doc": "a/notes"])
        let known = try reader.expectEntries()
        #expect(known.count == 4 && whole(known) == whole(both))
        let blank = try type(["delete": .number(Double(lines.joined().utf16.count))])
        #expect(whole(blank) == [])
    }

    @Test func `a model below its gate is deployed by force only, which is recorded`() throws {
        let folder = try Self.home()
        let definition =
            #"{"name": "topics", "kind": "tags", "data": "tags.csv", "tags": ["money", "delivery"], "#
            + #""slices": "slices.csv"}"#
        try folder.write(definition, to: ".hunch/models/topics/model.json")
        // A slice in which the tags are those of other texts.
        let good = folder.text(".hunch/models/topics/tags.csv")
        let bad = (0..<30).map { "customs \($0) refund parcel,\($0 % 2 == 0 ? "money" : "")\n" }
        try folder.write(good + bad.joined(), to: ".hunch/models/topics/tags.csv")
        try folder.write(
            "text,slice\n" + (0..<30).map { "customs \($0) refund parcel,odd\n" }.joined(),
            to: ".hunch/models/topics/slices.csv")
        let manifest = try JSONValue(
            parsing: Program.run("train", "model", "-n", "topics", "--json", in: folder))
        let gate = try #require(manifest["details"]?["gate"])
        #expect(gate["passes"] == false && gate["demanded"] == 0.85)
        let name = "topics@\(try #require(manifest["version"]?.string))"

        // On the files of a server that does not run.
        let refused = try Program(["deploy", "model", "-n", name], in: folder)
        #expect(try refused.exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("is below what its author demands: slice 'odd'"))
        #expect(!folder.text(".hunch/environments/dev/environment.json").contains(name.suffix(12)))

        // On a running server.
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        let request: JSONValue = [
            "type": "deploy", "model": "topics", "version": .string(String(name.suffix(12))),
        ]
        let refusal = try control.ask(request)
        #expect(refusal["code"] == "deploy_failed")
        #expect(try control.ask(request.adding("force", ""))["code"] == "deploy_failed")
        let forced = try control.ask(request.adding("force", "better than nothing"))
        #expect(forced["type"] == "deployed" && forced["model"]?.string == name)
        let history = folder.text(".hunch/environments/dev/deployments.jsonl")
        let last = try JSONValue(parsing: String(try #require(history.split(separator: "\n").last)))
        #expect(last["forced"] == "better than nothing" && last["by"] == "operator")
        #expect(last["time"]?.int ?? 0 > 0)
    }

    @Test func `tags are predicted and measured by commands`() throws {
        let folder = try Self.home()
        let line = try Program.run("predict", "-n", "topics", "--json", Self.text, in: folder)
        let answer = try JSONValue(parsing: line)
        #expect(
            Set((answer["tags"]?.array ?? []).compactMap { $0["tag"]?.string })
                == ["money", "delivery"])
        let words = ["predict", "-n", "topics", "--explain", "--json", Self.text]
        let explained = try JSONValue(parsing: Program.run(words, in: folder))
        let reasons = try #require(explained["explanations"]?.array)
        #expect(reasons.map { $0["tag"] } == (answer["tags"]?.array ?? []).map { $0["tag"] })
        #expect(reasons[0]["words"]?.array?[0]["range"] == [0, 1])
        let report = try JSONValue(
            parsing: Program.run(
                "evaluate", "model", "-n", "topics", "--data", ".hunch/models/topics/tags.csv",
                "--json", in: folder))
        #expect(report["microF1"]?.double ?? 0 > 0.9)
        #expect(report["tags"]?.array?.count == 5)
    }
}
