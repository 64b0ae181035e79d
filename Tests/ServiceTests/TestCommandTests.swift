import JSON
import Testing

@Suite struct TestCommandTests: CommandSuite {
    let folder: Folder

    init() throws {
        folder = try Folder()
    }

    private func outcome(_ name: String) throws -> JSONValue {
        let program = try Program(["test", "model", "-n", name, "--json"], in: folder)
        return try JSONValue(parsing: try program.line())
    }

    private func tests(_ lines: String..., of name: String) throws {
        try folder.write(lines.joined(separator: "\n"), to: ".hunch/models/\(name)/tests.jsonl")
    }

    @Test(arguments: ["intents", "tags", "rules", "ranker", "duplicates"])
    func `a new project passes the tests that it begins with`(kind: String) throws {
        _ = try run("create", "model", "-n", "m", "--kind", kind)
        _ = try run("deploy", "model", "-n", "m")
        let shown = try JSONValue(parsing: try run("show", "model", "-n", "m", "--json").trimmed)
        let outcome = try outcome("m")
        #expect(outcome["failures"] == [] && outcome["count"]?.int ?? 0 >= 2, "\(outcome)")
        #expect(shown["tests"]?["time"] == outcome["time"], "a test that was run is not run again")
    }

    @Test func `a recommender of a corpus passes its own`() throws {
        _ = try run("create", "model", "-n", "m", "--kind", "ranker", "--corpus", "people")
        _ = try run("train", "model", "-n", "m")
        #expect(try run("test", "model", "-n", "m").contains("3 passed"))
    }

