// The plain records that go into the journal and come out of it.

/// One edit of a document, in the bytes that its owner chose.
package struct JournalEdit: Equatable, Sendable {
    package let document: String
    /// One more than that of the edit before; the first edit of a document makes revision 1.
    package let revision: Int
    package let session: String
    /// The number of the edit among those of its session to this document.
    package let sequence: Int
    package let user: String
    /// Microseconds since 1970.
    package let time: Int
    package let payload: [UInt8]

    package init(
        document: String, revision: Int, session: String, sequence: Int, user: String, time: Int,
        payload: [UInt8]
    ) {
        self.document = document
        self.revision = revision
        self.session = session
        self.sequence = sequence
        self.user = user
        self.time = time
        self.payload = payload
    }
}

/// The whole of a document at one revision.
package struct JournalSnapshot: Equatable, Sendable {
    package let document: String
    package let revision: Int
    package let payload: [UInt8]

    package init(document: String, revision: Int, payload: [UInt8]) {
        self.document = document
        self.revision = revision
        self.payload = payload
    }
}

/// Something else to keep: an interaction, a label from feedback, an item.
package struct JournalRecord: Equatable, Sendable {
    package let kind: String
    /// Microseconds since 1970.
    package let time: Int
    package let payload: [UInt8]

    package init(kind: String, time: Int, payload: [UInt8]) {
        self.kind = kind
        self.time = time
        self.payload = payload
    }
}

/// What a producer appends.
package enum JournalEntry: Equatable, Sendable {
    case edit(JournalEdit)
    /// Also drops the edits that are older than the history before it.
    case snapshot(JournalSnapshot)
    case record(JournalRecord)
    /// Drops all records of a kind but the newest `keeping`.
    case trim(kind: String, keeping: Int)

    /// The document that the entry belongs to.
    var document: String? {
        switch self {
        case .edit(let edit): edit.document
        case .snapshot(let snapshot): snapshot.document
        case .record, .trim: nil
        }
    }

    /// Roughly what the entry occupies while it waits.
    var byteCount: Int {
        let fixed = 128
        return switch self {
        case .edit(let edit): fixed + edit.payload.count
        case .snapshot(let snapshot): fixed + snapshot.payload.count
        case .record(let record): fixed + record.payload.count
        case .trim: fixed
        }
    }
}

/// A document as it lies on disk.
package struct StoredDocument: Equatable, Sendable {
    package let snapshot: JournalSnapshot?
    /// In the order of their revisions, without a gap: those after the snapshot, and before them
    /// up to `JournalSettings.history` which the snapshot holds already.
    package let edits: [JournalEdit]

    package init(snapshot: JournalSnapshot?, edits: [JournalEdit]) {
        self.snapshot = snapshot
        self.edits = edits
    }

    /// The newest revision; 0 if nothing was ever written.
    package var revision: Int { edits.last?.revision ?? snapshot?.revision ?? 0 }
}

/// A record with the id that its place in the journal gave it.
package struct StoredRecord: Equatable, Sendable {
    package let id: Int
    package let record: JournalRecord

    package init(id: Int, record: JournalRecord) {
        self.id = id
        self.record = record
    }
}

/// Names whoever appends; its entries are numbered by tickets, from 1 on.
package struct JournalProducer: Hashable, Sendable {
    let index: Int
}

/// What `append` gives back at once, long before anything is on disk.
package struct JournalReceipt: Equatable, Sendable {
    package let ticket: UInt64
    /// More waits than the journal wants to hold: stop reading until `onRelief`.
    package let isFull: Bool

    package init(ticket: UInt64, isFull: Bool) {
        self.ticket = ticket
        self.isFull = isFull
    }
}

/// The fate of a producer's entries, told once a batch.
package struct JournalCommit: Equatable, Sendable {
    /// Every ticket up to this one is decided: on disk, unless it is among `failures`.
    package let through: UInt64
    /// In the order of tickets; empty as a rule.
    package let failures: [JournalFailure]

    package init(through: UInt64, failures: [JournalFailure] = []) {
        self.through = through
        self.failures = failures
    }
}

/// An entry that is not on disk.
package struct JournalFailure: Equatable, Sendable {
    package let ticket: UInt64
    package let error: JournalError

    package init(ticket: UInt64, error: JournalError) {
        self.ticket = ticket
        self.error = error
    }
}
