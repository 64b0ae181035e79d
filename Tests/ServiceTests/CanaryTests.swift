import JSON
import Testing

/// Canaries that end otherwise than by their steps, or go on where something else changes.
@Suite struct CanaryTests {
    private static let environment = ".hunch/environments/dev/environment.json"

    private let folder: Folder
    private let server: TestServer
    private let control: Peer
    private let ada: Peer

    init() throws {
        folder = try Folder.withWords()
        server = try TestServer(folder)
        control = try Peer(server, over: .control, user: "operator")
        _ = try control.ask(["type": "watch", "events": ["rollout"]])
        ada = try Peer(server, user: "Ada")
    }

    private func begin(_ model: String = "words", _ flags: String...) throws {
        _ = try Program.run(["deploy", "model", "-n", model, "--canary"] + flags, in: folder)
    }

    /// Lines in so many documents; gives what is said of them.
    @discardableResult
    private func say(_ numbers: Range<Int>) throws -> [String] {
        try numbers.map { try ada.say("hello \($0)", in: "canary/\($0)").intent }
    }

    /// Writes until operators are told of a change.
    private func write(until change: JSONValue) throws -> JSONValue {
        for number in 0..<3000 {
            try say(number..<number + 1)
            _ = try control.ask(["type": "ping"])
            if let event = control.takeAll().first(where: { $0["change"] == change }) {
                return event
            }
        }
        throw Timeout()
    }

    private func expectEnded() throws {
        for intent in try say(6000..<6020) { #expect(intent == "greeting") }
        #expect(!folder.text(Self.environment).contains("rollouts"))
    }

    @Test func `after a restart one that answers all goes back to where it can be compared`() throws
    {
        try folder.train(saying: "welcome", to: "hello")
        try begin("words", "50%", "--steps", "50%,100%", "--answers", "20", "--hold", "1s")
        _ = try write(until: "grown")
        try server.killAndRestart()
        let deadline = Deadline()
        var history: Substring?
        repeat {
            history = try Program.run("list", "rollouts", in: folder).split(separator: "\n").last
        } while history?.contains("reduced") == false && deadline.millisecondsLeft > 0
        #expect(history?.contains("canary 50 %  reduced  by itself") == true)
        #expect(folder.text(Self.environment).contains("\"step\": 0"))
    }

    @Test func `one that cannot be promoted is halted once, and answers nobody`() throws {
        let tried = try folder.train(saying: "welcome", to: "hello")
        try begin("words", "100%", "--hold", "0s", "--answers", "1")
        try folder.write("damaged", to: folder.artifact(of: tried))
        _ = try write(until: "halted")
        try expectEnded()
        let history = try Program.run("list", "rollouts", "--json", in: folder)
        let changes = try history.split(separator: "\n").map {
            try JSONValue(parsing: String($0))["change"]
        }
        #expect(changes == ["begun", "halted"])
    }

    @Test func `one whose file was damaged since is not deployed, though it answers`() throws {
        let tried = try folder.train(saying: "welcome", to: "hello")
        try begin("words", "50%", "--answers", "100000")
        try folder.write("damaged", to: folder.artifact(of: tried))
        let version = JSONValue.string(String(tried.dropFirst("words@".count)))
        let reply = try control.ask(["type": "deploy", "model": "words", "version": version])
        #expect(reply["code"] == "deploy_failed")
    }

    @Test func `one whose end cannot be written down answers nobody all the same`() throws {
        try folder.train(saying: "greeting", to: "something that nobody says")
        try begin("words", "50%", "--answers", "100000")
        let history = ".hunch/environments/dev/rollouts.jsonl"
        #expect(try folder.shell(["rm", history]) == 0)
        #expect(try folder.shell(["mkdir", history]) == 0)
        let halted = try write(until: "halted")
        #expect(halted["reason"]?.string?.isEmpty == false)
        try expectEnded()
    }

    @Test func `one that begins anew is judged by what it answers from then on`() throws {
        try folder.addWords("other", for: "other/*")
        // Canaries are looked at together: when another has been promoted, this one was looked at, too.
        let look = { (intent: String) in
            try folder.train(saying: intent, to: "nobody says this", "other")
            try begin("other", "100%", "--hold", "0s", "--answers", "0")
            while try control.expect("event")["change"] != "promoted" {}
        }
        try folder.train(saying: "welcome", to: "hello")
        try begin("words", "100%", "--answers", "100000")
        try look("one")
        #expect(try say(0..<30).allSatisfy { $0 == "welcome" })
        try begin("words", "5%", "--steps", "5%,100%", "--hold", "0s", "--answers", "20")
        try look("two")
        let last = try Program.run("list", "rollouts", "--json", in: folder)
            .split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            .last { $0["model"] == "words" }
        #expect(last?["change"] == "begun" && last?["share"] == 0.05)
    }

    @Test func `what one reads that was there before is not what it is judged by`() throws {
        _ = try ada.ask(["type": "open", "doc": "canary/long"])
        let lines = String(repeating: "hello\n", count: 50)
        _ = try ada.ask(edit("canary/long", base: 0, sequence: 1, at: 0, lines))
        let tried = try folder.train(saying: "welcome", to: "hello")
        try begin("words", "100%", "--answers", "100000")
        var answered: Set<String> = []
        while answered.count < 50 {
            let results = try ada.expect("results", kind: "intent")
            guard results["model"]?.string == tried else { continue }
            answered.formUnion((results["results"]?.array ?? []).compactMap { $0["block"]?.string })
        }
        let metric = "hunch_version_answers_total{model=\"\(tried)\"}"
        #expect(try server.metric(metric) ?? 0 == 0)
        _ = try ada.ask(edit("canary/long", base: 1, sequence: 2, at: 0, "hello\n"))
        _ = try ada.expect("results", kind: "intent")
        #expect(try server.metric(metric) == 1)
    }

    @Test func `one that was begun since a declaration was made outlives it`() throws {
        let declared = try JSONValue(parsing: folder.text(Self.environment))
        try folder.train(saying: "welcome", to: "hello")
        try begin("words", "100%", "--answers", "100000")
        _ = try control.ask(["type": "apply", "environment": declared])
        #expect(try say(0..<5).allSatisfy { $0 == "welcome" })
        #expect(folder.text(Self.environment).contains("rollouts"))
        _ = try control.ask(["type": "ping"])
        #expect(control.takeAll().allSatisfy { $0["change"] != "ended" })
    }
}
