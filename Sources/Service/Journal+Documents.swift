// Between the documents in memory and their bytes in the journal.

internal import Documents
internal import Journal

extension JournalEdit {
    /// Writes an edit down; `time` is in microseconds since 1970.
    init(_ edit: CommittedEdit, of document: String, time: Int) {
        var payload: [UInt8] = []
        edit.operation.encode(into: &payload)
        self.init(
            document: document, revision: edit.revision, session: edit.session.description,
            sequence: edit.sequence, user: edit.user, time: time, payload: payload)
    }
}

extension CommittedEdit {
    /// Reads an edit that was written down.
    init(_ edit: JournalEdit) throws(StoredDocumentError) {
        guard let session = SessionID(edit.session) else {
            throw .session(edit.session, revision: edit.revision)
        }
        do throws(FormatError) {
            self.init(
                revision: edit.revision, session: session, user: edit.user,
                sequence: edit.sequence, operation: try Operation(decoding: edit.payload.span))
        } catch {
            throw .operation(error, revision: edit.revision)
        }
    }
}

extension Document {
    /// Builds the document that lies on disk: a snapshot, and the edits since.
    init(_ stored: StoredDocument, epoch: UInt64, limits: DocumentLimits)
        throws(StoredDocumentError)
    {
        var edits: [CommittedEdit] = []
        for edit in stored.edits { edits.append(try CommittedEdit(edit)) }
        if let stored = stored.snapshot {
            let snapshot = try Snapshot(stored)
            let history = edits.filter { $0.revision <= snapshot.revision }
            edits.removeFirst(history.count)
            self.init(snapshot, history: history, limits: limits)
        } else {
            self.init(epoch: epoch, limits: limits)
        }
        for edit in edits {
            do throws(EditError) {
                try replay(edit)
            } catch {
                throw .edit(error, revision: edit.revision)
            }
        }
    }
}

extension Snapshot {
    fileprivate init(_ stored: JournalSnapshot) throws(StoredDocumentError) {
        do throws(FormatError) {
            try self.init(decoding: stored.payload.span)
        } catch {
            throw .snapshot(error)
        }
    }
}

/// Why what lies on disk is no document, although its checksums are right.
enum StoredDocumentError: Error {
    case session(String, revision: Int)
    case operation(FormatError, revision: Int)
    case edit(EditError, revision: Int)
    case snapshot(FormatError)
}
