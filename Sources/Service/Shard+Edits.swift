// From an edit to a revision: on the way to the disk and to the models at once.

internal import Documents
internal import Journal
internal import Reactor
internal import Telemetry
internal import Wire

extension Shard {
    func edit(_ edit: ClientMessage.Edit, id: MessageID?, from caller: Caller) {
        guard let token = directory[edit.document],
            let place = documents[token].subscriber(caller.connection)
        else {
            let error = WireError(.documentNotOpen, document: edit.document)
            return refuse(error, id: id, to: caller.connection)
        }
        if let waiting = documents[token].subscribers[place].editInFlight, waiting != edit.sequence
        {
            let error = WireError(.editInFlight, document: edit.document)
            return refuse(error, id: id, to: caller.connection)
        }
        do throws(EditError) {
            let commit = try documents[token].document.commit(Edit(edit, by: caller.session))
            switch commit {
            case .made(let edit, let changes): append(edit, changes, token, place, id: id)
            case .repeated(let revision):
                acknowledge(edit.sequence, revision, token, id: id, again: caller)
            }
        } catch {
            refuse(error, edit, id: id, token, caller)
        }
    }

    /// Hands a revision to the journal and, without waiting for it, to the models.
    private func append(
        _ edit: CommittedEdit, _ changes: BlockChanges, _ token: SlabToken, _ place: Int,
        id: MessageID?
    ) {
        documents[token].subscribers[place].editInFlight = edit.sequence
        let author = documents[token].subscribers[place].caller
        keep(
            .edit(JournalEdit(edit, of: documents[token].name, time: wallClock)),
            then: .edit(
                document: token, revision: edit.revision, sequence: edit.sequence, author: author,
                id))
        update(token)
        for i in documents[token].readings.indices {
            documents[token].readings[i].pending.offer(
                changed: changes.changed, removed: changes.removed, revision: edit.revision,
                because: edit.operation.isTyping ? .typing : .edit, at: now)
        }
        for block in changes.changed { documents[token].editors[block] = author.session }
        for block in changes.removed { documents[token].editors[block] = nil }
        edited.append(token)
        queueUnread(token)
        context.metrics.edits.add()
        note(
            .edit, document: documents[token].name, session: author.session,
            ["revision": .integer(edit.revision), "blocks": .integer(changes.changed.count)])
    }

    /// Gives an entry to the journal, and remembers what is to be said when it is on disk.
    func keep(_ entry: JournalEntry, then answer: AwaitedCommit.Answer) {
        let receipt = context.journal.append(entry, from: producer)
        awaiting.append(AwaitedCommit(ticket: receipt.ticket, offered: now, answer: answer))
        if receipt.isFull { isJournalFull = true }
    }

    /// Answers an edit that had come before: at once, or when its first coming is on disk.
    private func acknowledge(
        _ sequence: Int, _ revision: Int, _ token: SlabToken, id: MessageID?, again caller: Caller
    ) {
        if revision <= documents[token].durable {
            let ack = ServerMessage.Ack(
                document: documents[token].name, sequence: sequence, revision: revision)
            reply(ServerMessage(id: id, .ack(ack)), to: caller.connection)
        } else {
            awaiting.append(
                AwaitedCommit(
                    ticket: awaiting.last, offered: now,
                    answer: .again(
                        document: token, revision: revision, sequence: sequence, author: caller, id)
                ))
        }
    }

    private func refuse(
        _ error: EditError, _ edit: ClientMessage.Edit, id: MessageID?, _ token: SlabToken,
        _ caller: Caller
    ) {
        // One whose text is on its way gets it anyway.
        let isHeld = documents[token].subscribers.contains {
            $0.caller.connection == caller.connection && $0.held != nil
        }
        if case .baseTooOld = error, !isHeld {
            // The client cannot get from that base to the present by edits: it needs the text.
            let open = ClientMessage.Open(document: edit.document)
            answer(token, open, id: id, caller, isResync: true)
        } else {
            refuse(WireError(error, document: edit.document), id: id, to: caller.connection)
        }
    }

    // MARK: A full journal

    /// Stops reading from an author while more waits for the disk than may.
    func pauseIfFull(_ token: SlabToken) {
        guard isJournalFull, connections.contains(token), !connections[token].isPaused else {
            return
        }
        connections[token].isPaused = true
        connections[token].updateReading()
        updateInterest(token)
        pausedAuthors.append(token)
    }

    func resumeAuthors() {
        isJournalFull = false
        for token in pausedAuthors where connections.contains(token) {
            connections[token].isPaused = false
            connections[token].updateReading()
            updateInterest(token)
        }
        pausedAuthors = []
    }
}

extension Edit {
    init(_ edit: ClientMessage.Edit, by session: Session) {
        self.init(
            session: session.id, user: session.user, base: edit.base, sequence: edit.sequence,
            operation: edit.operation)
    }
}

extension WireError {
    /// Why an edit was refused, as its author is told.
    init(_ error: EditError, document: String) {
        let (code, detail): (ErrorCode, String) =
            switch error {
            case .baseInFuture(let base, let revision): (.wrongBase, "\(base) is after \(revision)")
            case .baseTooOld(let base, let oldest):
                (.wrongBase, "\(base) is before \(oldest), the oldest kept; the text follows")
            case .baseBeforeOwnEdit(let base, let revision):
                (.wrongBase, "\(base) is before your own edit at \(revision)")
            case .sequenceGap(let expected, let got):
                (.sequenceGap, "\(got) where \(expected) is next")
            case .outsideText(let offset, let length):
                (.offsetOutsideText, "\(offset) in a text of \(length)")
            case .splitsSurrogatePair(let offset): (.splitSurrogatePair, "at \(offset)")
            case .textTooLong(let length, let limit):
                (.textTooLong, "\(length) of at most \(limit)")
            case .blockNamesExhausted: (.textTooLong, "the document has had too many lines")
            }
        self.init(code, detail, document: document)
    }
}
