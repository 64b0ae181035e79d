// An edit on its way into a document, what becomes of it, and why it may be refused.

/// What a session asks to be done.
package struct Edit: Equatable, Sendable {
    package var session: SessionID
    /// Who edits, for the others to see.
    package var user: String
    /// The last revision that the session has applied; the operation fits the text of it.
    package var base: Int
    /// Counts the session's edits to the document, from one on.
    package var sequence: Int
    package var operation: Operation

    package init(
        session: SessionID, user: String, base: Int, sequence: Int, operation: Operation
    ) {
        self.session = session
        self.user = user
        self.base = base
        self.sequence = sequence
        self.operation = operation
    }
}

/// An edit in its place in the order of the document: the one that made `revision`.
package struct CommittedEdit: Equatable, Sendable {
    package var revision: Int
    package var session: SessionID
    package var user: String
    package var sequence: Int
    /// Rebased: it fits the text of the revision before.
    package var operation: Operation

    package init(
        revision: Int, session: SessionID, user: String, sequence: Int, operation: Operation
    ) {
        self.revision = revision
        self.session = session
        self.user = user
        self.sequence = sequence
        self.operation = operation
    }
}

/// A committed edit as others may see it: by whom, without the secret of the session.
package struct RelayedEdit: Equatable, Sendable {
    /// The revision that it led to.
    package var revision: Int
    /// Who made it, by the public half of the session's name.
    package var peer: PeerID
    package var user: String
    /// Its number in the session: by it a client knows its own edit again whose `ack` was lost.
    package var sequence: Int
    /// Fits the text of the revision before.
    package var operation: Operation

    package init(revision: Int, peer: PeerID, user: String, sequence: Int, operation: Operation) {
        self.revision = revision
        self.peer = peer
        self.user = user
        self.sequence = sequence
        self.operation = operation
    }

    package init(_ edit: CommittedEdit) {
        self.init(
            revision: edit.revision, peer: PeerID(edit.session), user: edit.user,
            sequence: edit.sequence, operation: edit.operation)
    }
}

/// What became of an edit that was not refused.
package enum Commit: Equatable, Sendable {
    /// It made a revision.
    case made(CommittedEdit, BlockChanges)
    /// It had come before, and made this revision then; nothing happened now.
    case repeated(revision: Int)
}

/// Why an edit was refused; the document is as it was before.
package enum EditError: Error, Equatable {
    /// The document has not got that far.
    case baseInFuture(base: Int, revision: Int)
    /// The history begins at `oldest`: the session needs the whole text.
    case baseTooOld(base: Int, oldest: Int)
    /// The session had another edit in flight: this one does not know of its `revision`.
    case baseBeforeOwnEdit(base: Int, revision: Int)
    /// An edit of the session is missing, or this one is older than the last. After `expected` 1 the
    /// document may also have forgotten the session.
    case sequenceGap(expected: Int, got: Int)
    case outsideText(offset: Int, length: Int)
    case splitsSurrogatePair(offset: Int)
    case textTooLong(length: Int, limit: Int)
    /// So many lines came and went that the names of blocks could run out with this edit.
    case blockNamesExhausted
}
