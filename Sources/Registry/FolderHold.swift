// What keeps a folder from being replaced or deleted by another process.

internal import Glibc

/// A folder in use: as long as this lives, nobody who asks first replaces or deletes it.
package final class FolderHold: Sendable {
    private let descriptor: Int32

    package init(_ folder: String) throws(RegistryError) {
        descriptor = try FileSystem.open(folder, O_RDONLY | O_DIRECTORY)
        while flock(descriptor, LOCK_SH) != 0 {
            guard errno == EINTR else { throw FileSystem.failure("lock", folder) }
        }
    }

    deinit { close(descriptor) }
}

extension FileSystem {
    /// Runs `body` unless somebody holds the folder, whom it would harm; gives whether it has run.
    package static func whileFree(
        _ folder: String, _ body: () throws(RegistryError) -> Void
    ) throws(RegistryError) -> Bool {
        let descriptor = try open(folder, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw failure("lock", folder) }
        }
        try body()
        return true
    }
}
