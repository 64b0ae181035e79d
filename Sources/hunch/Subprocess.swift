// Asking another program.

import Glibc
import Reactor

/// A program that is run to its end.
enum Subprocess {
    /// What a program says on standard output; nil where it is not there, or fails.
    ///
    /// It is found in PATH, reads nothing and complains to nobody. Variables whose names begin with
    /// one of `hidden` are kept from it.
    static func output(_ words: [String], hiding hidden: [String] = []) -> [UInt8]? {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        var spawn = Spawn(words)
        spawn.streams[1] = ends[1]
        spawn.hidden = hidden
        let child = try? spawn.start()
        close(ends[1])
        guard let child else { return nil }
        let bytes = readAll(ends[0])
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        return status == 0 ? bytes : nil
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { bytes += buffer[..<count] }
            guard count > 0 || (count < 0 && errno == EINTR) else { return bytes }
        }
    }
}
