// One client's copy of a document: what is saved, what is on its way, and what waits.

/// Keeps a text that changes here and elsewhere, with at most one unacknowledged edit.
///
///     text = confirmed text at `revision`, then the edit in flight, then the edits that wait
///
/// What is edited here while an edit is in flight is composed into the next one. Edits of others are
/// rebased on their way to the view: ours will be committed later than any of theirs that arrives
/// before its acknowledgement, and so stand to the left where two inserts meet.
///
/// After a lost connection the caller opens the document from `revision` and gives what it gets to
/// `resume` or `reset`; then it sends `inFlight` again, which still bears its sequence number, so
/// that the document applies it once whether or not it had arrived.
package struct Replica: Sendable {
    package private(set) var session: SessionID
    /// The last revision that came from the document.
    package private(set) var revision: Int
    /// The number of the session's last edit that the document has acknowledged.
    package private(set) var sequence: Int
    /// The text at `revision`, without what is not acknowledged.
    package private(set) var confirmed: Text

    private var flying: Operation?
    private var waiting = Operation()

    package init(
        session: SessionID, text: Text = Text(), revision: Int = 0, sequence: Int = 0
    ) {
        self.session = session
        self.revision = revision
        self.sequence = sequence
        confirmed = text
    }

    /// Whether the document has acknowledged all that was edited here.
    package var isSaved: Bool { flying == nil && waiting.isEmpty }

    /// What the user sees, in O(n) while something is not saved.
    package var text: Text {
        var text = confirmed
        if let flying { text.apply(flying) }
        text.apply(waiting)
        return text
    }

    /// The length of `text`.
    package var length: Int { confirmed.length + (flying?.growth ?? 0) + waiting.growth }

    /// The edit that wants its acknowledgement, as it reads on `revision`.
    package var inFlight: Edit? {
        flying.map {
            Edit(
                session: session, user: "", base: revision, sequence: sequence + 1, operation: $0)
        }
    }

    /// Makes an edit here; it must fit `text`.
    package mutating func edit(_ operation: Operation) {
        precondition(operation.baseLength <= length)
        waiting = waiting.composed(with: operation)
    }

    /// Puts what waits in flight and gives it; nil if nothing waits or an edit is in flight.
    package mutating func takeOutgoing() -> Edit? {
        guard flying == nil, !waiting.isEmpty else { return nil }
        flying = waiting
        waiting = Operation()
        return inFlight
    }

    /// Takes the edit in flight for saved, as `revision`.
    ///
    /// An acknowledgement that came before is ignored.
    package mutating func acknowledge(
        sequence: Int, revision: Int
    ) throws(ReplicaError) {
        guard sequence > self.sequence else { return }
        guard sequence == self.sequence + 1, let operation = flying else {
            throw .nothingInFlight(sequence: sequence)
        }
        try advance(to: revision, by: operation)
        flying = nil
        self.sequence = sequence
    }

    /// Takes over another's edit, which made `revision`; gives what it does to `text`.
    package mutating func receive(
        _ operation: Operation, revision: Int
    ) throws(ReplicaError) -> Operation {
        try advance(to: revision, by: operation)
        return rebase(operation)
    }

    /// Takes over the edits since `revision`, among which may be ours whose acknowledgement was lost.
    ///
    /// `session` is the one that goes on; another than before counts its edits from one. Gives what
    /// the edits do to `text` together.
    package mutating func resume(
        session: SessionID, edits: some Sequence<RelayedEdit>
    ) throws(ReplicaError) -> Operation {
        var effect = Operation()
        for edit in edits {
            if edit.peer == PeerID(self.session), edit.sequence == sequence + 1, flying != nil {
                try acknowledge(sequence: edit.sequence, revision: edit.revision)
            } else {
                effect = effect.composed(
                    with: try receive(edit.operation, revision: edit.revision))
            }
        }
        if session != self.session { restart(session, sequence: 0) }
        return effect
    }

    /// Takes over a whole text, where the way to it is not known; gives what that does to `text`.
    ///
    /// What is not saved is kept: it is rebased over the difference between the confirmed text and the
    /// new one, taken as one replacement. So an insertion made here is never lost, and one inside what
    /// was replaced stands at its edge.
    ///
    /// `session` is the one that goes on, and `sequence` the number of its last edit in `text`: so it
    /// is known whether the edit in flight is part of it. An edit of another session than the one that
    /// goes on is taken not to be.
    package mutating func reset(
        to text: Text, revision: Int, session: SessionID, sequence: Int
    ) -> Operation {
        if let operation = flying, session == self.session, sequence == self.sequence + 1 {
            confirmed.apply(operation)
            flying = nil
        }
        let difference = Operation(from: confirmed, to: text)
        confirmed = text
        self.revision = revision
        restart(session, sequence: sequence)
        return rebase(difference)
    }

    /// Gives up what is not saved, because the document refused it; gives what that does to `text`.
    package mutating func discard() -> Operation {
        let difference = Operation(from: text, to: confirmed)
        flying = nil
        waiting = Operation()
        return difference
    }

    private mutating func restart(_ session: SessionID, sequence: Int) {
        self.session = session
        self.sequence = sequence
    }

    private mutating func advance(to revision: Int, by operation: Operation) throws(ReplicaError) {
        guard revision == self.revision + 1 else {
            throw .revisionGap(expected: self.revision + 1, got: revision)
        }
        guard confirmed.fits(operation) else { throw .unfit(revision: revision) }
        confirmed.apply(operation)
        self.revision = revision
    }

    /// Brings an operation on the confirmed text to the view, and what is not saved behind it.
    private mutating func rebase(_ operation: Operation) -> Operation {
        var effect = operation
        if let mine = flying {
            flying = mine.transformed(over: effect, as: .later)
            effect = effect.transformed(over: mine, as: .earlier)
        }
        let mine = waiting
        waiting = mine.transformed(over: effect, as: .later)
        return effect.transformed(over: mine, as: .earlier)
    }
}

/// What the other side did wrong.
package enum ReplicaError: Error, Equatable {
    /// A revision is missing, or came twice.
    case revisionGap(expected: Int, got: Int)
    /// An acknowledgement of an edit that was not sent.
    case nothingInFlight(sequence: Int)
    /// The edit that made this revision does not fit the text.
    case unfit(revision: Int)
}
