import Foundation
import Glibc
import JSON
import Testing

/// `hunch retrain`, by hand and on a schedule.
@Suite struct RetrainCommandTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func createRules() throws {
        _ = try run("create", "model", "-n", "r", "--kind", "rules")
        _ = try run("deploy", "model", "-n", "r")
    }

    private func runs() throws -> [JSONValue] {
        try run("list", "runs", "--json").split(separator: "\n").map {
            try JSONValue(parsing: String($0))
        }
    }

    /// What a step of a run gave.
    private func output(_ run: JSONValue, _ step: String) -> JSONValue? {
        run["steps"]?.array?.first { $0["step"] == .string(step) }?["output"]
    }

    private func change(_ phrase: String) throws {
        let rules = #"{"rules":[{"name":"a","intent":"b","phrase":"\#(phrase)"}]}"#
        try folder.write(rules, to: ".hunch/models/r/rules.json")
        try folder.write(
            #"{"text": "\#(phrase)", "intent": "b"}"#, to: ".hunch/models/r/tests.jsonl")
    }

    @Test func `a run goes through all steps, and a second one has nothing to deploy`() throws {
        try createRules()
        try change("one")
        let text = try run("retrain", "model", "-n", "r")
        #expect(text.contains("outcome deployed"))
        let first = try #require(try runs().first)
        #expect(first["status"] == "done" && first["steps"]?.array?.count == 7)
        let version = try #require(output(first, "train")?["model"]?.string)
        #expect(try run("list", "deployments").contains(version))
        #expect(try run("list", "versions", "-n", "r").contains("candidate"))
        let id = try #require(first["run"]?.string)
        let log = folder.text(".hunch/runs/r/\(id)/log.txt")
        #expect(log.contains("train: begins") && log.contains("deploy: done"))
        #expect(try run("retrain", "model", "-n", "r").contains("it is live already"))
        #expect(try runs().count == 2)
    }

    @Test func `a version that fails its tests is not deployed, and the step is named`() throws {
        try createRules()
        let before = folder.text(".hunch/environments/dev/environment.json")
        try change("one")
        try folder.write(
            #"{"text": "other", "intent": "b"}"#, to: ".hunch/models/r/tests.jsonl")
        #expect(try Program(["retrain", "model", "-n", "r"], in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("failed at the step gate"))
        let failed = try #require(try runs().first)
        #expect(failed["status"] == "failed" && failed["steps"]?.array?.last?["step"] == "gate")
        #expect(folder.text(".hunch/environments/dev/environment.json") == before)
        try change("two")
        #expect(try run("retrain", "model", "-n", "r", "--resume").contains("outcome deployed"))
        #expect(try runs().count == 2, "one that has failed is not gone on with")
    }

    @Test func `what was interrupted goes on at the step that was under way`() throws {
        try createRules()
        try change("one")
        _ = try run("retrain", "model", "-n", "r")
        let done = try #require(try runs().first)
        let steps = try #require(done["steps"]?.array)
        let id = try #require(done["run"]?.string)
        // As if the process had been killed in its test.
        var interrupted = Array(steps[..<2])
        interrupted.append(["step": "test", "status": "running", "began": 1])
        let members = (done.object ?? []).map { member in
            member.key == "steps" ? ("steps", JSONValue.array(interrupted)) : member
        }
        let path = ".hunch/runs/r/\(id)/run.json"
        try folder.write(JSONValue.object(members).description, to: path)
        #expect(try run("list", "runs").contains("interrupted: test"))
        let rules = #"{"rules":[{"name":"a","intent":"b","phrase":"two"}]}"#
        try folder.write(rules, to: ".hunch/models/r/rules.json")
        let other = ["retrain", "model", "-n", "r", "--resume", "--force", "because"]
        #expect(try Program(other, in: folder).exitStatus() == 2)
        #expect(folder.text("errors.txt").contains("another --force"))
        let text = try run("retrain", "model", "-n", "r", "--resume")
        let resumed = try #require(try runs().first)
        #expect(resumed["run"] == done["run"] && resumed["status"] == "done")
        #expect(resumed["steps"]?.array?.first == steps.first, "what was done is not done again")
        #expect(output(resumed, "train") == output(done, "train"), "\(text)")
    }

    @Test func `a run that is killed can be gone on with`() throws {
        try createRules()
        try change("one")
        let program = try Program(["retrain", "model", "-n", "r"], in: folder)
        program.send(SIGKILL)
        #expect(try program.exitStatus() == -SIGKILL)
        #expect(try run("retrain", "model", "-n", "r", "--resume").contains("deployed"))
        #expect(try runs().allSatisfy { $0["status"] == "done" })
    }

    @Test func `versions of intents are compared on a fifth that neither has learned from`() throws
    {
        _ = try run("create", "model", "-n", "s")
        try folder.write("", to: ".hunch/models/s/tests.jsonl")
        let data = folder.text(".hunch/models/s/intents.csv")
        let all = data.split(separator: "\n").map(String.init)
        let fifth = all.indices.dropFirst().filter { $0.isMultiple(of: 5) }
        let some: [String] = [all[0]] + fifth.map { all[$0] }
        try folder.write(some.joined(separator: "\n"), to: ".hunch/models/s/intents.csv")
        #expect(try run("retrain", "model", "-n", "s").contains("no other version"))
        try folder.write((some + all.suffix(2)).joined(separator: "\n"), to: "more.csv")
        let text = try run("retrain", "model", "-n", "s", "--data", "more.csv")
        #expect(text.contains("McNemar's p"), "\(text)")
        // With other labels it is worse, by what model.json says versions are compared on.
        try folder.write(all.joined(separator: "\n"), to: ".hunch/models/s/held.csv")
        try folder.write(
            #"{"name": "s", "kind": "intents", "data": "intents.csv", "heldOut": "held.csv"}"#,
            to: ".hunch/models/s/model.json")
        let live = folder.text(".hunch/environments/dev/environment.json")
        let labels = some.dropFirst().map { String($0.split(separator: ",").last ?? "") }
        let turned = zip(some.dropFirst(), labels.dropFirst(20) + labels.prefix(20)).map {
            String($0[..<($0.lastIndex(of: ",") ?? $0.endIndex)]) + "," + $1
        }
        try folder.write(([some[0]] + turned).joined(separator: "\n"), to: "turned.csv")
        let words = ["retrain", "model", "-n", "s", "--data", "turned.csv"]
        #expect(try Program(words, in: folder).exitStatus() == 1)
        #expect(folder.text("errors.txt").contains("failed at the step gate"))
        #expect(folder.text(".hunch/environments/dev/environment.json") == live)
    }

    @Test func `a server trains anew by its schedules and tells how it went`() throws {
        try createRules()
        try change("one")
        try folder.setEnvironment("schedules", to: ["r": "every 28d"])
        let server = try TestServer(folder, "--catch-up")
        let peer = try Peer(server, user: "Ada")
        try peer.send(["type": "watch", "id": "w", "events": ["retrain"], "since": 0])
        let end = try peer.first { $0["event"] == "retrain" && $0["status"] != "began" }
        #expect(end["status"] == "done" && end["model"] == "r", "\(end)")
        #expect(end["outcome"]?.string?.hasSuffix("deployed") == true)
        #expect(try runs().first?["by"] == "schedule")
        #expect(try run("list", "deployments").contains("by schedule"))
    }

    @Test(.enabled(if: Python.isThere, "python3 is not on this machine"))
    func `a program has more time where it may take nothing from others`() throws {
        let slow = Python.obedient.replacingOccurrences(
            of: "answers = [", with: "time.sleep(0.6)\n    answers = [")
        let home = try Python.home()
        try Python.change(home, ["answers": "intent", "timeoutMillis": 500], slow)
        func demand(_ word: String) throws {
            let test = #"{"text": "\#(word) there", "intent": "\#(word)"}"#
            try home.write(test, to: ".hunch/models/words/tests.jsonl")
        }
        try demand("hello")
        #expect(try Program(["retrain", "model", "-n", "words"], in: home).exitStatus() == 1)
        // What came of the same tests is known.
        try demand("goodbye")
        let words = ["retrain", "model", "-n", "words", "--background"]
        #expect(try Program(words, in: home).exitStatus() == 0, "\(home.text("errors.txt"))")
    }

    /// A server at a retraining that does not end by itself, and the retraining's processes.
    private func begun() throws -> (server: TestServer, processes: Set<Int32>) {
        try createRules()
        // Who reads it waits for a writer.
        let rules = folder.path + "/.hunch/models/r/rules.json"
        unlink(rules)
        try #require(mkfifo(rules, 0o600) == 0)
        try folder.setEnvironment("schedules", to: ["r": "every 28d"])
        let server = try TestServer(folder, "--catch-up")
        let peer = try Peer(server, user: "Ada")
        try peer.send(["type": "watch", "id": "w", "events": ["retrain"], "since": 0])
        _ = try peer.first { $0["event"] == "retrain" && $0["status"] == "began" }
        let deadline = Deadline()
        while try runs().isEmpty, deadline.millisecondsLeft > 0 {}
        let processes = retrainings
        #expect(processes.count == 1, "it is at work")
        return (server, processes)
    }

    /// The processes that retrain in the folder.
    private var retrainings: Set<Int32> {
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return Set(
            numbers.compactMap(Int32.init).filter { number in
                let place = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(number)/cwd")
                let words = try? String(contentsOfFile: "/proc/\(number)/cmdline", encoding: .utf8)
                return place == folder.path && words?.contains("\0retrain\0") == true
            })
    }

    private func awaitEnd(of processes: Set<Int32>) throws {
        let deadline = Deadline()
        while !processes.isDisjoint(with: retrainings) {
            guard deadline.millisecondsLeft > 0 else { throw Timeout() }
        }
    }

    @Test func `a server that stops ends the retraining that it has begun`() throws {
        let (server, processes) = try begun()
        server.terminate()
        #expect(try server.exitStatus() == 0)
        try awaitEnd(of: processes)
        // A process that ends has no words any more a moment before it lets go of its files.
        let deadline = Deadline()
        while try runs().first?["status"] == "running", deadline.millisecondsLeft > 0 {}
        #expect(try runs().first?["status"] == "interrupted")
    }

    @Test func `a server that is killed ends the retraining that it has begun`() throws {
        let (server, processes) = try begun()
        try folder.setEnvironment("schedules", to: [:])
        try server.killAndRestart()
        try awaitEnd(of: processes)
    }
}
