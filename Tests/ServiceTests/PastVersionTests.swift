import Foundation
import JSON
import Testing

/// What may be said of answers whose version serves no more.
@Suite struct PastVersionTests {
    /// A server with a model of rules and one of tags, each asked once and then deployed anew.
    private struct Outdated {
        let server: TestServer
        let peer: Peer
        let control: Peer
        /// The answers of the first versions.
        let results: [JSONValue]

        init() throws {
            let folder = try Folder()
            for (name, kind) in [("mine", "rules"), ("topics", "tags")] {
                _ = try Program.run("create", "model", "-n", name, "--kind", kind, in: folder)
                _ = try Program.run("deploy", "model", "-n", name, in: folder)
            }
            server = try TestServer(folder)
            let peer = try Peer(server, user: "Ada")
            results = try ["mine", "topics"].map { model in
                try peer.ask([
                    "type": "classify", "model": .string(model),
                    "text": "please refund me and cancel my plan",
                ])
            }
            let rules =
                #"{"rules": [{"name": "new", "intent": "stay", "phrase": "cancel my plan"}]}"#
            try folder.write(rules, to: ".hunch/models/mine/rules.json")
            control = try Peer(server, over: .control, user: "operator")
            for (i, name) in ["mine", "topics"].enumerated() {
                _ = try Program.run("train", "model", "-n", name, "--seed", "7", in: folder)
                let deployed = try control.ask(["type": "deploy", "model": .string(name)])
                try #require(deployed["type"] == "deployed")
                try #require(deployed["model"] != results[i]["model"])
            }
            self.peer = peer
        }

        func report(_ result: Int, _ label: JSONValue) throws -> JSONValue {
            let prediction = try #require(results[result]["results"]?.array?[0]["prediction"])
            return try peer.ask(["type": "feedback", "prediction": prediction, "label": label])
        }

        func waiting(_ model: String) throws -> [JSONValue] {
            let queue = try control.ask(["type": "review", "model": .string(model)])
            return try #require(queue["items"]?.array)
        }
    }

    @Test func `feedback on a version that serves no more is kept with that version's answer`()
        throws
    {
        let outdated = try Outdated()
        #expect(try outdated.report(0, "stay")["type"] == "ok")
        #expect(try outdated.report(1, ["money", "account"])["type"] == "ok")
        for (i, model) in ["mine", "topics"].enumerated() {
            let items = try outdated.waiting(model)
            try #require(items.count == 1)
            #expect(items[0]["model"] == outdated.results[i]["model"])
            let entry = outdated.results[i]["results"]?.array?[0]
            #expect(items[0]["intent"] == entry?["intent"] && items[0]["tags"] == entry?["tags"])
        }
        let version = try #require(outdated.results[0]["model"]?.string)
        let label = "{model=\"\(version)\",verdict=\"wrong\"}"
        #expect(try outdated.server.metric("hunch_feedback_total\(label)") == 1)
    }

    @Test func `of a version that serves no more nothing is kept that is not approved now`() throws
    {
        let outdated = try Outdated()
        let deployed = try outdated.control.ask([
            "type": "deploy", "model": "topics", "tags": ["delivery"],
        ])
        try #require(deployed["type"] == "deployed")
        #expect(try outdated.report(1, ["money"])["code"] == "unknown_tag")
        #expect(try outdated.report(1, ["delivery"])["type"] == "ok")
        let items = try outdated.waiting("topics")
        #expect(items.count == 1 && items[0]["tags"] == [])
    }

    @Test func `feedback on a version that was deleted is refused`() throws {
        let outdated = try Outdated()
        for result in outdated.results {
            let name = try #require(result["model"]?.string).replacing("@", with: "/")
            let path = "\(outdated.server.folder.path)/.hunch/registry/\(name)"
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(try outdated.report(0, "stay")["code"] == "unknown_prediction")
        #expect(try outdated.report(1, ["money"])["code"] == "unknown_prediction")
        #expect(try outdated.waiting("mine").isEmpty && outdated.waiting("topics").isEmpty)
    }
}
