// What can be looked for in a journal.

extension Journal {
    /// Looks through the last `limit` records of a kind, the newest first, for one whose payload holds
    /// these bytes.
    ///
    /// Other reads wait meanwhile: some milliseconds for 10,000 records of 2 KB.
    package func lastRecord(
        of kind: String, containing bytes: [UInt8], limit: Int = 20_000,
        completion: @escaping @Sendable (Result<StoredRecord?, JournalError>) -> Void
    ) {
        read(inLineIf: { $0.count > 0 }) { reader throws(JournalError) in
            try reader.lastRecord(of: kind, containing: bytes, limit: limit)
        } completion: {
            completion($0)
        }
    }

    /// Names the documents that are on disk, in the order of the bytes of their names.
    ///
    /// They come in pages: `name` is the last one known, empty for the first page; fewer names than
    /// `limit` are the last ones.
    package func documentNames(
        after name: String = "", limit: Int = 10_000,
        completion: @escaping @Sendable (Result<[String], JournalError>) -> Void
    ) {
        read(inLineIf: { _ in false }) { reader throws(JournalError) in
            try reader.documentNames(after: name, limit: limit)
        } completion: {
            completion($0)
        }
    }
}
