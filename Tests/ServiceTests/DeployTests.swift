import JSON
import Testing

@Suite struct DeployTests {
    @Test func `two commands in an empty folder give a live answer`() throws {
        let folder = try Folder()
        _ = try Program.run("create", "model", "-n", "my-model", in: folder)
        _ = try Program.run("deploy", "model", "-n", "my-model", in: folder)
        let server = try TestServer(folder)
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "my/notes"])
        _ = try peer.ask(edit("my/notes", base: 0, sequence: 1, at: 0, "where is my parcel"))
        let results = try peer.expect("results")
        #expect(results["model"]?.string?.hasPrefix("my-model@") == true)
        #expect(results["results"]?.array?.first?["intent"]?.string?.isEmpty == false)
    }

    @Test(arguments: [1, 2])
    func `a deployment switches the version under open connections`(shards: Int) throws {
        let server = try TestServer(shards: shards)
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "switch/notes"])
        _ = try peer.ask(edit("switch/notes", base: 0, sequence: 1, at: 0, "red roses"))
        let old = try #require(try peer.expect("results", kind: "intent")["model"]?.string)
        let new = try train(in: server.folder)

        let control = try Peer(server, over: .control, user: "operator")
        let deployed = try control.ask([
            "type": "deploy", "model": "support", "version": .string(String(new.dropFirst(8))),
        ])
        #expect(deployed["type"] == "deployed" && deployed["model"]?.string == new)
        #expect(deployed["previous"]?.string == old && deployed["kind"] == "intents")
        // The block that was there is read anew, and so is what is typed now.
        let again = try peer.expect("results", kind: "intent")
        #expect(again["model"]?.string == new && again["revision"]?.int == 1)
        #expect(again["results"]?.array?.first?["intent"] == "flower")
        _ = try peer.ask(edit("switch/notes", base: 1, sequence: 2, at: 0, "green ferns, "))
        #expect(try peer.expect("results", kind: "intent")["model"]?.string == new)
        #expect(
            try control.ask(["type": "status"])["deployments"]?.array?[0]["model"]?.string == new)

        let failed = try control.ask([
            "type": "deploy", "model": "support", "version": "000000000000",
        ])
        #expect(failed["code"] == "deploy_failed")
        #expect(try peer.ask(["type": "classify", "text": "red"])["model"]?.string == new)

        // The command does the same.
        _ = try Program.run("deploy", "model", "-n", old, in: server.folder)
        #expect(try peer.expect("results", kind: "intent")["model"]?.string == old)
        #expect(try server.metric("hunch_model_live{model=\"\(old)\",kind=\"intents\"}") == 1)
        #expect(try server.metric("hunch_model_live{model=\"\(new)\",kind=\"intents\"}") == 0)
    }

    @Test(arguments: [1, 2])
    func `who comes right after a swap is told all by the new version, after the text`(
        shards: Int
    ) throws {
        let server = try TestServer(shards: shards)
        let ada = try Peer(server, user: "Ada")
        _ = try ada.ask(["type": "open", "doc": "switch/long"])
        let lines = String(repeating: "red roses\n", count: 3_000)
        _ = try ada.ask(edit("switch/long", base: 0, sequence: 1, at: 0, lines))
        let new = try train(in: server.folder)
        let control = try Peer(server, over: .control, user: "operator")
        let version = JSONValue.string(String(new.dropFirst(8)))
        _ = try control.ask(["type": "deploy", "model": "support", "version": version])

        let bob = try Peer(server, user: "Bob")
        try bob.send(["type": "open", "id": 7, "doc": "switch/long"])
        #expect(try bob.first { _ in true }["type"] == "opened")
        var answered: Set<String> = []
        while answered.count < 3_000 {
            let results = try bob.expect("results", kind: "intent")
            #expect(results["model"]?.string == new)
            answered.formUnion((results["results"]?.array ?? []).compactMap { $0["block"]?.string })
        }
    }

    @Test func `what is read anew comes along with the answer to the next edit`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "switch/short"])
        let lines = "red roses\nold ferns\nwhite tulips"
        _ = try peer.ask(edit("switch/short", base: 0, sequence: 1, at: 0, lines))
        let results = try peer.expect("results", kind: "intent")
        let old = try #require(results["model"]?.string)
        let versions = [try train(in: server.folder), old]
        let control = try Peer(server, over: .control, user: "operator")
        var sequence = 1
        var isTogether = false
        // An edit that comes late finds the document told already.
        while !isTogether, sequence < 40 {
            let model = versions[(sequence + 1) % 2]
            let version = JSONValue.string(String(model.dropFirst(8)))
            _ = try control.ask(["type": "deploy", "model": "support", "version": version])
            sequence += 1
            _ = try peer.ask(
                edit("switch/short", base: sequence - 1, sequence: sequence, at: 0, "r"))
            var told: Set<String> = []
            while told.count < 3 {
                let results = try peer.expect("results", kind: "intent")
                guard results["model"]?.string == model else { continue }
                let entries = results["results"]?.array ?? []
                let blocks = entries.compactMap { $0["block"]?.string }
                // Each once: the one that is edited is not read again.
                #expect(Set(blocks).count == blocks.count)
                #expect(blocks.count + (results["unchanged"]?.int ?? 0) <= 3)
                let isOfEdit = entries.contains { $0["range"]?.array?.first == 0 }
                let isLate = results["revision"]?.int != sequence
                isTogether = isTogether || isOfEdit && !isLate && blocks.count > 1
                told.formUnion(blocks)
            }
        }
        #expect(isTogether)
        // An edit of each, and the three lines that were written first.
        let answered = try versions.map {
            try server.metric("hunch_version_answers_total{model=\"\($0)\"}") ?? 0
        }
        #expect(Int(answered[0] + answered[1]) >= sequence - 1 + 3)
    }

    @Test func `a document that nobody edits is told anew, however fast swaps come`() throws {
        let server = try TestServer()
        let peer = try Peer(server, user: "Ada")
        _ = try peer.ask(["type": "open", "doc": "switch/idle"])
        _ = try peer.ask(edit("switch/idle", base: 0, sequence: 1, at: 0, "red roses"))
        let old = try #require(try peer.expect("results", kind: "intent")["model"]?.string)
        let versions = [try train(in: server.folder), old].map { String($0.dropFirst(8)) }
        let control = try Peer(server, over: .control, user: "operator")
        // Pipelined: the server swaps as fast as it can.
        let count = 40
        for number in 0..<count {
            try control.send([
                "type": "deploy", "id": .number(Double(number)), "model": "support",
                "version": .string(versions[number % 2]),
            ])
        }
        var told = 0
        for number in 0..<count {
            _ = try control.reply(to: .number(Double(number)))
            _ = try peer.ask(["type": "ping"])
            told += peer.takeAll().count { $0["kind"] == "intent" }
        }
        #expect(told > 0)
    }

    @Test func `what is deployed while no server runs is served by the next`() throws {
        let server = try TestServer()
        let new = try train(in: server.folder)
        server.terminate()
        #expect(try server.exitStatus() == 0)
        let report = try Program.run("deploy", "model", "-n", new, "--json", in: server.folder)
        #expect(try JSONValue(parsing: report.trimmed)["live"] == false)
        try server.restart()
        let peer = try Peer(server, user: "Ada")
        #expect(try peer.ask(["type": "classify", "text": "red"])["model"]?.string == new)
    }

    /// Trains another version of the demo's classifier, on plants; gives its name.
    private func train(in folder: Folder) throws -> String {
        let colours = ["red", "white", "yellow", "pink", "blue"]
        let flowers = colours.flatMap { ["\($0) roses,flower", "\($0) tulips,flower"] }
        let leaves = ["small", "large", "old", "dark", "wet"].flatMap {
            ["\($0) ferns,leaf", "\($0) ivy,leaf"]
        }
        try folder.write(
            (["text,intent"] + flowers + leaves).joined(separator: "\n"), to: "plants.csv")
        let manifest = try Program.run(
            "train", "model", "-n", "support", "--data", "plants.csv", "--json", in: folder)
        let json = try JSONValue(parsing: manifest.trimmed)
        return "support@" + (try #require(json["version"]?.string, "\(manifest)"))
    }
}

extension String {
    var trimmed: String { String(reversed().drop { $0 == "\n" }.reversed()) }
}
