import Documents
import Numerics
import Testing

@Suite struct DocumentTests {
    let alice = SessionID(rawValue: 1)
    let bob = SessionID(rawValue: 2)

    private func edit(
        _ session: SessionID, _ sequence: Int, base: Int, _ range: Range<Int>, _ text: String
    ) -> Edit {
        Edit(
            session: session, user: "user", base: base, sequence: sequence,
            operation: Operation(replacing: range, with: text))
    }

    private func document(_ text: String, limits: DocumentLimits = DocumentLimits()) throws
        -> Document
    {
        var document = Document(epoch: 7, limits: limits)
        _ = try document.commit(edit(alice, 1, base: 0, 0..<0, text))
        return document
    }

    @Test func `a late edit is rebased, and where inserts meet it stands to the left`() throws {
        var document = try document("ab")
        _ = try document.commit(edit(alice, 2, base: 1, 1..<1, "X"))
        let commit = try document.commit(edit(bob, 1, base: 1, 1..<1, "Y"))
        guard case .made(let committed, let changes) = commit else {
            Issue.record("not made")
            return
        }
        #expect(document.text.string == "aYXb")
        #expect(committed.revision == 3 && committed.user == "user")
        #expect(committed.operation == Operation(replacing: 1..<1, with: "Y"))
        #expect(changes.changed == [BlockID(rawValue: 1)])
    }

    @Test func `an edit sent again is applied once`() throws {
        var document = try document("a")
        let edit = edit(bob, 1, base: 1, 0..<0, "b")
        _ = try document.commit(edit)
        _ = try document.commit(self.edit(alice, 2, base: 2, 0..<0, "c"))
        #expect(try document.commit(edit) == .repeated(revision: 2))
        #expect(document.text.string == "cba" && document.revision == 3)
    }

    @Test func `each breach is refused by name and changes nothing`() throws {
        var document = try document("a😀", limits: DocumentLimits(length: 5))
        let before = document.snapshot
        let breaches: [(Edit, EditError)] = [
            (edit(bob, 1, base: 2, 0..<0, "x"), .baseInFuture(base: 2, revision: 1)),
            (edit(bob, 1, base: -1, 0..<0, "x"), .baseTooOld(base: -1, oldest: 0)),
            (edit(alice, 2, base: 0, 0..<0, "x"), .baseBeforeOwnEdit(base: 0, revision: 1)),
            (edit(alice, 3, base: 1, 0..<0, "x"), .sequenceGap(expected: 2, got: 3)),
            (edit(alice, 0, base: 1, 0..<0, "x"), .sequenceGap(expected: 2, got: 0)),
            (edit(bob, 2, base: 1, 0..<0, "x"), .sequenceGap(expected: 1, got: 2)),
            (edit(bob, 1, base: 1, 4..<4, "x"), .outsideText(offset: 4, length: 3)),
            (edit(bob, 1, base: 1, 1..<9, ""), .outsideText(offset: 9, length: 3)),
            (edit(bob, 1, base: 0, 1..<1, "x"), .outsideText(offset: 4, length: 3)),
            (edit(bob, 1, base: 1, 2..<2, "x"), .splitsSurrogatePair(offset: 2)),
            (edit(bob, 1, base: 1, 0..<2, ""), .splitsSurrogatePair(offset: 2)),
            (edit(bob, 1, base: 1, 0..<0, "xyz"), .textTooLong(length: 6, limit: 5)),
        ]
        for (edit, error) in breaches {
            #expect(throws: error) { try document.commit(edit) }
        }
        #expect(document.snapshot == before)
    }

    @Test func `a base that the history has lost is refused, and the rest is kept`() throws {
        var document = try document("", limits: DocumentLimits(historyCount: 3))
        for sequence in 2...100 {
            _ = try document.commit(edit(alice, sequence, base: sequence - 1, 0..<0, "x"))
        }
        #expect(document.oldestBase == 97)
        #expect(document.edits(since: 97)?.map(\.revision) == [98, 99, 100])
        #expect(document.edits(since: 100)?.isEmpty == true)
        #expect(document.edits(since: 96) == nil && document.edits(since: 101) == nil)
        #expect(throws: EditError.baseTooOld(base: 96, oldest: 97)) {
            try document.commit(edit(bob, 1, base: 96, 0..<0, "y"))
        }
    }

    @Test func `the history is bounded by bytes, too`() throws {
        var document = try document("", limits: DocumentLimits(historyBytes: 10_000))
        let long = String(repeating: "x", count: 4_000)
        for sequence in 2...9 {
            _ = try document.commit(edit(alice, sequence, base: sequence - 1, 0..<0, long))
        }
        #expect(document.oldestBase == 7)
    }

    @Test func `the sessions silent longest are forgotten`() throws {
        var document = Document(epoch: 0, limits: DocumentLimits(sessions: 4))
        for name in 1...5 {
            let session = SessionID(rawValue: UInt128(name))
            _ = try document.commit(edit(session, 1, base: 0, 0..<0, "x"))
        }
        #expect(document.lastEdit(of: SessionID(rawValue: 1)) == nil)
        let last = LastEdit(sequence: 1, revision: 2)
        #expect(document.lastEdit(of: SessionID(rawValue: 2)) == last)
    }

    @Test(arguments: UInt64(0)..<30)
    func `rebased edits lead all to one text, and replay gives the same document`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        var document = Document(epoch: 1)
        var twin = document
        var texts = [""]
        for number in 1...60 {
            let base = max(0, document.revision - Int.random(in: 0...6, using: &random))
            let session = SessionID(rawValue: UInt128(number))
            let operation = random.operation(on: texts[base])
            let commit = try document.commit(
                Edit(
                    session: session, user: "", base: base, sequence: 1, operation: operation))
            guard case .made(let committed, let changes) = commit else { continue }
            texts.append(texts[number - 1].applying(committed.operation))
            #expect(document.text.string == texts[number])
            #expect(try twin.replay(committed) == changes)
        }
        #expect(twin.snapshot == document.snapshot)
        let edits = try #require(document.edits(since: 20))
        #expect(edits.reduce(texts[20]) { $0.applying($1.operation) } == texts[60])
    }

    @Test func `replay takes the next revision only`() throws {
        var document = try document("a")
        let edit = CommittedEdit(
            revision: 1, session: bob, user: "", sequence: 1, operation: Operation())
        #expect(throws: EditError.baseTooOld(base: 0, oldest: 1)) { try document.replay(edit) }
        var later = edit
        later.revision = 3
        #expect(throws: EditError.baseInFuture(base: 2, revision: 1)) {
            try document.replay(later)
        }
    }

    @Test func `names of sessions have one form`() {
        let session = SessionID(rawValue: 0xAB)
        #expect(session.description == "000000000000000000000000000000ab")
        #expect(SessionID(session.description) == session)
        #expect(SessionID("000000000000000000000000000000AB") == nil)
        #expect(SessionID("ab") == nil)
    }
}
