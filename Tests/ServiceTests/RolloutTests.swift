import JSON
import Numerics
import Registry
import Testing

@testable import Service

/// Versions beside the one that is live: shadows, canaries that grow, canaries that are halted.
@Suite struct RolloutTests {
    /// Writes a line into a document of its own; gives the version that answers, and as what.
    private func say(
        _ text: String, _ number: Int, _ peer: Peer
    ) throws -> (model: String, arm: String?, intent: String) {
        let document = "rollout/\(number)"
        _ = try peer.ask(["type": "open", "doc": .string(document)])
        _ = try peer.ask(edit(document, base: 0, sequence: 1, at: 0, text))
        let results = try peer.expect("results", kind: "intent")
        _ = try peer.ask(["type": "close", "doc": .string(document)])
        let entry = try #require(results["results"]?.array?.first)
        return (
            results["model"]?.string ?? "", results["arm"]?.string, entry["intent"]?.string ?? ""
        )
    }

    private func watch(_ server: TestServer, _ types: JSONValue) throws -> Peer {
        let control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": types])
        return control
    }

    @Test func `a shadow answers too, and nobody sees it but operators`() throws {
        let folder = try Folder.withWords()
        let server = try TestServer(folder)
        let control = try watch(server, ["shadow"])
        try folder.train(saying: "goodbye", to: "hello")
        let tried = try Program.run(
            "deploy", "model", "-n", "words", "--shadow", in: folder)
        #expect(tried.contains("trying words@") && tried.contains("on the running server"))
        let status = try Program.run("status", in: folder).split(separator: "\n")
        #expect(status.filter { $0.contains("words@") }.count == 2)
        #expect(status.filter { $0.hasSuffix("  shadow") }.count == 1)
        let environments = try Program.run("list", "envs", in: folder)
        #expect(environments.contains("  tries words@") && environments.contains("as shadow"))
        let peer = try Peer(server, user: "Ada")
        for number in 0..<5 {
            let answer = try say("hello there", number, peer)
            #expect(answer.intent == "greeting" && answer.arm == nil)
            let event = try control.expect("event")
            #expect(event["says"] == "goodbye" && event["liveSays"] == "greeting")
        }
        #expect(!peer.takeAll().contains { $0.description.contains("goodbye") })
        let metrics = try server.get("/metrics").body
        #expect(metrics.contains(#"verdict="different"} 5"#))
        // It outlives a restart, and ends when it is told to.
        try server.killAndRestart()
        let again = try watch(server, ["shadow"])
        _ = try say("hello again", 9, try Peer(server, user: "Ada"))
        #expect(try again.expect("event")["says"] == "goodbye")
        let ended = try Program.run("rollback", "model", "-n", "words", in: folder)
        #expect(ended.contains("ended the shadow"))
        #expect(!folder.text(".hunch/environments/dev/environment.json").contains("rollouts"))
    }

    @Test(arguments: [false, true])
    func `a rollout that another replaces is ended in the history`(isServed: Bool) throws {
        let folder = try Folder.withWords()
        let server = isServed ? try TestServer(folder) : nil
        let control = try server.map { try watch($0, ["rollout"]) }
        for (word, mode) in [("one", "--shadow"), ("two", "--canary=5%")] {
            try folder.train(saying: word, to: "hello")
            let words = mode.split(separator: "=").map(String.init)
            _ = try Program.run(["deploy", "model", "-n", "words"] + words, in: folder)
        }
        _ = try Program.run("rollback", "model", "-n", "words", in: folder)
        let history = try Program.run("list", "rollouts", "--json", in: folder)
        let changes = try history.split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
        #expect(changes.map { $0["change"] } == ["begun", "ended", "begun", "ended"])
        #expect(changes.map { $0["mode"] } == ["shadow", "shadow", "canary", "canary"])
        #expect(changes[1]["reason"]?.string?.hasSuffix("is tried as a canary instead") == true)
        #expect(changes[3]["reason"] == "rolled back")
        guard let control else { return }
        for change in changes {
            let event = try control.expect("event")
            #expect(event["change"] == change["change"] && event["mode"] == change["mode"])
        }
    }

    @Test func `programs are told that a version is only tried, and what a rollback ends`() throws {
        let folder = try Folder.withWords()
        func json(_ words: String...) throws -> JSONValue {
            try JSONValue(parsing: Program.run(words + ["--json"], in: folder).trimmed)
        }
        let live = try Program.run("list", "envs", in: folder)
        try folder.train(saying: "goodbye", to: "hello")
        let tried = try json("deploy", "model", "-n", "words", "--shadow")
        #expect(tried["tried"] == "shadow" && tried["model"] != tried["previous"])
        let ended = try json("rollback", "model", "-n", "words")
        #expect(ended["ended"]?.array == [tried["model"] ?? .null])
        #expect(ended["model"] == tried["previous"] && ended["tried"] == .null)
        #expect(try Program.run("list", "envs", in: folder) == live)
        // What is live already is nothing to try.
        let name = try #require(tried["previous"]?.string)
        let refused = try Program(["deploy", "model", "-n", name, "--canary", "5%"], in: folder)
        #expect(try refused.exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("\(name) is live in 'dev' already"))
        let server = try TestServer(folder)
        let control = try Peer(server, over: .control, user: "operator")
        let answer = try control.ask(["type": "watch", "events": ["rollout", "rollouts"]])
        #expect(answer["code"] == "bad_field")
        #expect(answer["message"]?.string?.contains("there are no events 'rollouts'") == true)
    }

