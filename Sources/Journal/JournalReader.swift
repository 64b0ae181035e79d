// A journal as somebody sees it who does not serve it.

import CSQLite

/// Reads a journal beside the process that serves it, or while nobody does; it never writes.
///
/// Each read sees the last commit as a whole. The server is not held up: it writes on while this reads, and
/// only the log grows by what was written meanwhile. Used by one thread at a time.
package final class JournalReader {
    /// Names the history that the journal holds; see `Journal.epoch`.
    package let epoch: UInt64
    private let reader: Reader

    /// Opens the journal at `path`.
    ///
    /// - Throws: `.sqlite` where there is no such file; `.notAJournal`, `.unknownFormat`.
    package init(path: String, vfs: String? = nil) throws(JournalError) {
        let connection = try Schema.openForReading(path: path, vfs: vfs)
        try Schema.checkFormat(of: connection, path: path)
        let number = try connection.integer("SELECT epoch FROM meta") ?? 0
        epoch = UInt64(bitPattern: Int64(number))
        reader = try Reader(connection, history: 0)
    }

    /// The number of the last record of any kind; 0 where there is none.
    package func lastRecord() throws(JournalError) -> Int { try reader.lastRecord() }

    /// Reads records of a kind in the order they were appended, in pages as `Journal.records` does.
    package func records(
        of kind: String, after id: Int = 0, since time: Int = 0, limit: Int = .max
    ) throws(JournalError) -> [StoredRecord] {
        try reader.records(of: kind, after: id, since: time, limit: limit)
    }
}
