// One process serves one journal.

import Glibc

/// Holds `<path>.lock` for as long as it lives; the kernel lets go of it when the process dies.
///
/// A file of its own, because closing any descriptor of the database would drop the locks that
/// SQLite holds on it in this process.
package final class LockFile: Sendable {
    private let descriptor: Int32

    /// - Throws: `.locked` with the process that holds it.
    package init(for path: String) throws(JournalError) {
        // In one step: an initializer that throws with its properties set runs `deinit`, too.
        descriptor = try Self.lock(path)
        // Only a note for whoever comes next: a failure to write it harms nothing.
        let note = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, note, note.count, 0) }
    }

    deinit {
        // A child that is just being spawned holds a copy of the descriptor until it runs.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func lock(_ path: String) throws(JournalError) -> Int32 {
        let name = path + ".lock"
        let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw .system(errno: errno, operation: "open", path: name)
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        let code = errno
        let holder = readProcess(from: descriptor)
        close(descriptor)
        guard code == EWOULDBLOCK else {
            throw .system(errno: code, operation: "lock", path: name)
        }
        throw .locked(path: path, process: holder)
    }

    private static func readProcess(from descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != 0x0a }, as: UTF8.self))
    }
}
