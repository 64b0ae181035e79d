// What went wrong with the disk, in words.

extension JournalError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sqlite(let code, let operation, let message):
            "SQLite could not \(operation): \(message) (code \(code))"
        case .diskFull: "the disk is full"
        case .system(let errno, let operation, let path):
            "could not \(operation) \(path) (errno \(errno))"
        case .locked(let path, let process):
            "another server\(process.map { ", process \($0)," } ?? "") has \(path) open; stop it, or choose another environment with --env"
        case .notAJournal(let path): "\(path) is no journal of Hunch"
        case .unknownFormat(let found, let supported):
            "the journal has format \(found), and this version knows formats up to \(supported)"
        case .noLog(let path):
            "the disk at \(path) cannot keep a write-ahead log; choose another with --home"
        case .damaged(let row): "\(row) is damaged"
        case .missingEdit(let document, let revision):
            "revision \(revision) of \(document) is missing"
        case .outOfOrder(let document, let revision, let head):
            "revision \(revision) of \(document) does not follow \(head), the last one saved"
        case .closed: "the journal is closed"
        case .notFlushed(let waiting): "\(waiting) entries could not be written in time"
        }
    }
}

extension JournalError.Row: CustomStringConvertible {
    package var description: String {
        switch self {
        case .snapshot(let document, let revision): "the snapshot of \(document) at \(revision)"
        case .edit(let document, let revision): "revision \(revision) of \(document)"
        case .record(let id): "record \(id)"
        }
    }
}
