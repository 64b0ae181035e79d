import Client
import Documents
import Testing

/// The published traces, where they are there.
private enum Traces {
    static let sequential = [
        "sveltecomponent", "friendsforever_flat", "rustcode", "seph-blog1", "automerge-paper",
    ]
    static let concurrent = ["concurrent_friendsforever", "concurrent_clownschool"]

    static func path(_ name: String) -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared/data/traces/\(name).json.gz"
    }

    static let areThere = (try? Trace(path: path("automerge-paper"))) != nil
}

@Suite(.enabled(if: Traces.areThere, "no traces in ../shared/data/traces"))
struct TraceTests {
    @Test(arguments: Traces.sequential)
    func `a sequential trace ends in its text`(name: String) throws {
        let trace = try Trace(path: Traces.path(name))
        var document = Document(epoch: 0)
        var sequence = 0
        for transaction in trace.transactions {
            for operation in transaction.patches {
                sequence += 1
                _ = try document.commit(
                    Edit(
                        session: SessionID(rawValue: 1), user: "", base: sequence - 1,
                        sequence: sequence, operation: operation))
            }
        }
        #expect(document.text.string == trace.endContent)
    }

    @Test(arguments: Traces.concurrent)
    func `a concurrent trace ends in its text when the document rebases it`(name: String) throws {
        let trace = try Trace(path: Traces.path(name))
        var document = Document(epoch: 0)
        var sequences = Array(repeating: 0, count: trace.agents)
        for edit in try trace.edits() {
            sequences[edit.agent] += 1
            _ = try document.commit(
                Edit(
                    session: SessionID(rawValue: UInt128(edit.agent)), user: "", base: edit.base,
                    sequence: sequences[edit.agent], operation: edit.operation))
        }
        #expect(document.text.string == trace.endContent)
    }
}

@Suite struct TraceFileTests {
    @Test func `a concurrent trace is read with its parents`() throws {
        let trace = try Trace(
            parsing: Array(
                """
                {"kind": "concurrent", "endContent": "ba", "numAgents": 2, "txns": [
                {"parents": [], "agent": 0, "time": "", "patches": [[0, 0, "a"]]},
                {"parents": [], "agent": 1, "patches": [[0, 0, "x"], [0, 1, "b"]]}]}
                """.utf8))
        #expect(trace.transactions[1].operation == Operation(replacing: 0..<0, with: "b"))
        #expect(trace.endContent == "ba" && trace.patchCount == 3)
        let edits = try trace.edits()
        #expect(edits.map(\.agent) == [0, 1] && edits.map(\.base) == [0, 0])
    }

    @Test func `a transaction that cannot be is said by number`() throws {
        for last in [
            #"{"parents": [1], "agent": 0, "patches": []}"#,
            #"{"parents": [0], "agent": 1, "patches": []}"#,
            #"{"parents": [], "agent": 0, "patches": []}"#,
            #"{"parents": [0], "agent": 0, "patches": [[0, 2, ""]]}"#,
        ] {
            let text = """
                {"kind": "concurrent", "numAgents": 1, "txns": [
                {"parents": [], "agent": 0, "patches": [[0, 0, "a"]]}, \(last)]}
                """
            let trace = try Trace(parsing: Array(text.utf8))
            #expect(throws: TraceError.badTransaction(number: 1)) { try trace.edits() }
        }
    }

    @Test func `what is no trace is an error`() {
        #expect(throws: TraceError.unreadable(path: "/nowhere", code: 2)) {
            try Trace(path: "/nowhere")
        }
        #expect(throws: TraceError.notGzip(.damaged(code: -3))) { try Trace(gzip: [1, 2, 3, 4]) }
        #expect(throws: TraceError.invalidJSON(offset: 1)) { try Trace(parsing: [0x7B]) }
    }
}