    @Test func `each demand on an intent that is not met is named with its line`() throws {
        _ = try run("create", "model", "-n", "r", "--kind", "rules")
        _ = try run("train", "model", "-n", "r")
        try folder.write(
            "text,intent\nreal person,talk_to_human\n#12345,plan_question\n",
            to: ".hunch/models/r/held.csv")
        try folder.write(
            "text,slice\nreal person,short\n#12345,odd\n", to: ".hunch/models/r/slices.csv")
        try tests(
            #"{"text": "real person", "intent": "talk_to_human"}"#,
            #"{"text": "real person", "intent": "refund"}"#,
            #"{"text": "real person", "not": "talk_to_human"}"#, "",
            #"{"same": "{a} person", "a": ["real", "unreal"]}"#,
            #"{"same": ["real person", "a real person"], "intent": "order_status"}"#,
            #"{"text": "my", "add": "plan", "raises": "plan_question"}"#,
            #"{"text": "my", "add": "plan", "lowers": "plan_question"}"#,
            #"{"data": "held.csv", "precision": 0.5}"#,
            #"{"data": "held.csv", "precision": 0.6}"#,
            #"{"data": "held.csv", "slices": "slices.csv", "precision": 0.6}"#,
            #"{"data": "held.csv", "slices": "slices.csv", "slice": "short", "precision": 1}"#,
            of: "r")
        let failures = try #require(try outcome("r")["failures"]?.array?.compactMap(\.string))
        let lines = failures.map { $0.dropFirst(13).prefix { $0 != ":" } }
        #expect(lines == ["line 2", "line 3", "line 5", "line 6", "line 8", "line 10", "line 11"])
        #expect(
            failures[0] == "tests.jsonl, line 2: 'real person': refund expected, but talk_to_human")
        #expect(failures[6].contains("slice 'odd': precision 0.0000 (0 of 1 answers)"))
    }

    private func failingLines(_ name: String) throws -> [String] {
        let failures = try #require(try outcome(name)["failures"]?.array?.compactMap(\.string))
        return failures.map { String($0.dropFirst(13).prefix { $0 != ":" }) }
    }

    @Test func `demands on tags are of tags, and on their likelihood`() throws {
        _ = try run("create", "model", "-n", "t", "--kind", "tags")
        _ = try run("train", "model", "-n", "t")
        let late = "Tracking for the spare part has not moved for days; please answer today"
        try tests(
            #"{"text": "\#(late)", "tag": "urgent"}"#, #"{"text": "\#(late)", "tag": "money"}"#,
            #"{"text": "\#(late)", "not": "urgent"}"#, #"{"text": "\#(late)", "tags": ["urgent"]}"#,
            #"{"text": "\#(late)", "tags": ["delivery", "urgent"]}"#,
            #"{"text": "How do I print", "add": "please answer today", "lowers": "urgent"}"#,
            #"{"text": "How do I print", "add": "today", "raises": "purple"}"#,
            #"{"data": "tags.csv", "precision": 0.8}"#, of: "t")
        #expect(try failingLines("t") == ["line 2", "line 3", "line 4", "line 6", "line 7"])
    }

    @Test func `demands on a recommender are of the order, and of who asks`() throws {
        _ = try run("create", "model", "-n", "p", "--kind", "ranker", "--corpus", "people")
        _ = try run("train", "model", "-n", "p")
        let room = #""text": "how to book a room for a meeting""#
        let salary = #""text": "the salary plan""#
        try tests(
            #"{\#(room), "item": "meeting-rooms", "before": "travel-costs"}"#,
            #"{\#(room), "item": "travel-costs", "before": "meeting-rooms"}"#,
            #"{\#(room), "item": "meeting-rooms", "within": 1}"#,
            #"{\#(room), "item": "travel-costs", "within": 1}"#,
            #"{\#(salary), "item": "salary-plan"}"#,
            #"{\#(salary), "item": "salary-plan", "user": "ada"}"#,
            #"{\#(salary), "item": "salary-plan", "user": "bob"}"#,
            #"{\#(room), "source": "nowhere", "item": "meeting-rooms"}"#,
            #"{"same": ["book a meeting room", "a room for a meeting"], "item": "meeting-rooms"}"#,
            #"{"same": ["book a meeting room", "book trains and hotels"]}"#,
            #"{"text": "book", "add": "trains and hotels", "raises": "travel-costs"}"#, of: "p")
        #expect(
            try failingLines("p") == ["line 2", "line 4", "line 5", "line 7", "line 8", "line 10"])
    }

    @Test func `a version that fails is not deployed but for a reason, and again once it passes`()
        throws
    {
        _ = try run("create", "model", "-n", "r", "--kind", "rules")
        try tests(#"{"text": "real person", "intent": "refund"}"#, of: "r")
        let complaint = try refusal("deploy", "model", "-n", "r")
        #expect(complaint.contains("line 1: 'real person': refund expected, but talk_to_human"))
        #expect(try refusal("test", "model", "-n", "r").contains("fails 1 of 1 tests"))
        #expect(try run("list", "deployments").isEmpty)
        _ = try run("deploy", "model", "-n", "r", "--force", "a demo")
        #expect(try run("list", "deployments").contains("forced a demo"))
        try tests(#"{"text": "real person", "not": "refund"}"#, of: "r")
        _ = try run("deploy", "model", "-n", "r")
    }

    @Test func `a running server has the same gate`() throws {
        let server = try TestServer(folder)
        _ = try run("create", "model", "-n", "r", "--kind", "rules")
        try tests(#"{"text": "real person", "intent": "refund"}"#, of: "r")
        #expect(try refusal("deploy", "model", "-n", "r").contains("line 1: 'real person'"))
        #expect(try run("deploy", "model", "-n", "r", "--force", "now").contains("running server"))
        withExtendedLifetime(server) {}
    }

    @Test(arguments: [
        (#"{"text": "a", "intend": "b"}"#, "'intend' is no demand on a model of rules"),
        (#"{"text": "a"}"#, "is no demand"), (#"{"text": "a", "item": "b"}"#, "is no demand"),
        (#"{"same": ["a"]}"#, "two texts at least"),
        (#"{"same": "a {b}", "c": ["d"]}"#, "'c' stands"),
        (#"{"data": "a.csv", "precision": 2}"#, "a share from 0 to 1"), ("{", "line 1"),
        (#"{"data": "gone.csv", "precision": 0.5}"#, "gone.csv"),
    ])
    func `a line that is no test is refused with the place`(line: String, reason: String) throws {
        _ = try run("create", "model", "-n", "r", "--kind", "rules")
        _ = try run("train", "model", "-n", "r")
        try tests(line, of: "r")
        #expect(try refusal("test", "model", "-n", "r").contains(reason))
    }

    @Test func `a project without tests says how to write some`() throws {
        _ = try run("create", "model", "-n", "r", "--kind", "rules")
        _ = try run("train", "model", "-n", "r")
        #expect(try folder.shell(["rm", ".hunch/models/r/tests.jsonl"]) == 0)
        #expect(try refusal("test", "model", "-n", "r").contains("hunch test --help"))
        _ = try run("deploy", "model", "-n", "r")
    }
}
