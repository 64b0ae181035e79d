import Client
import Documents
import Testing
import Wire

@Suite struct ResultsAccountTests {
    @Test func `a message covers all edits since the one before`() {
        var account = ResultsAccount()
        let model = account.index(of: "m@1", kind: "intent")
        #expect(account.note(model: model, revision: 3, pending: 0) == .covers(1...3))
        #expect(account.note(model: model, revision: 4, pending: 0) == .covers(4...4))
        #expect(account.covers(4) && !account.covers(5))
    }

    @Test func `pending blocks put off the covering`() {
        var account = ResultsAccount()
        let model = account.index(of: "m@1", kind: "intent")
        #expect(account.note(model: model, revision: 3, pending: 2) == .partial)
        #expect(account.note(model: model, revision: 3, pending: 0) == .covers(1...3))
    }

    @Test func `covering twice and going back are told apart`() {
        var account = ResultsAccount()
        let model = account.index(of: "m@1", kind: "intent")
        _ = account.note(model: model, revision: 3, pending: 0)
        #expect(account.note(model: model, revision: 3, pending: 0) == .repeated(revision: 3))
        #expect(
            account.note(model: model, revision: 2, pending: 0)
                == .backwards(revision: 2, after: 3))
    }

    @Test func `each model has its own account`() {
        var account = ResultsAccount(from: 10)
        let first = account.index(of: "m@1", kind: "intent")
        let second = account.index(of: "n@1", kind: "recommendations")
        #expect(account.index(of: "m@1", kind: "intent") == first && first != second)
        #expect(account.note(model: first, revision: 12, pending: 0) == .covers(11...12))
        #expect(!account.covers(12))
        #expect(account.note(model: second, revision: 12, pending: 0) == .covers(11...12))
        #expect(account.covers(12))
    }

    @Test func `a version goes on where the one before it stood`() {
        var account = ResultsAccount()
        let model = account.index(of: "m@1", kind: "intent")
        _ = account.note(model: model, revision: 3, pending: 0)
        #expect(account.index(of: "m@2", kind: "intent") == model)
        #expect(account.note(model: model, revision: 3, pending: 1) == .partial)
        #expect(account.note(model: model, revision: 3, pending: 0) == .repeated(revision: 3))
        #expect(account.index(of: "m@1", kind: "intent") == model)
        #expect(account.note(model: model, revision: 5, pending: 0) == .covers(4...5))
        #expect(account.models.map(\.versions) == [["m@1", "m@2"]])
    }

    @Test func `the head of results is what the whole message says`() throws {
        let entry = ResultEntry(
            location: .init(block: BlockID(rawValue: 3), range: 0..<5), prediction: "p",
            content: .intent(IntentResult(intent: "x", confidence: 0.5, ranking: [])))
        let results = ServerMessage.Results(
            source: .init(document: "a/b", revision: 12), model: "m@1", kind: .intent,
            entries: [entry],
            pending: 2)
        let head = try #require(try ResultsHead(bytes(.init(.results(results))).span))
        #expect(head.kind == "intent" && head.model == "m@1")
        #expect(head.revision == 12 && head.pending == 2)
    }

    @Test func `other messages and answers to requests have no head`() throws {
        let results = ServerMessage.Results(model: "m@1", kind: .intent, entries: [])
        #expect(try ResultsHead(bytes(.init(.results(results))).span) == nil)
        #expect(try ResultsHead(bytes(.init(id: 4, .results(results))).span) == nil)
        #expect(try ResultsHead(bytes(.init(.pong)).span) == nil)
    }

    private func bytes(_ message: ServerMessage) -> [UInt8] {
        var bytes: [UInt8] = []
        message.encode(into: &bytes)
        return bytes
    }
}
