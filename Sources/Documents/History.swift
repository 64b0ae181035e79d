// The last edits of a document, and the last edit of each session.

/// Keeps the newest edits, bounded by count and by bytes.
struct History: Sendable {
    private var edits: [CommittedEdit] = []
    /// How many at the front are given up; taking each out at once would move all others.
    private var dropped = 0
    private var bytes = 0

    var isEmpty: Bool { dropped == edits.count }

    /// The edits that are kept, oldest first.
    var kept: ArraySlice<CommittedEdit> { edits[dropped...] }

    mutating func append(_ edit: CommittedEdit, limits: DocumentLimits) {
        edits.append(edit)
        bytes += History.size(of: edit)
        while edits.count - dropped > limits.historyCount || bytes > limits.historyBytes {
            dropFirst()
        }
        if dropped > 32, dropped > edits.count / 2 {
            edits.removeFirst(dropped)
            dropped = 0
        }
    }

    private mutating func dropFirst() {
        bytes -= History.size(of: edits[dropped])
        edits[dropped].operation = Operation()
        edits[dropped].user = ""
        dropped += 1
    }

    /// About what an edit takes in memory.
    ///
    /// Strings of up to 15 bytes lie within it.
    private static func size(of edit: CommittedEdit) -> Int {
        var size = MemoryLayout<CommittedEdit>.stride + outside(edit.user)
        let splices = edit.operation.splices
        for index in splices.indices {
            size += outside(splices[index].inserted)
            if index > 0 { size += MemoryLayout<Operation.Splice>.stride }
        }
        return size
    }

    private static func outside(_ string: String) -> Int {
        let count = string.utf8.count
        return count > 15 ? count : 0
    }
}

/// The last edit of a session to a document.
package struct LastEdit: Equatable, Sendable {
    package let sequence: Int
    package let revision: Int

    package init(sequence: Int, revision: Int) {
        self.sequence = sequence
        self.revision = revision
    }
}

/// Remembers the last edit of each session, bounded by count: those silent longest go first.
struct Sessions: Equatable, Sendable {
    private(set) var last: [SessionID: LastEdit] = [:]

    init(_ last: [SessionID: LastEdit] = [:]) {
        self.last = last
    }

    subscript(session: SessionID) -> LastEdit? { last[session] }

    mutating func note(_ edit: CommittedEdit, limit: Int) {
        last[edit.session] = LastEdit(sequence: edit.sequence, revision: edit.revision)
        guard last.count > limit else { return }
        // A quarter at once, so that a search through all is rare.
        let oldest = last.sorted { $0.value.revision < $1.value.revision }
        for (session, _) in oldest.prefix(max(limit / 4, last.count - limit)) {
            last[session] = nil
        }
    }
}
