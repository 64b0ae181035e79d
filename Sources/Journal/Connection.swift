// SQLite's connection and prepared statement, with every result code checked.

import CSQLite

/// An open database; used by one thread at a time.
final class Connection {
    private let handle: OpaquePointer

    /// The length of the write-ahead log at the last commit, once `watchLog` was called.
    private(set) var logPages = 0

    /// Opens a file with flags `SQLITE_OPEN_…`, without SQLite's own mutex in any case.
    init(path: String, flags: Int32, vfs: String?) throws(JournalError) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, vfs)
        guard let opened else {
            throw .sqlite(code: code, operation: "open", message: "out of memory")
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        guard code == SQLITE_OK else { throw failure(code, "open") }
        // Only a checkpoint or the recovery of another connection can ever be in the way.
        try check(sqlite3_busy_timeout(handle, 5_000), "set the busy timeout")
    }

    deinit {
        // Statements hold their connection, so none is left; this form cannot fail.
        sqlite3_close_v2(handle)
    }

    func prepare(_ sql: String) throws(JournalError) -> Statement {
        var prepared: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try check(sqlite3_prepare_v3(handle, sql, -1, flags, &prepared, nil), sql)
        guard let prepared else { throw failure(SQLITE_MISUSE, sql) }
        return Statement(prepared, of: self, sql: sql)
    }

    /// Runs statements that give no rows, or whose rows do not matter.
    func execute(_ sql: String) throws(JournalError) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil), sql)
    }

    /// The first column of the first row.
    func integer(_ sql: String) throws(JournalError) -> Int? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Whether a transaction is open; some errors end it without being asked.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    var lastInsertedRow: Int { Int(sqlite3_last_insert_rowid(handle)) }

    /// Copies what it can from the write-ahead log without waiting for anybody.
    func checkpoint() throws(JournalError) {
        let mode = SQLITE_CHECKPOINT_PASSIVE
        let code = sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
        // Busy means that somebody else does it.
        guard code & 0xff != SQLITE_BUSY else { return }
        try check(code, "checkpoint")
    }

    /// Keeps `logPages` up to date; SQLite's own checkpoints, inside of commits, end with this.
    func watchLog() {
        sqlite3_wal_hook(
            handle,
            { context, _, _, count in
                guard let context else { return SQLITE_OK }
                // The connection owns the handle that calls this, and so outlives the call.
                let connection = Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
                connection.logPages = Int(count)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    func check(_ code: Int32, _ operation: @autoclosure () -> String) throws(JournalError) {
        guard code == SQLITE_OK else { throw failure(code, operation()) }
    }

    func failure(_ code: Int32, _ operation: String) -> JournalError {
        if code & 0xff == SQLITE_FULL { return .diskFull }
        let message = String(cString: sqlite3_errmsg(handle))
        return .sqlite(code: code, operation: operation, message: message)
    }
}

/// A prepared statement, to be used again and again.
final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection
    private let sql: String

    /// Tells SQLite to copy what is bound: some 50 ns, and no lifetime to mind.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    fileprivate init(_ handle: OpaquePointer, of connection: Connection, sql: String) {
        self.handle = handle
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ value: Int, at index: Int32) throws(JournalError) {
        try check(sqlite3_bind_int64(handle, index, Int64(value)))
    }

    func bind(_ text: String, at index: Int32) throws(JournalError) {
        var text = text
        let code = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // No address would mean NULL.
                guard let start = characters.baseAddress else {
                    return sqlite3_bind_text(handle, index, "", 0, Self.copied)
                }
                let encoding = UInt8(SQLITE_UTF8)
                let count = UInt64(characters.count)
                return sqlite3_bind_text64(handle, index, start, count, Self.copied, encoding)
            }
        }
        try check(code)
    }

    func bind(_ bytes: [UInt8], at index: Int32) throws(JournalError) {
        let code = bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress, !buffer.isEmpty else {
                return sqlite3_bind_zeroblob(handle, index, 0)
            }
            return sqlite3_bind_blob64(handle, index, start, UInt64(buffer.count), Self.copied)
        }
        try check(code)
    }

    /// Runs to the end, for a statement without rows, and makes it ready again.
    func run() throws(JournalError) {
        let code = sqlite3_step(handle)
        let resetCode = sqlite3_reset(handle)
        guard code == SQLITE_DONE else { throw connection.failure(resetCode, sql) }
    }

    /// Goes to the next row; at the end gives false and is ready again.
    func step() throws(JournalError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            try check(sqlite3_reset(handle))
            return false
        default: throw connection.failure(sqlite3_reset(handle), sql)
        }
    }

    /// Leaves the rows that are left; the result repeats an error that `step` has thrown already.
    func reset() { sqlite3_reset(handle) }

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(sqlite3_column_bytes(handle, column))
        return [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    private func check(_ code: Int32) throws(JournalError) {
        try connection.check(code, sql)
    }
}
