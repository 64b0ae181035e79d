// The few things done with files, by system calls.

package import Glibc

/// Reads and writes whole files and folders.
package enum FileSystem {
    /// The content of a file.
    package static func read(_ path: String) throws(RegistryError) -> [UInt8] {
        let descriptor = try open(path, O_RDONLY)
        defer { close(descriptor) }
        // One byte more than expected tells the end of the file from its growth.
        var bytes = [UInt8](repeating: 0, count: try size(of: descriptor, path) + 1)
        var count = 0
        while true {
            if count == bytes.count { bytes.append(0) }
            let result = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if result == 0 { break }
            if result > 0 { count += result }
            guard result > 0 || errno == EINTR else { throw failure("read", path) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes a file so that, after a power cut too, it has either its old content or the new.
    package static func writeAtomically(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o644
    ) throws(RegistryError) {
        let temporary = temporaryName(for: path)
        do {
            try writeNew(bytes, to: temporary, mode: mode)
            try rename(temporary, to: path)
        } catch {
            unlink(temporary)
            throw error
        }
        try synchronize(folder: parent(of: path))
    }

    /// Writes a file that is not there yet, and synchronizes it, but not the folder.
    package static func writeNew(
        _ bytes: [UInt8], to path: String, mode: mode_t = 0o644
    ) throws(RegistryError) {
        let descriptor = try open(path, O_WRONLY | O_CREAT | O_EXCL, mode)
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path)
        guard fsync(descriptor) == 0 else { throw failure("synchronize", path) }
    }

    /// Makes a folder and those above it; it may be there already.
    package static func makeFolders(_ path: String) throws(RegistryError) {
        if mkdir(path, 0o755) == 0 { return try synchronize(folder: parent(of: path)) }
        switch errno {
        case EEXIST where isFolder(path): return
        case ENOENT where !path.isEmpty:
            try makeFolders(parent(of: path))
            // Another process may have been quicker.
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw failure("make", path) }
            try synchronize(folder: parent(of: path))
        default: throw failure("make", path)
        }
    }

    /// Makes a folder, and sees to it that nobody but its owner looks into it.
    package static func makePrivateFolder(_ path: String) throws(RegistryError) {
        try makeFolders(path)
        guard chmod(path, 0o700) == 0 else { throw failure("close to others", path) }
    }

    /// The names in a folder, sorted, hidden ones left out unless they are wanted; none if there is no
    /// such folder.
    package static func list(
        _ path: String, hidden: Bool = false
    ) throws(RegistryError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw failure("list", path)
        }
        defer { closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("."), !hidden || name == "." || name == ".." { continue }
            names.append(name)
        }
        guard errno == 0 else { throw failure("list", path) }
        return names.sorted()
    }

    /// Gives a file or folder another name; a file in its place is replaced.
    package static func rename(_ path: String, to target: String) throws(RegistryError) {
        guard Glibc.rename(path, target) == 0 else { throw failure("rename", path) }
    }

    /// Deletes a file, or a folder with all that is in it.
    package static func remove(_ path: String) throws(RegistryError) {
        var status = stat()
        // A link to a folder goes by itself.
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            // A program may have made a folder that even its owner must not change.
            if status.st_mode & S_IRWXU != S_IRWXU { chmod(path, S_IRWXU) }
            for name in try list(path, hidden: true) { try remove(path + "/" + name) }
            guard rmdir(path) == 0 else { throw failure("remove", path) }
        } else {
            guard unlink(path) == 0 else { throw failure("remove", path) }
        }
    }

    /// The bytes of a file, or of all files in a folder and its folders; links count by themselves.
    package static func diskBytes(of path: String) throws(RegistryError) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure("inspect", path) }
        guard status.st_mode & S_IFMT == S_IFDIR else { return Int(status.st_size) }
        var bytes = 0
        for name in try list(path, hidden: true) { bytes += try diskBytes(of: path + "/" + name) }
        return bytes
    }

    /// Deletes a folder so that, whatever happens, its name leads to the whole of it or to nothing.
    package static func removeAtOnce(folder: String) throws(RegistryError) {
        let temporary = temporaryName(for: folder)
        try rename(folder, to: temporary)
        try synchronize(folder: parent(of: folder))
        try remove(temporary)
    }

    /// Runs `body` while no other process runs one for the same folder, which is made if need be.
    static func locked<Result>(
        _ folder: String, _ body: () throws(RegistryError) -> Result
    ) throws(RegistryError) -> Result {
        try makeFolders(folder)
        let descriptor = try open(folder, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure("lock", folder) }
        }
        return try body()
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    package static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes sure that the names in a folder outlive a power cut.
    package static func synchronize(folder: String) throws(RegistryError) {
        let descriptor = try open(folder, O_RDONLY | O_DIRECTORY)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronize", folder) }
    }

    /// The folder that a path lies in.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static let temporaryPrefix = ".new-"

    /// A hidden name beside `path` that nobody else uses.
    static func temporaryName(for path: String) -> String {
        let suffix = String(UInt64.random(in: 0 ... .max), radix: 36)
        return parent(of: path) + "/" + temporaryPrefix + suffix
    }

    static func open(
        _ path: String, _ flags: Int32, _ mode: mode_t = 0o644
    ) throws(RegistryError) -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("open", path) }
        return descriptor
    }

    /// The length of a file in bytes.
    static func size(of path: String) throws(RegistryError) -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure("read", path) }
        return Int(status.st_size)
    }

    /// When a file was changed last, in microseconds since 1970.
    static func modificationTime(of path: String) throws(RegistryError) -> Int {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure("read", path) }
        return status.st_mtim.tv_sec * 1_000_000 + status.st_mtim.tv_nsec / 1000
    }

    static func size(of descriptor: Int32, _ path: String) throws(RegistryError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure("read", path) }
        return Int(status.st_size)
    }

    static func failure(_ operation: String, _ path: String) -> RegistryError {
        .system(errno: errno, operation: operation, path: path)
    }

    static func message(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func write(
        _ bytes: [UInt8], to descriptor: Int32, _ path: String
    ) throws(RegistryError) {
        var written = 0
        while written < bytes.count {
            let result = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            guard result >= 0 || errno == EINTR else { throw failure("write", path) }
            written += max(result, 0)
        }
    }
}
