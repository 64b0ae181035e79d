// One open document of a client: its copy, and what it says and hears about it.

package import Documents
internal import Wire

/// A document as one session has it, without I/O.
///
/// It comes through the loss of its connection: what was acknowledged is known, what was not is sent
/// again with the same number, so that it is applied once whether or not it had arrived.
package struct ClientDocument: Sendable {
    package let name: String
    /// The text here, and what of it is saved.
    package private(set) var replica = Replica(session: SessionID(rawValue: 0))
    /// Whether the server sends what happens to the document.
    package private(set) var isOpen = false
    package var results = ResultsAccount()
    /// Edits that were sent again after a connection was lost.
    package private(set) var resent = 0
    /// Edits that turned out to be saved when the document was opened again, their `ack` lost.
    package private(set) var foundSaved = 0
    /// Edits of others past this revision are kept and not applied, as if they had not come yet.
    ///
    /// So a client can write on what somebody knew who was slower.
    package private(set) var horizon = Int.max

    private var epoch: String?
    /// A long text whose last chunk has not come.
    private var parts: (opened: ServerMessage.Opened, texts: [String])?
    /// Edits past the horizon, or that wait behind such.
    private var held: [RelayedEdit] = []

    package init(name: String) { self.name = name }

    /// The newest revision that has come, applied or not.
    package var received: Int { held.last?.revision ?? replica.revision }

    // MARK: Saying

    /// Asks for the document, from what is here if something is.
    var openMessage: ClientMessage {
        ClientMessage(
            .open(.init(document: name, from: epoch.map { _ in received }, epoch: epoch)))
    }

    /// Makes an edit here; it must fit the text.
    mutating func edit(_ operation: Operation, sending outgoing: inout [ClientMessage]) {
        replica.edit(operation)
        flush(&outgoing)
    }

    /// Sends what waits, if nothing is in flight.
    private mutating func flush(_ outgoing: inout [ClientMessage]) {
        guard isOpen, let edit = replica.takeOutgoing() else { return }
        outgoing.append(message(edit))
    }

    private func message(_ edit: Edit) -> ClientMessage {
        ClientMessage(
            .edit(
                .init(
                    document: name, base: edit.base, sequence: edit.sequence,
                    operation: edit.operation)))
    }

    // MARK: Hearing

    /// Takes the answer to `open`, or the text that the server sends in place of a history it has not.
    ///
    /// - Returns: what it does to the text here; `nil` until the text has come as a whole.
    mutating func receive(
        _ opened: ServerMessage.Opened, session: SessionID, sending outgoing: inout [ClientMessage]
    ) throws(ClientError) -> Operation? {
        switch opened.content {
        case .edits(let edits):
            let effect = try resume(edits, session: session)
            count(from: opened.sequence)
            settle(opened, sending: &outgoing)
            return effect
        case .text(let text, let chunks, _):
            guard epoch != opened.epoch || received <= opened.revision else {
                throw .revisionsLost(document: name, had: received, got: opened.revision)
            }
            parts = (opened, [text])
            return chunks == 0 ? finish(session: session, sending: &outgoing) : nil
        }
    }

    /// Takes the next part of a long text.
    mutating func receive(
        _ chunk: ServerMessage.Chunk, session: SessionID, sending outgoing: inout [ClientMessage]
    ) throws(ClientError) -> Operation? {
        guard var parts, case .text(_, let chunks, _) = parts.opened.content,
            chunk.index == parts.texts.count
        else { throw .unexpectedChunk(document: name, index: chunk.index) }
        parts.texts.append(chunk.text)
        self.parts = parts
        return parts.texts.count > chunks ? finish(session: session, sending: &outgoing) : nil
    }

    /// Puts the whole text in place of the copy.
    private mutating func finish(
        session: SessionID, sending outgoing: inout [ClientMessage]
    ) -> Operation? {
        guard let parts else { return nil }
        self.parts = nil
        held = []
        let wasSaved = replica.isSaved
        let flying = replica.inFlight != nil
        let effect = replica.reset(
            to: Text(parts.texts.joined()), revision: parts.opened.revision, session: session,
            sequence: parts.opened.sequence)
        if flying, !wasSaved, replica.inFlight == nil { foundSaved += 1 }
        settle(parts.opened, sending: &outgoing)
        return effect
    }

    private mutating func settle(
        _ opened: ServerMessage.Opened, sending outgoing: inout [ClientMessage]
    ) {
        epoch = opened.epoch
        isOpen = true
        results.restart(at: opened.revision)
        if let edit = replica.inFlight {
            resent += 1
            outgoing.append(message(edit))
        } else {
            flush(&outgoing)
        }
    }

    /// Takes what happened while there was no connection, our own edit among it whose `ack` was lost.
    private mutating func resume(
        _ edits: [RelayedEdit], session: SessionID
    ) throws(ClientError) -> Operation {
        var effect = Operation()
        // Some may have come since the document was asked for, if it was open all the time.
        for edit in edits where edit.revision > received {
            let isOurs = edit.peer == PeerID(replica.session)
            if isOurs, edit.sequence == replica.inFlight?.sequence {
                effect = effect.composed(
                    with: try acknowledge(edit.sequence, revision: edit.revision))
                foundSaved += 1
            } else if let change = try receive(edit) {
                effect = effect.composed(with: change)
            }
        }
        if session != replica.session {
            // Another session counts its edits from one.
            try change { replica throws(ReplicaError) in
                _ = try replica.resume(session: session, edits: [RelayedEdit]())
            }
        }
        return effect
    }

    /// Goes on from the number that the server knows: of many sessions it forgets those that it has not
    /// heard of for longest, and they begin anew.
    private mutating func count(from sequence: Int) {
        guard sequence != replica.sequence else { return }
        _ = replica.reset(
            to: replica.confirmed, revision: replica.revision, session: replica.session,
            sequence: sequence)
    }

    /// Takes an edit of somebody else's; gives what it does to the text here, if it is applied now.
    mutating func receive(_ edit: RelayedEdit) throws(ClientError) -> Operation? {
        guard held.isEmpty, edit.revision <= horizon else {
            guard edit.revision == received + 1 else {
                throw .replica(
                    document: name, .revisionGap(expected: received + 1, got: edit.revision))
            }
            held.append(edit)
            return nil
        }
        return try apply(edit)
    }

    private mutating func apply(_ edit: RelayedEdit) throws(ClientError) -> Operation {
        try change { replica throws(ReplicaError) in
            try replica.receive(edit.operation, revision: edit.revision)
        }
    }

    /// Takes the acknowledgement of the edit in flight.
    mutating func receive(
        _ ack: ServerMessage.Ack, sending outgoing: inout [ClientMessage]
    ) throws(ClientError) -> Operation {
        let effect = try acknowledge(ack.sequence, revision: ack.revision)
        flush(&outgoing)
        return effect
    }

    /// What came before our own edit has to be applied before it.
    private mutating func acknowledge(
        _ sequence: Int, revision: Int
    ) throws(ClientError) -> Operation {
        guard sequence > replica.sequence else { return Operation() }
        let effect = try applyHeld(through: revision - 1)
        try change { replica throws(ReplicaError) in
            try replica.acknowledge(sequence: sequence, revision: revision)
        }
        return effect
    }

    /// Moves the horizon and applies what it hid; gives what that does to the text here.
    mutating func setHorizon(_ revision: Int) throws(ClientError) -> Operation {
        horizon = revision
        return try applyHeld(through: revision)
    }

    private mutating func applyHeld(through revision: Int) throws(ClientError) -> Operation {
        let due = held.prefix { $0.revision <= revision }
        var effect = Operation()
        for edit in due { effect = effect.composed(with: try apply(edit)) }
        held.removeFirst(due.count)
        return effect
    }

    private mutating func change<Result>(
        _ body: (inout Replica) throws(ReplicaError) -> Result
    ) throws(ClientError) -> Result {
        do throws(ReplicaError) {
            return try body(&replica)
        } catch {
            throw .replica(document: name, error)
        }
    }

    /// Takes back what the server has refused; gives what that does to the text here.
    mutating func discard() -> Operation { replica.discard() }

    /// Asks anew how the document stands, as the server did not expect the edit in flight.
    mutating func reopen(_ outgoing: inout [ClientMessage]) {
        isOpen = false
        outgoing.append(openMessage)
    }

    mutating func disconnect() {
        isOpen = false
        parts = nil
    }
}