    @Test func `a version that is live on some documents and tried on others is shown as both`()
        throws
    {
        let folder = try Folder.withWords()
        try folder.train(saying: "goodbye", to: "hello")
        let deploy = ["deploy", "model", "-n", "words"]
        _ = try Program.run(deploy + ["--documents", "support/*"], in: folder)
        _ = try Program.run(deploy + ["--canary", "0.5%"], in: folder)
        let server = try TestServer(folder)
        let status = try Program.run("status", in: folder).split(separator: "\n").filter {
            $0.hasPrefix("words@")
        }
        #expect(status.map { $0.hasSuffix("canary 0.5 %") } == [false, false, true])
        #expect(status[1].hasSuffix("  support/*") && status[2].contains("  *  "))
        #expect(try Program.run("list", "rollouts", in: folder).contains("canary 0.5 %  begun"))
        withExtendedLifetime(server) {}
    }

    @Test func `a canary grows with its answers until it is what is live`() throws {
        let folder = try Folder.withWords()
        let server = try TestServer(folder)
        let control = try watch(server, ["rollout"])
        try folder.train(saying: "welcome", to: "hello")
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--canary", "30%", "--steps", "30%,100%", "--hold",
            "0s", "--answers", "20", in: folder)
        let peer = try Peer(server, user: "Ada")
        var (answers, number): ([String: Int], Int) = ([:], 0)
        var changes = [try control.expect("event")["change"]?.string]
        #expect(changes == ["begun"])
        while changes.last != "promoted" {
            let answer = try say("hello \(number)", number, peer)
            number += 1
            // When it has been promoted, it is no canary any more.
            #expect(answer.arm == nil || answer.intent == "welcome")
            answers[answer.intent, default: 0] += 1
            // Every version is named by what it answers.
            #expect(answer.model.hasPrefix("words@"))
            for message in control.takeAll() { changes.append(message["change"]?.string) }
            try #require(number < 3000)
            _ = try control.ask(["type": "ping"])
        }
        #expect(changes == ["begun", "grown", "promoted"])
        #expect(answers["greeting", default: 0] >= 20 && answers["welcome", default: 0] >= 20)
        #expect(try say("hello", 5000, peer).arm == nil)
        let history = try Program.run("list", "deployments", "--json", in: folder)
        #expect(history.contains("words"))
        let rollouts = try Program.run("list", "rollouts", in: folder).split(separator: "\n")
        #expect(rollouts.count == 3 && rollouts[1].contains("canary 100 %  grown  by itself"))
    }

    @Test func `a canary that does worse is halted by itself, with the reason`() throws {
        let folder = try Folder.withWords()
        let server = try TestServer(folder)
        let control = try watch(server, ["rollout"])
        try folder.train(saying: "greeting", to: "something that nobody says")
        _ = try Program.run(
            "deploy", "model", "-n", "words", "--canary", "50%", "--answers", "100000", in: folder)
        #expect(try control.expect("event")["change"] == "begun")
        let peer = try Peer(server, user: "Ada")
        var (halted, number): (JSONValue?, Int) = (nil, 0)
        while halted == nil {
            _ = try say("hello \(number)", number, peer)
            number += 1
            _ = try control.ask(["type": "ping"])
            halted = control.takeAll().first { $0["change"] == "halted" }
            try #require(number < 3000)
        }
        #expect(halted?["reason"]?.string?.hasPrefix("answers out of scope") == true)
        let rollouts = try Program.run("list", "rollouts", in: folder)
        #expect(rollouts.contains("halted  by its guards: answers out of scope"))
        for later in 6000..<6010 {
            #expect(try say("hello", later, peer).intent == "greeting")
        }
        #expect(!folder.text(".hunch/environments/dev/environment.json").contains("rollouts"))
    }

    @Test(arguments: UInt64(0)..<20)
    func `who is in a share is chosen evenly, and anew for each version`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var counts = [0, 0, 0]
        for _ in 0..<2000 {
            let unit = "u\(UInt64.random(in: 0 ... .max, using: &random))"
            let isFirst = Trial.place(of: unit, "m@\(seed)") < 0.2
            let isSecond = Trial.place(of: unit, "m@other") < 0.2
            if isFirst { counts[0] += 1 }
            if isSecond { counts[1] += 1 }
            if isFirst && isSecond { counts[2] += 1 }
        }
        #expect((320...480).contains(counts[0]) && (320...480).contains(counts[1]))
        #expect((40...125).contains(counts[2]))
    }
}
