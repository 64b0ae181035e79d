import Client
import Documents
import Numerics
import Testing

@Suite struct ReplayPlanTests {
    static let folder = "../shared/data/traces/"

    static func path(_ name: String, from file: String = #filePath) -> String {
        let root = file.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/\(folder)\(name).json.gz"
    }

    private func sequential(_ patches: [(Int, Int, String)]) throws -> Trace {
        let transactions = patches.map { "{\"patches\":[[\($0.0),\($0.1),\"\($0.2)\"]]}" }
        return try Trace(
            parsing: Array(
                "{\"endContent\":\"\",\"txns\":[\(transactions.joined(separator: ","))]}".utf8))
    }

    @Test func `the transactions of one writer are dealt out in turn`() throws {
        let trace = try sequential([(0, 0, "a"), (1, 0, "b"), (2, 0, "c"), (0, 3, "")])
        let plan = try ReplayPlan(trace, clients: 3)
        #expect(plan.steps.map(\.client) == [0, 1, 2, 0])
        #expect(plan.steps.map(\.base) == [0, 1, 2, 3])
        #expect(plan.turns == [[0, 3], [1], [2]])
        #expect(plan.longestLag == 0)
    }

    @Test func `fewer clients than writers are refused`() throws {
        let text = """
            {"kind":"concurrent","numAgents":2,"endContent":"ab","txns":[
            {"parents":[],"agent":0,"patches":[[0,0,"b"]]},
            {"parents":[],"agent":1,"patches":[[0,0,"a"]]}]}
            """
        let trace = try Trace(parsing: Array(text.utf8))
        #expect(throws: ReplayPlanError.tooFewClients(least: 2)) {
            try ReplayPlan(trace, clients: 1)
        }
        let plan = try ReplayPlan(trace, clients: 3)
        #expect(plan.steps.map(\.base) == [0, 0] && plan.longestLag == 1)
        #expect(try played(plan) == "ab")
    }

    @Test func `a transaction that has nothing left to do makes no revision`() throws {
        // Both take out the same character; a third writes behind both.
        let text = """
            {"kind":"concurrent","numAgents":2,"endContent":"x","txns":[
            {"parents":[],"agent":0,"patches":[[0,0,"a"]]},
            {"parents":[0],"agent":0,"patches":[[0,1,""]]},
            {"parents":[0],"agent":1,"patches":[[0,1,""]]},
            {"parents":[1,2],"agent":0,"patches":[[0,0,"x"]]}]}
            """
        let plan = try ReplayPlan(try Trace(parsing: Array(text.utf8)), clients: 2)
        #expect(try played(plan) == "x")
    }

    @Test(
        arguments: ["concurrent_clownschool", "concurrent_friendsforever", "friendsforever_flat"])
    func `the plan of a published trace ends as the trace does`(name: String) throws {
        guard let trace = try? Trace(path: Self.path(name)) else {
            print("skipped: \(Self.path(name)) is not here")
            return
        }
        let plan = try ReplayPlan(trace, clients: 8)
        #expect(try played(plan) == trace.endContent)
        // What a server keeps for late edits by default.
        #expect(plan.longestLag < 1000)
        // A base before the author's own last edit would be refused.
        for turn in plan.turns {
            for (before, step) in zip(turn, turn.dropFirst()) {
                #expect(plan.steps[step].base > before)
            }
        }
    }

    /// Commits the plan as a server does.
    private func played(_ plan: ReplayPlan) throws -> String {
        var document = Document(epoch: 1, limits: DocumentLimits(historyCount: 1 << 20))
        var sequences = [Int](repeating: 0, count: plan.turns.count)
        for step in plan.steps {
            sequences[step.client] += 1
            _ = try document.commit(
                Edit(
                    session: SessionID(rawValue: UInt128(step.client) << 64), user: "",
                    base: step.base, sequence: sequences[step.client], operation: step.operation))
        }
        return document.text.string
    }
}

@Suite struct TextDifferenceTests {
    @Test func `equal texts have no difference`() {
        #expect(TextDifference("", "") == nil)
        #expect(TextDifference("añb", "añb") == nil)
    }

    @Test func `the first differing unit is named, with what is around it`() throws {
        let difference = try #require(TextDifference("one two three", "one too three"))
        #expect(difference.offset == 5)
        #expect(difference.left == "one two three" && difference.right == "one too three")
    }

    @Test func `a text that ends early differs at its end`() throws {
        let difference = try #require(TextDifference("one", "one two"))
        #expect(difference.offset == 3 && difference.lengths == [3, 7])
    }

    @Test func `what looks equal and is not is told apart`() throws {
        #expect(TextDifference("\u{E9}", "e\u{301}")?.offset == 0)
    }
}
