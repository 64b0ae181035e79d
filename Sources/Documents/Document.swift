// A document: a text, its blocks, and the one order in which edits become part of it.

/// How much a document holds.
package struct DocumentLimits: Equatable, Sendable {
    /// The longest text, in UTF-16 code units.
    package var length: Int
    /// How many edits are kept, and how many bytes of them, to rebase late edits and to resume.
    package var historyCount: Int
    package var historyBytes: Int
    /// How many sessions' last edits are known, to recognise an edit that is sent again.
    package var sessions: Int

    package init(
        length: Int = 1 << 20, historyCount: Int = 1024, historyBytes: Int = 1 << 20,
        sessions: Int = 1024
    ) {
        precondition(length > 0 && length < Operation.Builder.longest)
        precondition(historyCount > 0 && historyBytes > 0 && sessions > 0)
        self.length = length
        self.historyCount = historyCount
        self.historyBytes = historyBytes
        self.sessions = sessions
    }
}

/// Puts concurrent edits in one order, in which each makes the next revision.
///
/// A late edit, made on an older revision, is rebased over those since; where two inserts meet, the
/// one committed later stands to the left. All sessions that apply the revisions in order have
/// the same text.
package struct Document: Sendable {
    package private(set) var text: Text
    package private(set) var blocks: Blocks
    /// The number of edits since the beginning.
    package private(set) var revision: Int
    /// Names the history itself: revisions of another epoch are not comparable.
    package let epoch: UInt64
    package let limits: DocumentLimits
    private var history = History()
    private var sessions: Sessions

    /// An empty document at revision 0.
    package init(epoch: UInt64, limits: DocumentLimits = DocumentLimits()) {
        self.epoch = epoch
        self.limits = limits
        text = Text()
        blocks = Blocks()
        revision = 0
        sessions = Sessions()
    }

    /// Takes up a document where a snapshot left it.
    ///
    /// `history` holds the edits up to the snapshot's revision, as far back as they are known, so that
    /// late edits can still be rebased; before a gap in it nothing counts.
    package init(
        _ snapshot: Snapshot, history: [CommittedEdit] = [],
        limits: DocumentLimits = DocumentLimits()
    ) {
        epoch = snapshot.epoch
        self.limits = limits
        text = snapshot.text
        blocks = snapshot.blocks
        revision = snapshot.revision
        sessions = snapshot.sessions
        for edit in Document.connected(history, upTo: revision) {
            self.history.append(edit, limits: limits)
        }
    }

    package var snapshot: Snapshot {
        Snapshot(epoch: epoch, revision: revision, text: text, blocks: blocks, sessions: sessions)
    }

    /// The last edit of a session, if it is remembered.
    package func lastEdit(of session: SessionID) -> LastEdit? { sessions[session] }

    /// The oldest revision that an edit can still be based on.
    package var oldestBase: Int { revision - history.kept.count }

    /// The edits since a revision, oldest first; nil if they are not kept or it is in the future.
    package func edits(since revision: Int) -> ArraySlice<CommittedEdit>? {
        guard revision >= oldestBase, revision <= self.revision else { return nil }
        return history.kept.suffix(self.revision - revision)
    }

    /// Makes an edit the next revision.
    ///
    /// An edit that the session sends again is recognised by its sequence number: the last one of
    /// each session is known, and a session has at most one in flight.
    ///
    /// - Complexity: O(log n) for each place and line that changes, and the edits since the base.
    package mutating func commit(_ edit: Edit) throws(EditError) -> Commit {
        let last = sessions[edit.session]
        if let last, last.sequence == edit.sequence { return .repeated(revision: last.revision) }
        try checkOrder(edit, after: last)
        var operation = edit.operation
        for earlier in history.kept.suffix(revision - edit.base) {
            operation = operation.transformed(over: earlier.operation, as: .later)
        }
        let committed = CommittedEdit(
            revision: revision + 1, session: edit.session, user: edit.user,
            sequence: edit.sequence, operation: operation)
        return .made(committed, try append(committed))
    }

    /// Takes up an edit that was committed before, as the journal has it; gives the blocks touched.
    ///
    /// - Throws: `.baseInFuture` or `.baseTooOld` if it does not make the next revision, and what
    ///   is wrong with the operation if it does not fit.
    @discardableResult
    package mutating func replay(_ edit: CommittedEdit) throws(EditError) -> BlockChanges {
        let base = edit.revision - 1
        guard base <= revision else { throw .baseInFuture(base: base, revision: revision) }
        guard base == revision else { throw .baseTooOld(base: base, oldest: revision) }
        return try append(edit)
    }

    private mutating func append(_ edit: CommittedEdit) throws(EditError) -> BlockChanges {
        try check(edit.operation)
        var changes = BlockChanges()
        text.apply(edit.operation)
        blocks.apply(edit.operation, recording: &changes)
        revision = edit.revision
        history.append(edit, limits: limits)
        sessions.note(edit, limit: limits.sessions)
        return changes
    }

    /// Checks that the edit comes in turn and that its base is within reach.
    private func checkOrder(_ edit: Edit, after last: LastEdit?) throws(EditError) {
        let expected = (last?.sequence ?? 0) + 1
        guard edit.sequence == expected else {
            throw .sequenceGap(expected: expected, got: edit.sequence)
        }
        guard edit.base <= revision else {
            throw .baseInFuture(base: edit.base, revision: revision)
        }
        guard edit.base >= oldestBase else {
            throw .baseTooOld(base: edit.base, oldest: oldestBase)
        }
        if let last, edit.base < last.revision {
            throw .baseBeforeOwnEdit(base: edit.base, revision: last.revision)
        }
    }

    /// Checks that a rebased operation fits the text.
    ///
    /// What is wrong with it at its base still is after rebasing: what lies behind the end stays
    /// there, and what splits a pair splits it as long as the pair lives.
    private func check(_ operation: Operation) throws(EditError) {
        if let offset = text.firstMisfit(of: operation) {
            throw offset > text.length
                ? .outsideText(offset: offset, length: text.length)
                : .splitsSurrogatePair(offset: offset)
        }
        let length = text.length + operation.growth
        guard length <= limits.length || operation.growth <= 0 else {
            throw .textTooLong(length: length, limit: limits.length)
        }
        // No edit inserts more lines than the longest text has units.
        guard Int(blocks.nextID) + max(limits.length, text.length) <= Blocks.lastID else {
            throw .blockNamesExhausted
        }
    }

    /// The edits that lead to `revision` without a gap.
    private static func connected(
        _ edits: [CommittedEdit], upTo revision: Int
    ) -> ArraySlice<CommittedEdit> {
        var start = edits.endIndex
        var expected = revision
        while start > 0, edits[start - 1].revision == expected {
            start -= 1
            expected -= 1
        }
        return edits[start...]
    }
}
