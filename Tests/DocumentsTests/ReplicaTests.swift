import Documents
import Numerics
import Testing

@Suite struct ReplicaTests {
    let session = SessionID(rawValue: 1)

    @Test func `what is edited meanwhile waits and becomes one edit`() throws {
        var replica = Replica(session: session)
        replica.edit(Operation(replacing: 0..<0, with: "a"))
        let first = try replica.requireOutgoing()
        #expect(first.sequence == 1 && first.base == 0)
        replica.edit(Operation(replacing: 1..<1, with: "b"))
        replica.edit(Operation(replacing: 2..<2, with: "c"))
        #expect(replica.takeOutgoing() == nil)
        try replica.acknowledge(sequence: 1, revision: 1)
        let second = try replica.requireOutgoing()
        #expect(second.operation == Operation(replacing: 1..<1, with: "bc"))
        #expect(second.sequence == 2 && second.base == 1)
        try replica.acknowledge(sequence: 2, revision: 2)
        #expect(replica.isSaved && replica.text.string == "abc")
    }

    @Test func `what the other side does wrong is said by name`() throws {
        var replica = Replica(session: session, text: Text("ab"), revision: 3)
        #expect(throws: ReplicaError.revisionGap(expected: 4, got: 5)) {
            try replica.receive(Operation(), revision: 5)
        }
        #expect(throws: ReplicaError.nothingInFlight(sequence: 1)) {
            try replica.acknowledge(sequence: 1, revision: 4)
        }
        #expect(throws: ReplicaError.unfit(revision: 4)) {
            try replica.receive(Operation(replacing: 3..<3, with: "x"), revision: 4)
        }
    }

    @Test func `a whole text keeps what is not saved`() {
        var replica = Replica(session: session, text: Text("one two"), revision: 3)
        replica.edit(Operation(replacing: 7..<7, with: "!"))
        _ = replica.takeOutgoing()
        replica.edit(Operation(replacing: 0..<0, with: ">"))
        let effect = replica.reset(
            to: Text("one or two"), revision: 9, session: session, sequence: 0)
        #expect(">one two!".applying(effect) == ">one or two!")
        #expect(replica.text.string == ">one or two!")
        #expect(replica.inFlight?.base == 9 && replica.inFlight?.sequence == 1)
    }

    @Test func `a whole text that has the edit in flight does not get it again`() {
        var replica = Replica(session: session, text: Text("one"), revision: 3, sequence: 4)
        replica.edit(Operation(replacing: 3..<3, with: "!"))
        _ = replica.takeOutgoing()
        let effect = replica.reset(to: Text("one!"), revision: 9, session: session, sequence: 5)
        #expect(effect.isEmpty && replica.isSaved && replica.text.string == "one!")
        #expect(replica.sequence == 5)
    }

    @Test
    func `another session counts from one, and an edit that arrived before is not sent again`()
        throws
    {
        var replica = Replica(session: session, text: Text("a"), revision: 1, sequence: 1)
        replica.edit(Operation(replacing: 1..<1, with: "b"))
        let edit = try replica.requireOutgoing()
        replica.edit(Operation(replacing: 2..<2, with: "c"))
        let arrived = CommittedEdit(
            revision: 2, session: session, user: "", sequence: 2, operation: edit.operation)
        let next = SessionID(rawValue: 2)
        #expect(try replica.resume(session: next, edits: [RelayedEdit(arrived)]).isEmpty)
        let second = try replica.requireOutgoing()
        #expect(second.session == next && second.sequence == 1)
        #expect(second.operation == Operation(replacing: 2..<2, with: "c"))
    }

    @Test func `what was refused is taken back`() {
        var replica = Replica(session: session, text: Text("ab"), revision: 1)
        replica.edit(Operation(replacing: 1..<1, with: "x"))
        _ = replica.takeOutgoing()
        let effect = replica.discard()
        #expect("axb".applying(effect) == "ab" && replica.isSaved)
    }
}

extension Replica {
    fileprivate mutating func requireOutgoing() throws -> Edit {
        let edit = takeOutgoing()
        return try #require(edit)
    }
}
