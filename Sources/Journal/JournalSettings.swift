// The settings of a journal and their defaults.

/// Sizes and bounds of a journal.
package struct JournalSettings: Sendable {
    /// So many edits before a snapshot are kept, for sessions that resume.
    package let history: Int
    /// More entries than this, waiting or being written, and `append` reports `isFull`.
    package let waitingLimit: Int
    /// More bytes than this, waiting or being written, and `append` reports `isFull`.
    package let waitingByteLimit: Int
    /// From so many pages on, the write-ahead log is copied into the database.
    package let checkpointPages: Int
    /// The VFS of SQLite to use; the system's if nil.
    ///
    /// Tests cut the power through it.
    package let vfs: String?

    package init(
        history: Int = 1_000, waitingLimit: Int = 32_768, waitingByteLimit: Int = 32 << 20,
        checkpointPages: Int = 1_000, vfs: String? = nil
    ) {
        precondition(history >= 0 && waitingLimit > 0 && waitingByteLimit > 0)
        precondition(checkpointPages > 0)
        self.history = history
        self.waitingLimit = waitingLimit
        self.waitingByteLimit = waitingByteLimit
        self.checkpointPages = checkpointPages
        self.vfs = vfs
    }
}
