// What can go wrong between the service and its journal.

/// Why something is not on disk, or could not be read from it.
package enum JournalError: Error, Equatable, Sendable {
    /// SQLite failed: its extended result code, what was being done and its own words.
    case sqlite(code: Int32, operation: String, message: String)
    /// The disk, or the quota, has no room left.
    case diskFull
    /// A call of the operating system failed.
    case system(errno: Int32, operation: String, path: String)
    /// Another process, with this id if it is known, serves this journal.
    case locked(path: String, process: Int32?)
    /// The file is a database, but not a journal.
    case notAJournal(path: String)
    /// The file was written by a version of Hunch that this one does not know.
    case unknownFormat(found: Int, supported: Int)
    /// The file system cannot hold a write-ahead log.
    case noLog(path: String)
    /// The checksum of a row does not match its content.
    case damaged(Row)
    /// An edit that must be there, as a later one is, is not.
    case missingEdit(document: String, revision: Int)
    /// An entry does not continue its document, which stands at `head` on disk.
    ///
    /// So end the edits that were on their way when an earlier edit of the document failed.
    case outOfOrder(document: String, revision: Int, head: Int)
    /// The journal was closed before the entry was written.
    case closed
    /// The journal could not be flushed in time; so many entries were still waiting.
    case notFlushed(waiting: Int)

    /// The name of a row.
    package enum Row: Equatable, Sendable {
        case snapshot(document: String, revision: Int)
        case edit(document: String, revision: Int)
        case record(id: Int)
    }
}
